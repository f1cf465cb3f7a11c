/// A day of the Gregorian calendar, UTC, also for times before that calendar.
public struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int32
    public init(number: Int32) { self.number = number }

    /// `2027-03-31`; nil for anything else, also for 2027-02-30.
    public init?(_ text: String) {
        var digits = DigitReader(text)
        guard let day = digits.day(), digits.isAtEnd else { return nil }
        self = day
    }

    public static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.number < b.number }
}

extension CalendarDay {
    /// Nil unless the year is 0...9999 and has that day.
    init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.lengthOfMonth(month, in: year)).contains(day)
        else { return nil }
        // Years that begin in March have their leap day last.
        let shifted = Int64(month < 3 ? year - 1 : year)
        let (era, yearOfEra) = Self.floorDivide(shifted, 400)
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(number: Int32(clamping: era * Self.daysOfEra + dayOfEra - Self.epoch))
    }

    public var date: (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = Self.floorDivide(Int64(number) + Self.epoch, Self.daysOfEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = era * 400 + yearOfEra + (month < 3 ? 1 : 0)
        return (Int(year), Int(month), Int(day))
    }

    /// 0 is Sunday.
    var weekday: Int { Int(Self.floorDivide(Int64(number) + 4, 7).remainder) }

    /// Days from 0000-03-01 to 1970-01-01.
    private static let epoch: Int64 = 719_468
    /// Days of 400 years, after which the calendar repeats.
    private static let daysOfEra: Int64 = 146_097

    private static func lengthOfMonth(_ month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Rounds towards the past, so that the remainder is never negative.
    static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension CalendarDay: CustomStringConvertible {
    public var description: String {
        let date = date
        return "\(padded(date.year, to: 4))-\(padded(date.month, to: 2))-\(padded(date.day, to: 2))"
    }
}

/// `value` with zeros before it.
func padded(_ value: some BinaryInteger, to width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
