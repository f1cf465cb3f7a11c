import ConfigImport
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy
import Testing

@testable import ConfigAudit

private let now = Instant("2026-06-01T12:00:00Z")!

/// Destinations that are relayed to for everybody and that no local domain can say: single mailboxes, ends of names.
@Suite("closed: destinations for whoever proves who they are")
struct ClosedProvenTests {
    private let origin = Origin(note: "test")

    private func rule(_ verb: RuleDraft.Verb, _ name: String, _ write: (inout RuleDraft) -> Void) -> RuleDraft {
        var rule = RuleDraft(verb, name, meaning: name, origin: origin)
        write(&rule)
        return rule
    }

    private func to(_ patterns: String...) -> [Sourced<String>] { patterns.map { Sourced($0) } }

    private func range(_ text: String) throws -> [Sourced<IPRange>] { [Sourced(try AddressSet.parse(text))] }

    /// Everybody to `destination`; then `rules`.
    private func imported(_ destination: String, _ rules: [RuleDraft]) throws -> ImportedConfiguration {
        let source = ImportSource(held: [("mercury.ini", Array("[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\nStrict_Relay : 1\n".utf8))])
        var imported = try ImportedConfiguration(system: .mercury, source: source, facts: ImportFacts())
        imported.draft = PolicyDraft()
        imported.draft.addDomain(HostPattern(domain: try #require(Domain("ours.test")), isBelow: false), origin: origin)
        imported.draft.addRelay(
            rule(.permit, "everybody") { rule in
                rule.to(to(destination))
                rule.proofNone()
            })
        for rule in rules { imported.draft.addRelay(rule) }
        return imported
    }

    private func verdict(_ policy: Policy, _ client: String, login: String? = nil, _ recipient: String) throws -> String {
        let to = try WrittenPath(parsing: Array("<\(recipient)>".utf8))
        var request = RelayRequest(client: try #require(IPAddress(client)), forwardPath: to, now: now)
        if let login { request.login = .known(.init(name: login)) }
        return policy.decidePlainly(request).verdict.rawValue
    }

    @Test(
        "stay for those whom another permit takes for proven, and for nobody else",
        arguments: [("ends-with:partner.test", "u@xpartner.test"), ("boss@elsewhere.test", "boss@elsewhere.test")])
    func proven(destination: String, recipient: String) throws {
        let closed = try ClosedPolicy(
            imported(
                destination,
                [
                    rule(.reject, "shut out") { $0.from(try! range("10.9.0.0/16")) },
                    rule(.permit, "office") { $0.from(try! range("10.0.0.0/8")) },
                    rule(.permit, "users") { rule in
                        rule.login()
                        rule.to(to("*.other.test"))
                    },
                ]), at: now)
        let policy = closed.policy.policy
        for (client, login, elsewhere, there) in [
            ("10.1.1.1", nil, "permit", "permit"), ("10.9.1.1", nil, "reject", "permit"), ("203.0.113.9", nil, "reject", "reject"),
            ("203.0.113.9", "anna", "reject", "permit"),
        ] as [(String, String?, String, String)] {
            #expect(try verdict(policy, client, login: login, "u@victim.test") == elsewhere, "\(client) \(login ?? "-")\n\(closed.policy.text)")
            #expect(try verdict(policy, client, login: login, recipient) == there, "\(client) \(login ?? "-")\n\(closed.policy.text)")
        }
        #expect(policy.strangers(at: now) { _ in false }.answer == .no)
        // Strangers have lost it, which is said.
        #expect(closed.left.map(\.name) == ["everybody"])
        #expect(closed.policy.text.contains("# left out, or made narrower: everybody"))
    }

    @Test("a permit that takes them there anyway needs no second one")
    func anyway() throws {
        let refusing = rule(.reject, "elsewhere") { rule in rule.to(to("*@elsewhere.test")) }
        let office = rule(.permit, "office") { $0.from(try! range("10.0.0.0/8")) }
        for (rules, count) in [([office], 1), ([office, refusing], 2), ([refusing, office], 2)] {
            let closed = try ClosedPolicy(imported("ends-with:partner.test", rules), at: now)
            // What a rule about other domains refuses cannot be told apart from ends of names.
            let expected = rules.first == refusing ? count + 1 : count
            #expect(closed.policy.policy.relay.count == expected, "\(closed.policy.text)")
            let mailbox = try ClosedPolicy(imported("boss@third.test", rules), at: now)
            #expect(mailbox.policy.policy.relay.count == count, "\(mailbox.policy.text)")
        }
    }

    @Test("a permit that a refusal hid does not come to light in another place")
    func hidden() throws {
        let rules = [
            rule(.reject, "all addresses") { rule in rule.from(AddressSet.everything) },
            rule(.permit, "half the world") { $0.from(try! range("128.0.0.0/1")) },
        ]
        let closed = try ClosedPolicy(imported("ends-with:partner.test", rules), at: now)
        #expect(try verdict(closed.policy.policy, "203.0.113.9", "u@partner.test") == "reject")
        #expect(closed.policy.policy.strangers(at: now) { _ in false }.answer == .no)
    }

    @Test("a domain of everybody's goes, and what stays keeps its place")
    func positions() throws {
        var imported = try imported("partner.test", [rule(.reject, "no") { rule in rule.to(to("*@no.partner.test")) }])
        var draft = PolicyDraft()
        for name in ["gmail.com", "ours.test", "partner.test"] {
            draft.addDomain(HostPattern(domain: try #require(Domain(name)), isBelow: false), origin: origin)
        }
        for rule in imported.draft.relay { draft.addRelay(rule) }
        imported.draft = draft
        let closed = try ClosedPolicy(imported, at: now)
        #expect(closed.leftDomains.map(\.description) == ["gmail.com"])
        #expect(closed.policy.policy.local.entries.map { "\($0.domain)" } == ["ours.test", "partner.test"])
    }

    @Test("a policy with less is that of the draft with less, read")
    func less() throws {
        let rules = [
            rule(.permit, "office") { rule in rule.from(try! range("10.0.0.0/8") + range("192.0.2.0/24"), except: try! range("10.9.0.0/16")) },
            rule(.reject, "no") { rule in rule.to(to("*@no.test")) },
            rule(.permit, "users") { rule in rule.login() },
        ]
        var draft = try imported("ends-with:partner.test", rules).draft
        draft.treat([.percent], .resolve, origin: origin)
        draft.addDomain(HostPattern(domain: try #require(Domain("gmail.com")), isBelow: false), origin: origin)
        let original = try ImportedPolicy(draft, heading: [], at: now)
        let gone = try AddressSet.parse("192.0.2.0/24")
        let office = try #require(draft.rule(named: "office")?.without(clients: [gone]))
        let less = draft.refusingTricks().without(permitsNamed: ["everybody"]).replacing(office).without { "\($0)" == "gmail.com" }
        let (derived, read) = (original.policy(withLess: less), try ImportedPolicy(less, heading: [], at: now).policy)
        #expect(derived.relay.map(\.name) == read.relay.map(\.name))
        #expect(derived.relay.map(\.conditions.from?.set) == read.relay.map(\.conditions.from?.set))
        #expect(derived.relay.map(\.conditions.to?.set) == read.relay.map(\.conditions.to?.set))
        #expect(derived.local.entries.map(\.domain) == read.local.entries.map(\.domain))
        #expect(derived.tricks == read.tricks)
    }
}
