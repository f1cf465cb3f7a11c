import AnalysisRecords
import JSONText
import MailTypes
import PolicyWorlds
import RelayAnalysis
import RelayPolicy
import TestSupport
import Testing

@testable import AnalysisCheck

/// The answer as JSON, checked by code that does not know how it came about; and answers with a mistake planted in
/// them, which have to be found out.
@Suite("an answer against the rules")
struct AnswerCheckTests {
    private func answer(_ policy: Policy) -> JSONValue {
        policy.whoCanRelay(at: now, isPublicSuffix: { _ in false }).json(of: policy, at: now, isNarrowed: false)
    }

    private func check(_ answer: JSONValue, _ policy: Policy, random: Int = 300) throws -> AnswerCheck {
        var check = try AnswerCheck(try JSONValue(parsing: Array(answer.text.utf8)), of: policy, at: now, seed: 1)
        check.run(witnesses: [], random: random)
        return check
    }

    @Test("answers of random policies agree")
    func agree() throws {
        for seed in UInt64(1)...(isOptimised ? 1000 : 60) {
            let policy = World(seed: seed).policy
            let found = try check(answer(policy), policy)
            #expect(found.boundaryRequests > 50 && found.randomRequests == 300)
            if let wrong = found.disagreement {
                Issue.record("seed \(seed): \(wrong)")
                return
            }
        }
    }

    @Test("the rules that may fit a client decide as all do")
    func rulesByClient() {
        for seed in UInt64(1)...(isOptimised ? 1000 : 200) {
            var world = World(seed: seed)
            let policy = world.policy
            var rules = RulesByClient(policy)
            for _ in 0..<100 {
                let request = world.request()
                let fewer = rules.policy(for: request.client)
                #expect(fewer.connectionRefusal(request)?.rule == policy.connectionRefusal(request)?.rule)
                let (one, other) = (fewer.decidePlainly(request), policy.decidePlainly(request))
                guard one.verdict == other.verdict, one.rule == other.rule, one.forwardPath == other.forwardPath else {
                    Issue.record("seed \(seed): \(request)")
                    return
                }
            }
        }
    }

    private let policy: Policy = {
        var policy = Policy(local: "ours.example *.hosted.example", relay: [
            rule(.reject, "gone") { $0.sender = patterns("gone@ours.example") },
            rule(.permit, "office") {
                $0.from = addresses("192.0.2.0/24 2001:db8::/64", except: "192.0.2.66")
                $0.sender = patterns("*@ours.example *.hosted.example")
            },
            rule(.permit, "staff") {
                $0.login = .init(names: nil)
                $0.senderOwnedByLogin = true
            },
            rule(.permit, "partner") {
                $0.name = .oneOf(exact: [], below: [domain("partner.example")])
                $0.to = patterns("victim.example")
            },
        ])
        policy.ownership = ["anna": patterns("anna@ours.example").set]
        return policy
    }()

    static let mistakes: [(String, String)] = [
        ("192.0.2.67-192.0.2.255", "192.0.2.68-192.0.2.255"), ("192.0.2.0-192.0.2.65", "192.0.2.0-192.0.2.66"),
        ("2001:db8::/64", "2001:db8::/63"), ("\"gone@ours.example\"", "\"gone2@ours.example\""),
        ("\"*.hosted.example\"", "\"*.hosted2.example\""), ("\"*@ours.example\"", "\"*.ours.example\""),
        ("[\"anna\"]", "[\"bert\"]"), ("[\"*.partner.example\"]", "[\"partner.example\"]"),
        ("\"anna@ours.example\"", "\"anna@hosted.example\""), ("\"name\":\"office\"", "\"name\":\"staff\""),
        ("[\"*@victim.example\"]", "{\"in\":null,\"except\":[]}"),
    ]

    @Test("a mistake planted anywhere is found out", arguments: mistakes)
    func mistake(right: String, wrong: String) throws {
        let text = answer(policy).text
        #expect(try check(answer(policy), policy).disagreement == nil)
        #expect(text.contains(right), "\(text)")
        let spoiled = try JSONValue(parsing: Array(text.replacing(right, with: wrong).utf8))
        #expect(try check(spoiled, policy).disagreement != nil)
    }

    @Test("a class left out is found out, and so is one that is there twice")
    func missing() throws {
        guard case .array(let grants)? = answer(policy)["grants"] else { return #expect(Bool(false)) }
        for index in grants.indices {
            var fewer = grants
            fewer.remove(at: index)
            #expect(try check(.object([.init("grants", .array(fewer))]), policy, random: 5000).disagreement != nil, "\(grants[index].text)")
            #expect(try check(.object([.init("grants", .array(grants + [grants[index]]))]), policy, random: 5000).disagreement != nil)
        }
    }

    @Test("a key that is not understood is no key that may be left out")
    func unknownKey() throws {
        guard case .array(let grants)? = answer(policy)["grants"], case .object(let members)? = grants.first else { return }
        let more = JSONValue.object(members + [.init("onSundays", .bool(true))])
        #expect(throws: AnswerProblem.self) {
            try AnswerCheck(.object([.init("grants", .array([more]))]), of: policy, at: now, seed: 1)
        }
    }
}
