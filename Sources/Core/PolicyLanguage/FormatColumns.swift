/// Where the columns of lines that stand together are.
struct FormatColumns {
    /// The widest keyword of each shape.
    private var keyword: [FormattedLine.Shape: Int] = [:]
    /// The widest name of `.named` lines.
    private var name = 0
    /// The widest part of `.test` lines, by the facts told up to the next part.
    private var part: [[ArraySlice<UInt8>]: Int] = [:]
    private let standsAlone: Bool

    init(of lines: ArraySlice<FormattedLine>) {
        var count = 0
        for line in lines {
            let shape = line.shape
            guard shape != .other else { continue }
            count += 1
            let key = Self.column(of: shape)
            keyword[key] = max(keyword[key] ?? 0, line.width(of: 0..<1))
            if shape == .named { name = max(name, line.width(of: 1..<2)) }
            if shape == .test {
                for (index, range) in line.parts.dropLast().enumerated() {
                    let facts = line.partNames(index + 2)
                    part[facts] = max(part[facts] ?? 0, line.width(of: range))
                }
            }
        }
        standsAlone = count == 1
    }

    /// Everything but one-line blocks shares the column behind the keywords.
    private static func column(of shape: FormattedLine.Shape) -> FormattedLine.Shape {
        shape == .block ? .block : .statement
    }

    /// How many spaces stand before a word that is not the first one of its line.
    func gap(before index: Int, in line: FormattedLine) -> Int {
        let shape = line.shape
        let column = keyword[Self.column(of: shape)] ?? 0
        switch (shape, index) {
        case (.statement, 1) where standsAlone && line.depth == 0:
            // `version 1`
            return 1
        case (.statement, 1), (.named, 1), (.test, 1):
            return column - line.width(of: 0..<1) + 2
        case (.named, 2):
            return name - line.width(of: 1..<2) + 2
        case (.block, 1):
            return column - line.width(of: 0..<1) + 1
        case (.test, _):
            guard let part = line.parts.firstIndex(where: { $0.lowerBound == index }), part > 0 else { return 1 }
            let widest = self.part[line.partNames(part + 1)] ?? 0
            return widest - line.width(of: line.parts[part - 1]) + 2
        case (.block, _) where line.words[index].begins != nil && !line.words[index - 1].isBrace:
            // Statements of a one-line block stand apart.
            return 3
        default:
            return 1
        }
    }
}
