import ConfigImport
import MailTypes
import PolicyLanguage
import Testing

@Suite("sendmail.cf and sendmail.mc")
struct SendmailReadingTests {
    private func cf(_ text: String) throws -> SendmailCF { SendmailCF(try ConfigFile(Array(text.utf8), path: "sendmail.cf")) }
    private func mc(_ text: String) throws -> SendmailMC { SendmailMC(try ConfigFile(Array(text.utf8), path: "sendmail.mc")) }

    @Test("classes come from C and F lines, single letters and names in braces")
    func classes() throws {
        let file = try cf("Cwa.test b.test\nC{Local}10.77\nFw-o /etc/cw %[^\\#]\nFw|/bin/names\nF{Local} /etc/ip\n")
        let w = try #require(file.classes["w"])
        #expect(w.count == 4)
        if case .word(let word) = w[1] { #expect(word.value == "b.test" && word.origin?.at?.line == 1) } else { Issue.record("no word") }
        if case .file(let path, let isOptional, let format, _) = w[2] {
            #expect(path == "/etc/cw" && isOptional && format == "%[^\\#]")
        } else {
            Issue.record("no file")
        }
        if case .program(let command, _) = w[3] { #expect(command == "|/bin/names") } else { Issue.record("no program") }
        #expect(file.classes["Local"]?.count == 2)
    }

    @Test("a line that begins with a blank goes on with the one before; a tab parts the sides of a rule")
    func rules() throws {
        let file = try cf("V7/Berkeley\nSone\nR$+ @ $+\t\t$: $1\n\t\t< @ $2 >\tfocus\nR$- $+\nSone=7\nR$*\t$@ $1\n# R no\n")
        let one = try #require(file.rulesets["one"])
        #expect(one.rules.map(\.left) == ["$+ @ $+", "$*"])
        #expect(one.rules[0].shape == "$+@$+\t$:$1")
        #expect(one.rules[1].origin.at?.line == 7)
        #expect(file.brokenRules.map(\.text) == ["R$- $+"])
        #expect(file.level == 7)
    }

    @Test("# begins a comment anywhere from level 3 on, but not in $# and \\#")
    func comments() throws {
        #expect(try cf("V7\nCwours.test # main\n").classes["w"]?.count == 1)
        #expect(try cf("Cwours.test # main\n").classes["w"]?.count == 3)
        let rules = try cf("V7\nS0\nR$*\t$#error $: no # really\n").rulesets["0"]?.rules
        #expect(rules?.first?.right == "$#error $: no")
    }

    @Test("maps, options and mailers")
    func others() throws {
        let file = try cf("Kallow hash -o -a@ALLOWED /etc/mail/allow\nO Timeout.mail=5m\nOA/etc/aliases\nMlocal, P=/bin/mail\n")
        #expect(file.maps["allow"]?.argument == "/etc/mail/allow")
        #expect(file.maps["allow"]?.appended == "@ALLOWED")
        #expect(file.option("timeout.MAIL")?.value == "5m")
        #expect(file.option("A")?.value == "/etc/aliases")
        #expect(file.mailers.map(\.value) == ["local"])
    }

    @Test("macros are replaced, and one that names itself ends")
    func macros() throws {
        let file = try cf("DmOurs.TEST\nD{host}mail.$m\nDx$y\nDy$x$x\n")
        #expect(file.expanded("${host}") == "mail.Ours.TEST")
        #expect(file.expanded("a$x") == nil)
        #expect(file.expanded("$q") == nil)
    }

    @Test("quotes, nested quotes, dnl and blanks before arguments")
    func calls() throws {
        let file = try mc("dnl FEATURE(`no')\nFEATURE(`access_db',\n\t`hash -T<TMPF> /etc/a,b') dnl rest\ndefine(`confX', ``a,b'')dnl\nHACK(use_ip,`/x')\n")
        #expect(file.calls.map(\.text) == ["FEATURE(`access_db', `hash -T<TMPF> /etc/a,b')", "define(`confX', `a,b')", "HACK(`use_ip', `/x')"])
        #expect(file.calls[2].origin.at?.line == 5)
        #expect(file.definitions["confX"]?.value == "a,b")
        #expect(try mc("define(`a', `1')undefine(`a')").definitions.isEmpty)
    }

    @Test("# is a comment before cf.m4 is included and none behind it; diverted text is gone")
    func hash() throws {
        let file = try mc("# FEATURE(one)\ndivert(-1)\nthrown away\ndivert(0)include(`../m4/cf.m4')\n#FEATURE(two)\nCwours.test\nLOCAL_RULESETS\nScheck_rcpt\n")
        let features = file.calls(named: "FEATURE")
        #expect(features.map { $0.argument(0) } == ["two"])
        #expect(features[0].isBehindHash)
        #expect(file.texts.map(\.text).filter { !$0.hasPrefix("#") } == ["Cwours.test", "Scheck_rcpt"])
        #expect(file.texts.last?.section == "LOCAL_RULESETS")
        #expect(file.configurationText.rulesets["check_rcpt"] != nil)
    }

    @Test("what is not finished ends with the file", arguments: ["FEATURE(`a", "define(", "`", "FEATURE(a,b", "dnl", "#", ")"])
    func unfinished(text: String) throws { _ = try mc(text) }

    @Test("which files are whose")
    func recognition() throws {
        func systems(_ text: String, _ path: String) throws -> Set<MailSystem> {
            Set(MailSystem.recognised(in: try ConfigFile(Array(text.utf8), path: path)))
        }
        let rules = "S0\nR$+\t$#local $: $1\nMlocal, P=/bin/mail\n"
        #expect(try systems(rules, "etc/sendmail.cf").contains(.sendmail5))
        #expect(try systems("V7/Berkeley\n" + rules, "sendmail.cf").isDisjoint(with: [.sendmail5]))
        #expect(try systems("V7/Berkeley\n" + rules, "sendmail.cf").contains(.sendmail88))
        #expect(try systems("V10/Berkeley\n" + rules, "sendmail.cf").isDisjoint(with: [.sendmail5, .sendmail88]))
        #expect(try systems("HACK(use_ip)\nHACK(check_rcpt4)\n", "ours.mc").contains(.sendmail88))
        #expect(try systems("FEATURE(`access_db')\n", "ours.mc").isDisjoint(with: [.sendmail88, .popBeforeSMTP]))
        #expect(try systems("FEATURE(`popauth')\n", "ours.mc").contains(.popBeforeSMTP))
        #expect(try systems("0.0.0.0 0.0.0.0\n", "mail/dracd.allow").contains(.popBeforeSMTP))
        #expect(try systems("a 192.0.2.1 now\n", "ipass.feed").contains(.iPass))
        #expect(try systems("Cwours.test\n", "notes.txt").isDisjoint(with: [.sendmail5, .sendmail88, .popBeforeSMTP, .iPass]))
    }
}
