import MailTypes
import PolicyWorlds
import RelayPolicy
import TestSupport
import Testing

@testable import RelayAnalysis

@Suite("rules that decide nothing")
struct CoverageTests {
    private func names(_ policy: Policy) -> [String: [String]] {
        func name(_ place: DeadRule.Place) -> String {
            switch place.list {
            case .connection: policy.connectionRules[place.index].name
            case .refuse: policy.refuse[place.index].name
            case .relay: policy.relay[place.index].name
            }
        }
        return Dictionary(uniqueKeysWithValues: policy.deadRules(at: now).rules.map { dead in
            (name(dead.rule), dead.coveredBy.map(name) + (dead.isCoveredByDelivery ? ["delivery"] : []))
        })
    }

    @Test("two halves cover a whole together, and the one that adds nothing is not named")
    func together() {
        let policy = Policy(relay: [
            rule(.permit, "lower") { $0.from = addresses("192.0.2.0/25") },
            rule(.reject, "elsewhere") { $0.from = addresses("198.51.100.0/24") },
            rule(.permit, "upper") { $0.from = addresses("192.0.2.128/25") },
            rule(.permit, "whole") { $0.from = addresses("192.0.2.0/24") },
        ])
        #expect(names(policy) == ["whole": ["lower", "upper"]])
    }

    @Test("a rule of `refuse` and delivery cover what is in `relay`")
    func otherStages() {
        let policy = Policy(
            refuse: [rule(.reject, "bad") { $0.from = addresses("203.0.113.0/24") }],
            relay: [
                rule(.permit, "kept out") { $0.from = addresses("203.0.113.7") },
                rule(.permit, "to us") {
                    $0.from = addresses("192.0.2.0/24")
                    $0.to = patterns("ours.example")
                },
            ])
        #expect(names(policy) == ["kept out": ["bad"], "to us": ["delivery"]])
    }

    @Test("a state from which one login finds no request is asked again with another")
    func loginsThatMeet() throws {
        // Without POP login the two come to the same lines, where only the one can own the sender.
        var policy = Policy(relay: [
            rule(.reject, "anna by POP") { $0.login = .init(names: ["anna"]); $0.needsPOPLogin = true },
            rule(.reject, "bert by POP") { $0.login = .init(names: ["bert"]); $0.needsPOPLogin = true },
            rule(.permit, "own") {
                $0.login = .init(names: ["anna", "bert"])
                $0.senderOwnedByLogin = true
                $0.sender = patterns("bert@ours.example")
            },
        ])
        policy.ownership = ["anna": patterns("anna@ours.example").set, "bert": patterns("bert@ours.example").set]
        #expect(names(policy).isEmpty)
        #expect(try policy.counterexample(toNever: Narrowing(), at: now) != nil)
    }

    @Test("what may end covers nothing")
    func dated() {
        let policy = Policy(relay: [
            rule(.permit, "dated", until: "2029-01-01") { $0.from = addresses("192.0.2.0/24") },
            rule(.permit, "watched", observes: true) { $0.from = addresses("192.0.2.0/24") },
            rule(.permit, "after") { $0.from = addresses("192.0.2.1") },
        ])
        #expect(names(policy).isEmpty)
    }

    @Test("a rule whose lines contradict each other fits nothing")
    func contradiction() {
        var policy = Policy(relay: [
            rule(.permit, "mute") {
                $0.senderOwnedByLogin = true
                $0.login = .init(names: ["carl"])
                $0.sender = patterns("anna@ours.example")
            }
        ])
        policy.ownership = ["anna": patterns("anna@ours.example").set]
        #expect(names(policy) == ["mute": []])
    }

    @Test("rules that ask the same in other words are equal")
    func equal() {
        let policy = Policy(relay: [
            rule(.permit, "one") { $0.from = addresses("192.0.2.0/24") },
            rule(.reject, "two") { $0.from = addresses("192.0.2.0/25 192.0.2.128/25") },
        ])
        #expect(policy.equalRules().map(\.rule) == [DeadRule.Place(.relay, 1)])
    }

    @Test("no rule that decides a request is called dead, and by its covers but one alone a dead one decides")
    func random() {
        var dead = 0
        for seed in UInt64(1)...(isOptimised ? 1000 : 150) {
            var world = World(seed: seed)
            let policy = world.policy
            let found = policy.deadRules(at: now).rules
            dead += found.count
            let deadNames = Set(found.filter { $0.rule.list == .relay }.map { policy.relay[$0.rule.index].name })
            for _ in 0..<200 {
                let request = world.request()
                if let name = policy.relayRule(for: request), deadNames.contains(name) {
                    Issue.record("seed \(seed): \(name) decides \(request)")
                    return
                }
            }
            for one in found where one.rule.list == .relay {
                for cover in one.coveredBy {
                    let (fewer, place) = policy.keeping(one, without: cover)
                    // Delivery and the demands of listeners cannot be left out; they may stand in for that cover.
                    let isDead = fewer.deadRules(at: now).rules.contains {
                        $0.rule == place && (one.isCoveredByDelivery || !$0.isCoveredByDelivery)
                            && (one.isCoveredByDemands || !$0.isCoveredByDemands)
                    }
                    #expect(!isDead, "seed \(seed)")
                }
            }
        }
        #expect(dead > 10, "the samples are worth nothing")
    }
}

extension Policy {
    /// A dead rule of `relay` behind those that are named as its covers, but one of them; and its place there. Another
    /// rule of the policy might stand in for that one.
    fileprivate func keeping(_ dead: DeadRule, without cover: DeadRule.Place) -> (Policy, DeadRule.Place) {
        func kept(_ list: DeadRule.List, _ rules: [Rule]) -> [Rule] {
            rules.indices.filter { index in
                let place = DeadRule.Place(list, index)
                return place == dead.rule || place != cover && dead.coveredBy.contains(place)
            }.map { rules[$0] }
        }
        var policy = self
        policy.connectionRules = kept(.connection, connectionRules)
        policy.refuse = kept(.refuse, refuse)
        policy.relay = kept(.relay, relay)
        return (policy, DeadRule.Place(.relay, policy.relay.count - 1))
    }
}
