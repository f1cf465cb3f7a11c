import RelayPolicy

/// Nanoseconds for one decision, compiled and plain, at three list lengths. The aim is at most
/// 2 µs at 10,000 and no growth with the length. Ratios are of one run on one machine.
func nanoseconds(each requests: [RelayRequest], rounds: Int, _ decide: (RelayRequest) -> Decision) -> Double {
    var permits = 0
    var best = Double.infinity
    for _ in 0..<5 {
        let took = ContinuousClock().measure {
            for _ in 0..<rounds {
                // By index: iterating copies each request, which costs a third of a decision.
                for index in requests.indices where decide(requests[index]).verdict == .permit { permits += 1 }
            }
        }
        let (seconds, attoseconds) = took.components
        best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(rounds * requests.count))
    }
    // The work must have a use, or the optimiser leaves it out.
    return permits < 0 ? 0 : best
}

func column(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

var first: [String: Double] = [:]
print(
    column("lists", 7), column("request", 24), column("compiled ns", 12), column("plain ns", 12),
    column("plain/compiled", 15), column("growth", 7))
for length in [100, 1_000, 10_000] {
    let world = World(length: length)
    let compiled = CompiledPolicy(world.policy)
    for (name, requests) in world.kinds {
        for request in requests where compiled.decide(request) != world.policy.decidePlainly(request) {
            fatalError("the two readings differ on \(request)")
        }
        let fast = nanoseconds(each: requests, rounds: 40, compiled.decide)
        let plain = nanoseconds(each: Array(requests.prefix(128)), rounds: 4, world.policy.decidePlainly)
        first[name] = first[name] ?? fast
        let growth = fast / (first[name] ?? fast)
        print(
            column("\(length)", 7), column(name, 24), column("\(Int(fast))", 12), column("\(Int(plain))", 12),
            column("\(Int(plain / fast))", 15), column("\(Int(growth * 100)) %", 7))
    }
}
