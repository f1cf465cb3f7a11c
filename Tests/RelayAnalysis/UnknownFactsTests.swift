import MailTypes
import PolicyWorlds
import RelayPolicy
import TestSupport
import Testing

@testable import RelayAnalysis

/// Meaning 7: what is permitted while a fact cannot be had is permitted whatever it is, so that requests with unknown
/// facts add nobody to those who can relay.
@Suite("facts that cannot be had")
struct UnknownFactsTests {
    @Test("a request that is relayed without a fact is in a class with each value of it")
    func addNobody() throws {
        var relayed = 0
        for seed in UInt64(1)...(isOptimised ? 1000 : 150) {
            var world = World(seed: seed)
            let policy = world.policy
            let grants = try policy.grants(at: now)
            for _ in 0..<100 {
                var request = world.request()
                var completions: [RelayRequest] = []
                switch request.client.value % 3 {
                case 0:
                    request.login = .unknown
                    let known = ["anna", "bert", "carl", "zoe"].map { RelayRequest.Login(name: $0, mechanism: "PLAIN") }
                    let logins: [RelayRequest.Fact<RelayRequest.Login>] = [.absent] + known.map { .known($0) }
                    completions = logins.map { request.with(\.login, $0) }
                case 1:
                    request.clientName = .temporary(nil)
                    let names: [RelayRequest.ClientName] = [
                        .absent, .forged, .confirmed(domain("a.example")), .confirmed(domain("q.test")),
                    ]
                    completions = names.map { request.with(\.clientName, $0) }
                default:
                    request.heloStatus = .temporary
                    completions = [.verified, .unverified].map { request.with(\.heloStatus, $0) }
                }
                guard let path = policy.canonicalPath(of: request.forwardPath, from: request.reversePath),
                    policy.relayRule(for: request) != nil
                else { continue }
                relayed += 1
                for one in completions where !grants.contains(where: { $0.requests.contains(one, to: path, under: [policy]) }) {
                    Issue.record("seed \(seed): \(request) is relayed, \(one) is in no class")
                    return
                }
            }
        }
        #expect(relayed > 100, "the samples are worth nothing")
    }
}

extension RelayRequest {
    fileprivate func with<Value>(_ fact: WritableKeyPath<RelayRequest, Value>, _ value: Value) -> RelayRequest {
        var request = self
        request[keyPath: fact] = value
        return request
    }
}
