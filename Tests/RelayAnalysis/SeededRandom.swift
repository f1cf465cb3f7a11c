/// SplitMix64: the same seed gives the same numbers on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// At least one of them, in their order.
    mutating func some<Element>(_ elements: [Element]) -> [Element] {
        let kept = elements.filter { _ in once(in: 2) }
        return kept.isEmpty ? [pick(elements)] : kept
    }
}

/// Whether the tests were built for speed (`swift test -c release`); then random tests try a good deal more.
let isOptimised: Bool = {
    #if DEBUG
        false
    #else
        true
    #endif
}()
