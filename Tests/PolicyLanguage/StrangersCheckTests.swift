import MailTypes
import RelayPolicy
import Testing

@testable import PolicyLanguage

/// The set is exact where rules ask for addresses alone: then it is what the plain evaluator permits.
@Suite("who can relay by address alone")
struct StrangersCheckTests {
    @Test("as the plain evaluator decides, over all of a small world", arguments: 0..<300)
    func agreesWithDecisions(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var text = "version 1\nrefuse {\n"
        func rules(_ verbs: [String], _ generator: inout SeededGenerator, _ prefix: String) -> String {
            (0..<Int.random(in: 0...5, using: &generator)).map { index in
                let (a, b) = (Int.random(in: 0...15, using: &generator), Int.random(in: 0...15, using: &generator))
                let observe = generator.chance(1, in: 6) ? "   observe" : ""
                return
                    "\(generator.pick(verbs)) \"\(prefix)\(index)\" { from 198.51.100.\(min(a, b))-198.51.100.\(max(a, b))\(observe) }\n"
            }.joined()
        }
        text += rules(["reject", "defer", "pass", "reject connection"], &generator, "a")
        text += "}\nrelay {\n" + rules(["permit", "permit", "reject", "defer"], &generator, "b") + "}\n"
        var reader = ConfigurationReader(file: "f", purpose: .policyOnly, now: CorpusPolicies.now) { _ in
            .failure(FileProblem(""))
        }
        let policy = try #require(reader.read(Array(text.utf8)).configuration?.policy, "seed \(seed)\n\(text)")
        let set = StrangersCheck(rules: reader.rules, today: CorpusPolicies.now.day).strangersWhoCanRelay
        let path = try WrittenPath(parsing: Array("<y@victim.example>".utf8))
        for last in 0..<17 {
            let client = try #require(IPAddress("198.51.100.\(last)"))
            let request = RelayRequest(client: client, forwardPath: path, now: CorpusPolicies.now)
            let isPermitted =
                policy.connectionRefusal(request) == nil && policy.decidePlainly(request).verdict == .permit
            #expect(set.contains(client) == isPermitted, "seed \(seed), \(client)\n\(text)")
        }
    }
}
