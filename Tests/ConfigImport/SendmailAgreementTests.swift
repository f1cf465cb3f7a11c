import ConfigImport
import Testing
import TestSupport

/// Random Sendmail configurations, as text.
@Suite("Sendmail 5 and 8.8: policy and emulation")
struct SendmailAgreementTests {
    private static let addresses = ["10.77", "10.77.", "192.0.2.25", "172", "10.0.0.0/8", "010.1", "10.77.3.4"]
    private static let clients = [
        "10.77.0.0", "10.77.255.255", "10.76.255.255", "10.78.0.0", "10.77.3.4", "192.0.2.25", "192.0.2.26", "172.0.0.0",
        "173.0.0.0", "10.1.0.1", "203.0.113.9", "198.51.100.7", "2001:db8::1",
    ]
    private static let names = ["dialup.test", ".lab.test", "gate.ours.test", "test"]
    private static let destinations = ["partner.test", "ours.test", ".below.test", "mx.partner.test"]

    private static let world = RequestWorld(
        clients: clients,
        further: [
            "-", "name=dialup.test", "name=p.dialup.test", "name=notdialup.test", "name=x.lab.test", "name=lab.test",
            "name=ours.test", "name=pc.ours.test", "name=mx.evil.test", "forged=dialup.test",
        ],
        senders: [
            "<>", "a@other.test", "a@ours.test", "x@friends.test", "x@pc.friends.test", "x@notfriends.test", "anna@post.test",
            "bert@post.test", "x@evil.test", "x@mx.evil.test",
        ],
        recipients: RequestWorld.recipients(
            ours: ["ours.test", "partner.test", "mx.partner.test", "x.below.test"],
            foreign: ["victim.test", "below.test", "ours.test", "notpartner.test"])
            + ["a/b@ours.test", "u%ours.test%victim.test@ours.test", "victim.test!u%ours.test@ours.test", "u@victim.test@ours.test"])

    private func lines(_ all: [String], _ random: inout SeededRandom) -> String {
        all.filter { _ in Bool.random(using: &random) }.map { "\($0) #comment" }.joined(separator: "\n") + "\n"
    }

    /// Requests that a policy cannot decide as the original does.
    private func isExplained(_ request: RelayRequestText, recipe: String, hasDestinations: Bool, takesOurs: Bool) -> Bool {
        let recipient = request.recipient
        let domain = recipient.split(separator: "@").last.map(String.init) ?? ""
        let hides = recipient.contains { "%!".contains($0) } || recipient.filter { $0 == "@" }.count > 1
        // A policy sees a local part without its quotes, so a quoted % or ! is a plain one.
        if recipient.hasPrefix("\""), recipient.contains("%") { return true }
        // Reading a path, routes go; the originals stop at the host of the route or read on behind it.
        if recipient.hasPrefix("@") { return true }
        // `at` names no wildcard: with suffixes in RelayTo forms are resolved everywhere, and those that hide at hosts
        // of others are refused, to clients that may relay too. Rules that do not ask for class w take our own for such a host.
        if hides, hasDestinations, domain != "ours.test" || !takesOurs || recipient.contains("%ours.test%victim") {
            return true
        }
        // 1.0 takes any % and @ for a relay attempt, also where what is hidden is ours; a policy reads it and delivers.
        let ours = ["ours.test", "partner.test", "mx.partner.test", "x.below.test"]
        if recipe == "check_rcpt", hides, ours.contains(where: { recipient.contains("%\($0)") || recipient.contains("@\($0)\"") }) {
            return true
        }
        return false
    }

    @Test("agree on the recipes with random lists", arguments: 1...40)
    func recipes(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let recipe = ["check_rcpt", "check_rcpt2", "check_rcpt3", "check_rcpt4", "check_rcpt5"].randomElement(using: &random)!
        var hacks: [String] = []
        if Bool.random(using: &random) { hacks.append("HACK(`use_ip')") }
        if Bool.random(using: &random) { hacks.append("HACK(`use_names', `/etc/names')") }
        let hasDestinations = Bool.random(using: &random)
        if hasDestinations { hacks.append("HACK(use_relayto)") }
        if Int.random(in: 0...3, using: &random) == 0 { hacks.append("HACK(check_mail3)\nHACK(check_relay3)") }
        hacks.shuffle(using: &random)
        hacks.append("HACK(\(recipe))")
        let files = [
            "ours.mc": "include(`../m4/cf.m4')\n" + hacks.joined(separator: "\n") + "\nMAILER(smtp)\nCwours.test\n",
            "/etc/mail/LocalIP": lines(Self.addresses, &random), "/etc/names": lines(Self.names, &random),
            "/etc/mail/RelayTo": lines(Self.destinations, &random),
            "/etc/mail/allow": "friends.test OK\nanna@post.test OK\n",
            "/etc/mail/junk": "evil.test 571 no\nbert@post.test 571 no\n198.51.100 571 no\n192.0.2.26 571 no\n",
        ]
        try Agreement.check(
            .sendmail88, files, on: Self.world.requests(most: 800, &random),
            explained: {
                isExplained($0, recipe: recipe, hasDestinations: hasDestinations, takesOurs: recipe != "check_rcpt3" || !hasDestinations)
            }, seed: seed)
    }

    @Test("agree on rules of a sendmail.cf", arguments: 1...20)
    func rules(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let host = [
            "R$*<@$=w.>$*\t$>3 $1 $3", "R$+<@$=w.>\t$@ fine", "R$*<@$*$={RelayTo}.>$*\t$>3 $1 $4",
            "R$+<@$*$={RelayTo}.>\t$@ fine",
        ].filter { _ in Bool.random(using: &random) }
        let client = [
            "R$+\t$: $(dequote \"\" $&{client_addr} $)\nR0\t$@ fine\nR$={LocalIP}$*\t$@ fine\nR$={LocalIP}.$*\t$@ fine",
            "R$+\t$: $(dequote \"\" $&{client_name} $)\nR$=w\t$@ fine\nR$*$={LocalNames}\t$@ fine",
        ].filter { _ in Bool.random(using: &random) }
        // Rules that strip need the recipient at their end, those that stop may ask for the client behind it.
        let isStripping = host.contains { $0.contains("$>3") }
        let end = isStripping ? "R$*<@$+>$*\t$#error $: 551 no" : (client + ["R$*\t$#error $: 551 no"]).joined(separator: "\n")
        let first = isStripping ? client.map { $0.replacingTabs } : []
        let text = (["V7/Berkeley", "Cwours.test", "F{LocalIP} /LocalIP", "F{LocalNames} /LocalNames", "F{RelayTo} /RelayTo", "Scheck_rcpt"]
            + first + [isStripping && !first.isEmpty ? "R$* $| $*\t$: $>3 $2" : "R$*\t$: $>3 $1"] + host + [end]).joined(separator: "\n")
        let files = [
            "sendmail.cf": text, "/LocalIP": lines(Self.addresses, &random), "/LocalNames": lines(Self.names, &random),
            "/RelayTo": lines(["partner.test", "mx.partner.test"], &random),
        ]
        let hasDestinations = host.contains { $0.contains("RelayTo") }
        try Agreement.check(
            .sendmail88, files, on: Self.world.requests(most: 500, &random),
            explained: {
                isExplained(
                    $0, recipe: "", hasDestinations: hasDestinations, takesOurs: host.contains { $0.contains("$=w") })
            }, seed: seed)
    }

    @Test("agree on Sendmail 5, which takes everything", arguments: 1...5)
    func five(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let file = "Cw\(Bool.random(using: &random) ? "ours.test partner.test" : "ours.test")\nS0\nR$+\t$#local $:$1\nMlocal, P=/bin/mail\n"
        try Agreement.check(.sendmail5, ["sendmail.cf": file], on: Self.world.requests(most: 500, &random), seed: seed)
    }
}

extension String {
    /// Rules on a workspace that holds the client and the recipient.
    fileprivate var replacingTabs: String {
        split(separator: "\n").map { line in
            line.contains("$&{client") ? line + " $| $1" : line.replacingFirstTab
        }.joined(separator: "\n")
    }
}

extension Substring {
    fileprivate var replacingFirstTab: String {
        guard let tab = firstIndex(of: "\t") else { return String(self) }
        return self[..<tab] + " $| $*" + self[tab...]
    }
}
