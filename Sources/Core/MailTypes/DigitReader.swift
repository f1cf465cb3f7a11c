/// Reads dates and times: fixed numbers of plain digits with signs between them.
struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(ASCII.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Takes one of `signs`, in any case, and says which, in lower case.
    mutating func sign(_ signs: StaticString) -> UInt8? {
        guard let first = rest.first.map(ASCII.lowercased),
            signs.withUTF8Buffer({ $0.contains(first) })
        else { return nil }
        rest = rest.dropFirst()
        return first
    }

    /// One or more digits behind a decimal point, as billionths; further digits are cut off.
    mutating func billionths() -> Int32? {
        let digits = rest.prefix(while: ASCII.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let known = digits.prefix(9).reduce(0) { $0 * 10 + Int32($1 - UInt8(ascii: "0")) }
        return (digits.count..<max(9, digits.count)).reduce(known) { value, _ in value * 10 }
    }

    /// `2026-11-24`
    mutating func day() -> CalendarDay? {
        guard let year = number(4), sign("-") != nil, let month = number(2), sign("-") != nil, let day = number(2)
        else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }
}
