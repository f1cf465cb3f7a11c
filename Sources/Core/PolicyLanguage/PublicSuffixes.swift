import MailTypes

/// Domains below which strangers register their own, and domains of providers that give mailboxes to everybody.
///
/// A short list of the common ones, for warnings and refusals; it is no copy of the Public Suffix List, and a
/// suffix that is missing costs a warning, never a permit.
public enum PublicSuffixes {
    /// Whether strangers register names below it. Every name of one label is one, but those that a host gives itself.
    public static func contains(_ domain: Domain) -> Bool {
        guard !domain.isLiteral else { return false }
        if domain.bytes.contains(UInt8(ascii: ".")) { return suffixes.contains(domain.bytes) }
        return !namesOfOneself.contains(domain.bytes)
    }

    /// `localhost` is nobody's to register (RFC 6761 §6.3). `localdomain` is in no root zone; Red Hat's installer wrote it.
    private static let namesOfOneself: Set<[UInt8]> = [Array("localhost".utf8), Array("localdomain".utf8)]

    public static func isMailboxProvider(_ domain: Domain) -> Bool { providers.contains(domain.bytes) }

    /// Second-level suffixes by country.
    private static let suffixes: Set<[UInt8]> = {
        let byCountry: [(String, String)] = [
            ("ac", "com edu gov net mil org"), ("ae", "co net org sch ac gov"), ("ar", "com edu gob int net org tur"),
            ("at", "ac co gv or"), ("au", "com net org edu gov asn id"), ("bd", "com edu net org gov"),
            ("bo", "com edu gob net org"), ("br", "com net org gov edu art blog eco ind inf adm adv"),
            ("bw", "co org"), ("cn", "ac com edu gov net org"), ("co", "com edu gov net nom org"),
            ("cr", "ac co ed fi go or sa"), ("cy", "ac com gov net org"), ("do", "com edu gob net org"),
            ("ec", "com edu fin gob info med net org"), ("eg", "com edu eun gov net org sci"),
            ("es", "com edu gob nom org"),
            ("fj", "ac com gov net org"), ("fr", "asso com gouv nom prd tm"), ("gh", "com edu gov org"),
            ("gr", "com edu gov net org"), ("gt", "com edu gob ind net org"), ("hk", "com edu gov idv net org"),
            ("hu", "co info org priv sport tm"), ("id", "ac co desa go mil my net or sch web"),
            ("il", "ac co gov k12 muni net org"), ("im", "ac co com net org"),
            ("in", "ac co edu firm gen gov ind net nic org res"), ("ir", "ac co gov id net org sch"),
            ("it", "edu gov"), ("jm", "com edu gov net org"), ("jp", "ac ad co ed go gr lg ne or"),
            ("ke", "ac co go info me mobi ne or sc"), ("kr", "ac co go hs kg mil ms ne or pe re sc"),
            ("kw", "com edu gov net org"), ("lb", "com edu gov net org"), ("lk", "ac com edu gov net org"),
            ("ma", "ac co gov net org press"), ("mt", "com edu net org"), ("mx", "com edu gob net org"),
            ("my", "com edu gov mil name net org"), ("mz", "ac co gov net org"), ("ng", "com edu gov name net org sch"),
            ("ni", "com edu gob net org"), ("np", "com edu gov net org"),
            ("nz", "ac co geek gen govt iwi kiwi maori net org school"), ("om", "co com edu gov net org"),
            ("pa", "ac com edu gob net org"), ("pe", "com edu gob net nom org"), ("ph", "com edu gov net ngo org"),
            ("pk", "com edu fam gob gov net org web"), ("pl", "com edu gov info net org biz waw"),
            ("pt", "com edu gov net org"), ("py", "com coop edu gov net org"), ("qa", "com edu gov net org sch"),
            ("ro", "com info nom org store tm www"), ("rs", "ac co edu gov in org"), ("ru", "com msk net org pp spb"),
            ("sa", "com edu gov med net org pub sch"), ("sg", "com edu gov net org per"), ("sv", "com edu gob org red"),
            ("th", "ac co go in mi net or"), ("tr", "av bel bbs com edu gen gov info k12 name net org pol tel web"),
            ("tw", "club com ebiz edu game gov idv net org"), ("tz", "ac co go or"),
            ("ua", "com edu gov in kiev kyiv lviv net odessa org"), ("ug", "ac co com go ne or org sc"),
            ("uk", "ac co gov ltd me net nhs org plc police sch"), ("us", "fed isa kids nsn"),
            ("uy", "com edu gub net org"), ("uz", "co com net org"), ("ve", "co com edu gob info net org web"),
            ("vn", "ac com edu gov health info name net org pro"), ("za", "ac co gov law net nom org school web"),
            ("zm", "ac co com gov net org"), ("zw", "ac co gov org"),
            ("com", "br cn de eu gb jpn kr mex ru sa uk us za"), ("net", "gb hu in jp se uk"),
        ]
        var all: Set<[UInt8]> = []
        for (country, names) in byCountry {
            for name in names.split(separator: " ") { all.insert(Array("\(name).\(country)".utf8)) }
        }
        return all
    }()

    private static let providers: Set<[UInt8]> = {
        var names = """
            126.com 139.com 163.com aim.com aol.com arcor.de att.net bellsouth.net bigpond.com bluewin.ch btinternet.com \
            centrum.cz comcast.net cox.net daum.net duck.com earthlink.net email.cz fastmail.com fastmail.fm foxmail.com \
            free.fr freemail.hu freenet.de googlemail.com gmail.com googlemail.co.uk hanmail.net hey.com hotmail.ch \
            hush.com hushmail.com icloud.com inbox.lv inbox.ru interia.pl laposte.net libero.it list.ru live.com \
            mac.com mail.com mail.ru mailbox.org mailfence.com me.com msn.com naver.com o2.pl onet.pl op.pl orange.fr \
            outlook.com passport.com pm.me posteo.de posteo.net prodigy.net proton.me protonmail.ch protonmail.com qq.com \
            rambler.ru rediffmail.com rocketmail.com runbox.com sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com \
            sohu.com t-online.de telenet.be terra.com.br tiscali.it tuta.com tuta.io tutanota.com tutanota.de uol.com.br \
            verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl xtra.co.nz yandex.com yandex.ru yeah.net \
            ymail.com zoho.com zohomail.com ya.ru bk.ru ukr.net abv.bg
            """.split(separator: " ").map { String($0) }
        for country in ["at", "ch", "com", "de", "es", "fr", "it", "net", "us"] { names.append("gmx.\(country)") }
        for country in [
            "at", "be", "ca", "ch", "cl", "cn", "co.id", "co.il", "co.in", "co.jp", "co.kr", "co.nz", "co.th", "co.uk",
            "co.za", "com", "com.ar", "com.au", "com.br", "com.cn", "com.hk", "com.mx", "com.ph", "com.sg", "com.tr",
            "com.tw", "com.vn", "cz", "de", "dk", "es", "fi", "fr", "gr", "hu", "ie", "in", "it", "jp", "nl", "no",
            "pl", "pt",
            "ro", "ru", "se",
        ] {
            for provider in ["hotmail", "live", "outlook", "yahoo"] { names.append("\(provider).\(country)") }
        }
        return Set(names.map { Array($0.utf8) })
    }()
}
