/// What a person who wrote an unknown word may have meant.
enum Suggestion {
    /// Longer words are no slips of the finger, and comparing them costs the product of their lengths.
    private static let longest = 64

    /// The nearest of `candidates`, if it is near: a third of the letters may differ.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let written = Array(word.utf8.prefix(longest + 1))
        guard !written.isEmpty, written.count <= longest else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate != word {
            let letters = Array(candidate.utf8)
            let allowed = max(1, min(written.count, letters.count) / 3)
            guard letters.count <= longest, abs(letters.count - written.count) <= allowed else { continue }
            let distance = distance(written, letters)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// How many letters to add, leave out, change or swap with a neighbour.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (fold(a[i]) == fold(b[j]) ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }

    private static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
