/// A moment, as seconds since 1970-01-01T00:00:00Z, leap seconds left out (POSIX).
public struct Instant: Hashable, Comparable, Sendable {
    public var seconds: Int64
    public var nanoseconds: Int32
    public init(seconds: Int64, nanoseconds: Int32 = 0) { (self.seconds, self.nanoseconds) = (seconds, nanoseconds) }
    public static func < (a: Instant, b: Instant) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }
    /// RFC 3339 `2026-11-24T12:35:52Z` (also with offset and fraction, also a date alone = its start); nil if it is none.
    public init?(_ text: String) { fatalError("stub") }
    /// `2026-11-24T12:35:52Z`, with milliseconds if asked.
    public func rfc3339(milliseconds: Bool = false) -> String { fatalError("stub") }
    /// `Tue, 24 Nov 2026 12:35:52 +0000` (RFC 5322 §3.3).
    public var rfc5322: String { fatalError("stub") }
    /// The UTC day.
    public var day: CalendarDay { fatalError("stub") }
}

/// A day of the Gregorian calendar, UTC.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let number: Int32
    public init(number: Int32) { self.number = number }
    /// `2027-03-31`; nil for anything else, also for 2027-02-30.
    public init?(_ text: String) { fatalError("stub") }
    public static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.number < b.number }
    public var description: String { fatalError("stub") }
}
