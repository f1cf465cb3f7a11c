extension SeededRandom {
    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    public mutating func once(in times: Int) -> Bool { below(times) == 0 }

    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// At least one of them, in their order.
    public mutating func some<Element>(_ elements: [Element]) -> [Element] {
        let kept = elements.filter { _ in once(in: 2) }
        return kept.isEmpty ? [pick(elements)] : kept
    }

    /// From one to four of them, in their order.
    public mutating func few<Element>(_ elements: [Element]) -> [Element] {
        let count = Int.random(in: 1...min(4, elements.count), using: &self)
        return elements.indices.shuffled(using: &self).prefix(count).sorted().map { elements[$0] }
    }
}
