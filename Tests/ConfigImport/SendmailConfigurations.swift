import ConfigImport
import TestSupport

/// A random configuration of Sendmail 8.9 and later: an `.mc` with FEATUREs, an access map in all forms of keys and
/// values, and the files of class R and w.
struct SendmailConfiguration {
    var files: [String: String] = [:]
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        files["sendmail.mc"] = features.joined(separator: "\n")
        files["access"] = accessMap
        files["relay-domains"] = lines(Self.relayWords, oneIn: 4)
        files["local-host-names"] = lines(["ours.test", "mail.ours.test", "[192.0.2.7]", "host"], oneIn: 2)
    }

    private mutating func isOne(in number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }
    private mutating func one(of words: [String]) -> String { words[Int.random(in: 0..<words.count, using: &random)] }

    private mutating func lines(_ words: [String], oneIn number: Int) -> String {
        var lines = ""
        for word in words where isOne(in: number) { lines += "\(word)\tremark\n" }
        return lines
    }

    private static let relayWords = [
        "partner.test", "sub.partner.test", ".dotted.test", "10.77", "192.0.2.25", "10.20.30.", "ipv6:2001:db8:1", "[192.0.2.8]",
        "10.0.0.0/8", "# comment.test", "client.example",
    ]

    private var features: [String] {
        mutating get {
            var lines = [
                "define(`confDOMAIN_NAME', `host.own.test')", "FEATURE(`use_cw_file')",
                "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access'\(isOne(in: 2) ? ", `skip'" : "")\(isOne(in: 3) ? ", `lookupdotdomain'" : "")\(isOne(in: 3) ? ", `relaytofulladdress'" : ""))",
            ]
            let rare = [
                "relay_entire_domain", "relay_hosts_only", "relay_local_from", "loose_relay_check", "blocklist_recipients",
                "delay_checks", "accept_unqualified_senders",
            ]
            for feature in rare where isOne(in: 3) { lines.append("FEATURE(`\(feature)')") }
            if isOne(in: 12) { lines.append("FEATURE(`promiscuous_relay')") }
            if isOne(in: 4) { lines.append("FEATURE(`relay_mail_from'\(isOne(in: 2) ? ", `domain'" : ""))") }
            if isOne(in: 5) { lines.append("FEATURE(`delay_checks', `\(isOne(in: 2) ? "friend" : "hater")')") }
            if isOne(in: 5) { lines.append("FEATURE(`nopercenthack', `\(isOne(in: 2) ? "reject" : "nospecial")')") }
            if isOne(in: 5) { lines.append("FEATURE(`nouucp', `\(isOne(in: 2) ? "reject" : "nospecial")')") }
            if isOne(in: 3) { lines.append("TRUST_AUTH_MECH(`PLAIN LOGIN')") }
            return lines
        }
    }

    private static let bodies = [
        "10", "10.20", "10.20.30", "10.20.30.40", "10.77.1", "192.0.2.25", "ipv6:2001:db8", "ipv6:2001:db8:1", "[203.0.113.9]",
        "[203.0]", "partner.test", "sub.partner.test", "deep.sub.partner.test", ".partner.test", "test", "victim.test",
        "client.example", "mx.client.example", "example", "ours.test", "u@victim.test", "u@", "a@sender.example",
        "sender.example", "sub.sender.example", "a@", "10.20.0.0/16",
    ]
    private static let values = [
        "RELAY", "RELAY", "RELAY", "OK", "OK", "REJECT", "REJECT", "SKIP", "DISCARD", "ERROR:5.7.1:550 no", "no thanks",
        "QUARANTINE:look", "FRIEND", "HATER", "relay", "RELAY # remark",
    ]
    private static let temporaryValues = ["ERROR:4.7.1:450 later", "450 later"]

    /// Whether an entry refuses for now.
    private(set) var hasTemporary = false

    private var accessMap: String {
        mutating get {
            // With delay_checks the order of two refusals is another one, and only a 4xx among 5xx shows it.
            hasTemporary = !(files["sendmail.mc"]?.contains("delay_checks") ?? false) && isOne(in: 3)
            let values = Self.values + (hasTemporary ? Self.temporaryValues : [])
            var text = "# access\n"
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                let tag = one(of: ["Connect:", "Connect:", "To:", "To:", "From:", "Spam:", "", ""])
                text += "\(tag)\(one(of: Self.bodies))\t\(one(of: values))\n"
            }
            return text
        }
    }
}

extension RequestWorld {
    /// Both sides of every border that the keys of `SendmailConfiguration` have.
    static let sendmail = RequestWorld(
        clients: [
            "127.0.0.1", "127.0.0.2", "10.20.30.40", "10.20.30.41", "10.20.31.1", "10.21.0.1", "9.255.255.255", "11.0.0.0",
            "10.77.1.1", "10.77.2.1", "10.7.7.1", "192.0.2.25", "192.0.2.26", "192.0.2.7", "203.0.113.9", "203.0.114.1",
            "203.1.0.1", "2001:db8:1::5", "2001:db8:2::5", "2001:db9::1", "::1",
        ],
        further: [
            "-", "-", "name=mx.client.example", "name=client.example", "name=other.example", "name=a.deep.sub.partner.test",
            "name=partner.test", "name=notpartner.test", "name=host.own.test", "name=x.own.test", "name=mail.ours.test",
            "forged=client.example", "login=anna mechanism=PLAIN", "login=anna mechanism=CRAM-MD5", "name=x.dotted.test",
            "name=dotted.test",
        ],
        senders: [
            "<>", "a@sender.example", "b@sender.example", "a@sub.sender.example", "b@x.sub.sender.example", "a@elsewhere.example",
            "c@victim.test", "a@ours.test", "a@localhost", "b@host.own.test",
        ],
        recipients: recipients(
            ours: ["ours.test", "partner.test", "x.deep.sub.partner.test", "host.own.test", "b.own.test"],
            foreign: ["victim.test", "other.example"])
            + [
                "u@sub.partner.test", "u@deep.sub.partner.test", "v@victim.test", "u@notpartner.test", "u@dotted.test", "u@x.dotted.test",
                "u@localhost", "u@[192.0.2.8]", "u@[192.0.2.7]", "@victim.test:u@ours.test", "u%ours.test@partner.test",
                "u@other.example", "u@client.example", "u@victim.test@ours.test", "/a/b@ours.test", "|x@partner.test", ".u@ours.test",
                "u%victim.test@other.example", "u@mx.client.example", "u@test", "u@own.test", "w@ours.test",
            ])
}
