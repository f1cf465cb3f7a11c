import FuzzSupport
import MailTypes
import RelayPolicy

/// Decisions: for any policy and any facts the compiled matcher says what the plain evaluator says, and what is
/// permitted while something is not known is permitted whatever that turns out to be.
///
/// Input: the choices of which a policy is made, then those of requests.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecide(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let policy = Policy(from: &input)
    let compiled = CompiledPolicy(policy)
    for _ in 0..<8 {
        let request = RelayRequest(from: &input)
        let decision = checkDecision(request, policy, compiled)
        // Nothing that could not be found out makes more possible.
        if decision.verdict == .permit {
            for _ in 0..<3 {
                let world = request.completed(by: &input)
                let there = policy.decidePlainly(world)
                require(there.verdict == .permit, "\(decision) while not all was known is \(there) for \(world)")
            }
        }
        if input.isEmpty { break }
    }
    return 0
}
