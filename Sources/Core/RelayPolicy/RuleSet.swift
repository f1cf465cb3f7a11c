/// A set of rules of one list as bits: rule 0 is the lowest bit of the first word.
enum RuleSet {
    static func wordCount(_ rules: Int) -> Int { (rules + 63) / 64 }

    static func words(_ members: some Sequence<Int>, of rules: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordCount(rules))
        for rule in members { words[rule / 64] |= 1 << UInt64(rule % 64) }
        return words
    }

    /// Takes the first rule out of a set's word that stands at `index`; nil when it is empty.
    static func removeFirst(of word: inout UInt64, _ index: Int) -> Int? {
        guard word != 0 else { return nil }
        let rule = index * 64 + word.trailingZeroBitCount
        word &= word - 1
        return rule
    }
}
