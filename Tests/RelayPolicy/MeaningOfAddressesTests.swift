import MailTypes
import RelayPolicy
import Testing

@Suite("Meaning 9 and 10: refuse, the postmaster, address tricks")
struct MeaningOfAddressesTests {
    static let relayingAll = [rule(.permit, "all")]

    @Test(
        "9: the postmaster meets only rules made of from",
        arguments: [
            "postmaster@ours.example", "POSTmaster@ours.example", "<postmaster>", "<PostMaster>",
            "\"postmaster\"@ours.example",
        ])
    func postmaster(to: String) {
        let bySender = rule(.reject, "sender") { $0.sender = patterns("x@evil.example") }
        let byBoth = rule(.reject, "both") {
            $0.from = addresses("198.51.100.7")
            $0.sender = patterns("x@evil.example")
        }
        let byFrom = rule(.reject, "from") { $0.from = addresses("198.51.100.0/24") }
        let all = rule(.reject, "all")
        #expect(Policy(refuse: [all, bySender, byBoth]).decide(request(to: to)).gist == "permit delivery")
        #expect(
            Policy(refuse: [all, bySender, byBoth, byFrom]).decide(request(to: to)).gist == "reject deny-rule \"from\"")
    }

    @Test(
        "9: nothing else is the postmaster",
        arguments: ["postmaster@victim.example", "postmasters@ours.example", "postmaster+x@ours.example"])
    func notPostmaster(to: String) {
        #expect(Policy(refuse: [rule(.reject, "all")]).decide(request(to: to)).gist == "reject deny-rule \"all\"")
    }

    @Test("9: pass ends refuse and grants nothing")
    func pass() {
        let policy = Policy(refuse: [rule(.pass, "it"), rule(.reject, "all")])
        #expect(policy.decide(request(to: "a@ours.example")).gist == "permit delivery")
        #expect(policy.decide(request()).gist == "reject no-rule")
    }

    @Test("9: refuse is asked before relay")
    func refuseFirst() {
        let policy = Policy(
            refuse: [rule(.defer, "it") { $0.to = patterns("victim.example") }], relay: Self.relayingAll)
        #expect(policy.decide(request()).gist == "defer deny-rule \"it\"")
        #expect(policy.decide(request(to: "y@other.example")).gist == "permit relay-rule \"all\"")
    }

    @Test("9: reject connection answers 554, and 421 when nobody can tell")
    func connection() {
        var policy = Policy()
        policy.connectionRules = [
            rule(.reject, "bad", line: 9) { $0.from = addresses("198.51.100.0/24") },
            rule(.reject, "nameless") { $0.name = .some(.none) },
        ]
        let refusal = policy.connectionRefusal(request())
        #expect(refusal?.gist == "reject deny-rule \"bad\"")
        #expect(refusal?.reply.code == 554)
        #expect(policy.connectionRefusal(request(from: "192.0.2.1") { $0.clientName = .forged })?.reply.code == 554)
        let undecided = policy.connectionRefusal(request(from: "192.0.2.1") { $0.clientName = .temporary(nil) })
        #expect(undecided?.gist == "defer undecided")
        #expect(undecided?.reply.code == 421)
        let named = request(from: "192.0.2.1") { $0.clientName = .confirmed(domain("a.example")) }
        #expect(policy.connectionRefusal(named) == nil)
        policy.observes = true
        #expect(policy.connectionRefusal(request()) == nil, "as if Gatepost were not there")
    }

    static let tricks = [
        "u%victim.example@ours.example", "victim.example!u@ours.example", "<@ours.example:u@victim.example>",
        "<@victim.example:u@ours.example>", "\"u@victim.example\"@ours.example", "u@victim.example@ours.example",
        "IMCEASMTP-u+40victim+2Eexample@ours.example", "a/b@ours.example", "a|b@ours.example", ".a@ours.example",
        "u%other.example@victim.example", "other.example!u@victim.example", "\"u@other.example\"@victim.example",
        "/etc/passwd@victim.example", "|cat@victim.example", ".a@victim.example", "u@[203.0.113.1]",
        "u@[IPv6:2001:db8::1]",
    ]

    @Test("10: tricks are rejected before any rule, at local and at other domains", arguments: tricks)
    func tricksAreRejected(to: String) {
        let policy = Policy(refuse: [rule(.pass, "all")], relay: Self.relayingAll)
        let decision = policy.decide(request(to: to))
        #expect(decision.gist == "reject address-trick")
        #expect(decision.forwardPath == nil && decision.destination == nil)
        #expect(decision.reply.description.hasPrefix("550 5.7.1 "))
    }

    @Test(
        "10: what only looks like one is taken",
        arguments: [
            "bounce-u=victim.example@ours.example", "u+tag@ours.example", "prvs=12345=u@ours.example",
            "\"jane\"@ours.example", "SRS@ours.example", "srs0@ours.example", "srs0x=a@ours.example",
        ])
    func plainForms(to: String) {
        #expect(Policy().decide(request(to: to)).gist == "reject no-rule")
        #expect(Policy(local: "ours.example").decide(request(to: to)).gist == "permit delivery")
    }

    @Test(
        "10: SRS return addresses are for bounces only",
        arguments: ["SRS0=HHH=TT=victim.example=u@ours.example", "srs1+x==y@ours.example", "SRS0-a=b=c=d@ours.example"])
    func srs(to: String) {
        #expect(Policy().decide(request(to: to)).gist == "reject address-trick")
        #expect(Policy(local: "ours.example").decide(request(to: to)).gist == "reject address-trick")
        #expect(Policy(local: "ours.example").decide(request(sender: "<>", to: to)).gist == "permit delivery")
    }

    @Test(
        "10: resolve judges the real destination, while the rightmost domain is local",
        arguments: [
            ("u%victim.example@ours.example", "reject no-rule", nil),
            ("u%friend.example@ours.example", "permit relay-rule \"friends\"", "<u@friend.example>"),
            ("u%sub.example@ours.example", "permit delivery", "<u@sub.example>"),
            ("u%friend.example%sub.example@ours.example", "permit relay-rule \"friends\"", "<u@friend.example>"),
            ("victim.example!u%sub.example@ours.example", "reject no-rule", nil),
            ("friend.example!u@ours.example", "permit relay-rule \"friends\"", "<u@friend.example>"),
            ("u%x%friend.example@ours.example", "reject address-trick", nil),
            ("u%friend.example@friend.example", "reject address-trick", nil),
            ("u%@ours.example", "reject address-trick", nil),
            ("\"u%[203.0.113.1]\"@ours.example", "reject address-trick", nil),
            ("\"u@friend.example\"@ours.example", "reject address-trick", nil),
            ("%%%%%%%%%%%%%%%%%%%%%%%%%%%%@ours.example", "reject address-trick", nil),
            (
                "u" + String(repeating: "%ours.example", count: 4) + "@ours.example", "permit delivery",
                "<u@ours.example>"
            ),
            ("SRS0=h=t=d=u%sub.example@ours.example", "reject address-trick", nil),
        ] as [(String, String, String?)])
    func resolving(to: String, gist: String, sent: String?) {
        var policy = Policy(
            local: "ours.example sub.example",
            relay: [rule(.permit, "friends") { $0.to = patterns("friend.example") }])
        policy.tricks.everywhere = [.percent: .resolve, .bang: .resolve]
        let decision = policy.decide(request(to: to))
        #expect(decision.gist == gist)
        if let sent { #expect(decision.forwardPath?.wireForm == Array(sent.utf8)) }
    }

    @Test(
        "10: of the encapsulated forms only the one that holds a mailbox can be resolved",
        arguments: [
            ("IMCEASMTP-u+40victim+2Eexample@ours.example", "reject no-rule", nil),
            ("imceasmtp-u+40friend.example@ours.example", "permit relay-rule \"friends\"", "<u@friend.example>"),
            ("IMCEASMTP-u+40ours+2Eexample@ours.example", "permit delivery", "<u@ours.example>"),
            ("IMCEASMTP-u+25friend+2Eexample+40ours+2Eexample@ours.example", "reject address-trick", nil),
            ("IMCEASMTP-u@ours.example", "reject address-trick", nil),
            ("IMCEAEX-u+40friend+2Eexample@ours.example", "reject address-trick", nil),
            ("\"/c=us/s=u/\"@ours.example", "reject address-trick", nil),
            ("\"node::u\"@ours.example", "reject address-trick", nil),
        ] as [(String, String, String?)])
    func resolvingEncapsulated(to: String, gist: String, sent: String?) {
        var policy = Policy(relay: [rule(.permit, "friends") { $0.to = patterns("friend.example") }])
        policy.tricks.everywhere = [.encapsulated: .resolve]
        let decision = policy.decide(request(to: to))
        #expect(decision.gist == gist)
        if let sent { #expect(decision.forwardPath?.wireForm == Array(sent.utf8)) }
    }

    @Test("10: resolving ends, however deep the tricks are nested")
    func resolvingEnds() {
        var policy = Policy(local: "a")
        policy.tricks.everywhere = [.percent: .resolve]
        let deep = "u" + String(repeating: "%a", count: 31) + "@a"
        #expect(policy.decide(request(to: deep)).gist == "reject address-trick")
        let shallow = "u" + String(repeating: "%a", count: 15) + "@a"
        #expect(policy.decide(request(to: shallow)).gist == "permit delivery")
    }

    @Test("10: a route to a local mailbox can be resolved, one to a foreign mailbox is not ours to take apart")
    func resolvingRoutes() {
        var policy = Policy(relay: Self.relayingAll)
        policy.tricks.everywhere = [.route: .resolve]
        #expect(policy.decide(request(to: "<@a.example:u@ours.example>")).gist == "permit delivery")
        #expect(policy.decide(request(to: "<@ours.example:u@victim.example>")).gist == "reject address-trick")
    }

    @Test("10: as-written leaves a form alone, and a single domain's treatment wins")
    func asWritten() {
        var policy = Policy(relay: [rule(.permit, "partner") { $0.to = patterns("partner.example") }])
        policy.tricks.everywhere = [.percent: .asWritten]
        policy.tricks.at = [
            domain("partner.example"): [.bang: .asWritten], domain("ours.example"): [.percent: .reject],
        ]
        #expect(policy.decide(request(to: "u%x.example@partner.example")).gist == "permit relay-rule \"partner\"")
        #expect(policy.decide(request(to: "x!u@partner.example")).gist == "permit relay-rule \"partner\"")
        #expect(policy.decide(request(to: "u%x.example@ours.example")).gist == "reject address-trick")
        #expect(policy.decide(request(to: "x!u@ours.example")).gist == "reject address-trick")
        #expect(policy.decide(request(to: "u%x.example@victim.example")).gist == "reject no-rule")
        #expect(
            policy.decide(request(to: "u%x@[203.0.113.1]")).gist == "reject address-trick",
            "foreign literals always are")
    }

    @Test(
        "recipients of a local domain: exact, but for case, after refuse, and the postmaster always",
        arguments: [
            ("anna@listed.example", "permit delivery"), ("ANNA@Listed.example", "permit delivery"),
            ("bert@listed.example", "reject unknown-recipient"), ("anna+x@listed.example", "reject unknown-recipient"),
            ("postmaster@listed.example", "permit delivery"), ("bert@ours.example", "permit delivery"),
            ("bad@listed.example", "reject deny-rule \"bad\""), ("u@empty.example", "reject unknown-recipient"),
        ])
    func recipients(to: String, gist: String) {
        var policy = Policy(refuse: [rule(.reject, "bad") { $0.to = patterns("bad@listed.example") }])
        policy.local = LocalDomains([
            local("ours.example"), local("listed.example", recipients: ["anna@listed.example"]),
            local("empty.example", recipients: []),
        ])
        let decision = policy.decide(request(to: to))
        #expect(decision.gist == gist)
        if decision.reason == .unknownRecipient { #expect(decision.reply.description.hasPrefix("550 5.1.1 ")) }
    }

    @Test("where auth is required, who may not send does not learn who is there")
    func recipientsOfColleagues() {
        var policy = Policy(relay: [rule(.permit, "anna") { $0.login = .init(names: ["anna"]) }])
        policy.local = LocalDomains([local("listed.example", recipients: ["anna@listed.example"])])
        policy.listeners = [Policy.Listener(name: "submission", requiresLogin: true)]
        func gist(_ login: String, _ to: String) -> String {
            policy.decide(request(to: to, login: login) { $0.listener = "submission" }).gist
        }
        #expect(gist("bert", "nobody@listed.example") == gist("bert", "anna@listed.example"))
        #expect(gist("anna", "nobody@listed.example") == "reject unknown-recipient")
        #expect(gist("anna", "anna@listed.example") == "permit relay-rule \"anna\"")
    }
}
