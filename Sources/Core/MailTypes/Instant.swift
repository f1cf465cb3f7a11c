/// A moment, as seconds since 1970-01-01T00:00:00Z, leap seconds left out (POSIX).
public struct Instant: Hashable, Comparable, Sendable {
    public var seconds: Int64
    public var nanoseconds: Int32
    public init(seconds: Int64, nanoseconds: Int32 = 0) { (self.seconds, self.nanoseconds) = (seconds, nanoseconds) }
    public static func < (a: Instant, b: Instant) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }
}

extension Instant {
    private static let secondsOfDay: Int64 = 86_400

    /// The day's first moment.
    public init(startOf day: CalendarDay) {
        self.init(seconds: Int64(day.number) * Self.secondsOfDay)
    }

    /// RFC 3339 `2026-11-24T12:35:52Z`, also with offset and fraction; also a date alone, which is its start.
    /// Nil if it is none.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let day = reader.day() else { return nil }
        self.init(startOf: day)
        if reader.isAtEnd { return }
        guard reader.sign("t") != nil, let hour = reader.number(2), hour <= 23, reader.sign(":") != nil,
            let minute = reader.number(2), minute <= 59, reader.sign(":") != nil,
            let second = reader.number(2), second <= 60
        else { return nil }
        if reader.sign(".") != nil {
            guard let fraction = reader.billionths() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = Self.readOffset(&reader), reader.isAtEnd else { return nil }
        seconds += Int64(hour * 3600 + minute * 60 + second - offset)
        // A leap second is the last of a UTC day, and POSIX has no number for it but the next second's.
        guard second < 60 || secondOfDay == 0 else { return nil }
    }

    /// Seconds east of Greenwich.
    private static func readOffset(_ reader: inout DigitReader) -> Int? {
        guard let sign = reader.sign("z+-") else { return nil }
        if sign == UInt8(ascii: "z") { return 0 }
        guard let hours = reader.number(2), hours <= 23, reader.sign(":") != nil, let minutes = reader.number(2),
            minutes <= 59
        else { return nil }
        return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
    }

    private var secondOfDay: Int64 { CalendarDay.floorDivide(seconds, Self.secondsOfDay).remainder }

    /// The UTC day; the first or last one that has a number for times millions of years away.
    public var day: CalendarDay {
        CalendarDay(number: Int32(clamping: CalendarDay.floorDivide(seconds, Self.secondsOfDay).quotient))
    }

    /// `12:35:52`
    private var timeOfDay: String {
        let second = secondOfDay
        return "\(padded(second / 3600, to: 2)):\(padded(second / 60 % 60, to: 2)):\(padded(second % 60, to: 2))"
    }

    /// `2026-11-24T12:35:52Z`, with milliseconds if asked.
    public func rfc3339(milliseconds: Bool = false) -> String {
        "\(day)T\(timeOfDay)\(milliseconds ? "." + padded(nanoseconds / 1_000_000, to: 3) : "")Z"
    }

    /// `Tue, 24 Nov 2026 12:35:52 +0000` (RFC 5322 §3.3).
    public var rfc5322: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = day.date
        return "\(weekdays[day.weekday]), \(date.day) \(months[date.month - 1]) \(padded(date.year, to: 4)) "
            + "\(timeOfDay) +0000"
    }
}

extension Instant: CustomStringConvertible {
    public var description: String { rfc3339() }
}
