import RelayPolicy
import TestSupport
import Testing

@Suite("Small worlds, in which every request is tried")
struct SmallWorldTests {
    static let seeds = Array(1...UInt64(isOptimised ? 100 : 12))

    @Test("the compiled policy decides as the plain one", arguments: SmallWorld.all, seeds)
    func compiledIsPlain(world: SmallWorld, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let policy = world.randomPolicy(&random)
        let compiled = CompiledPolicy(policy)
        for request in world.requests {
            let plain = policy.decidePlainly(request)
            guard compiled.decide(request) == plain,
                compiled.isRelayClient(request) == policy.isRelayClientPlainly(request)
            else {
                Issue.record("seed \(seed): \(request) is \(plain) plainly and \(compiled.decide(request)) compiled")
                return
            }
        }
    }

    /// Meaning 7 and 8: what is said of facts that are not all known holds whatever they turn out to be. So a fact
    /// that is lost can never make a permit of what was none.
    @Test("what is decided without a fact holds for every value of it", arguments: SmallWorld.all, seeds)
    func soundWithoutFacts(world: SmallWorld, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let policy = CompiledPolicy(world.randomPolicy(&random))
        for request in world.requests {
            let decision = policy.decide(request)
            let worlds = world.worldsBehind(request)
            if worlds == [request] {
                if decision.reason == .undecided { Issue.record("seed \(seed): nothing is unknown in \(request)") }
                continue
            }
            guard decision.reason != .undecided else { continue }
            let really = worlds.map { ($0, policy.decide($0)) }
            if let (other, said) = really.first(where: { !decision.covers($0.1) }) {
                Issue.record("seed \(seed): \(request) is \(decision), but \(other) is \(said)")
                return
            }
        }
    }

    @Test("a relay client is one whatever is not known", arguments: SmallWorld.all, seeds)
    func soundRelayClient(world: SmallWorld, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let policy = CompiledPolicy(world.randomPolicy(&random))
        for request in world.requests where policy.isRelayClient(request) {
            if let other = world.worldsBehind(request).first(where: { !policy.isRelayClient($0) }) {
                Issue.record("seed \(seed): \(request) is a relay client, \(other) is none")
                return
            }
        }
    }
}

extension Decision {
    /// Whether it may stand for what `real` would be: the same verdict and destination, and no limit less.
    fileprivate func covers(_ real: Decision) -> Bool {
        verdict == real.verdict && destination == real.destination
            && Set(chargedRules).isSuperset(of: real.chargedRules)
    }
}
