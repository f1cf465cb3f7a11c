import MailTypes
import TestSupport
import Testing

@Suite("moments and days")
struct InstantTests {
    @Test(
        "RFC 3339 is read strictly",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-24T12:35:52Z", 1_795_523_752),
            ("2026-11-24T13:35:52+01:00", 1_795_523_752),
            ("2026-11-24T05:05:52-07:30", 1_795_523_752), ("2026-11-24t12:35:52z", 1_795_523_752),
            ("2026-11-24T12:35:52.5Z", 1_795_523_752), ("2026-11-24", 1_795_478_400), ("1969-12-31T23:59:59Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800), ("2016-12-31T12:59:60Z", nil), ("2026-11-24T24:00:00Z", nil),
            ("2026-11-24T12:60:00Z", nil), ("2026-02-29", nil), ("2028-02-29", 1_835_395_200), ("1900-02-29", nil),
            ("2000-02-29", 951_782_400), ("2026-11-24T12:35:52", nil), ("2026-11-24 12:35:52Z", nil),
            ("2026-11-24T12:35Z", nil), ("2026-11-24T12:35:52.Z", nil), ("2026-11-24T12:35:52+0100", nil),
            ("2026-13-01", nil), ("2026-00-01", nil), ("2026-01-00", nil), ("+026-01-01", nil), ("2026-1-01", nil),
            ("", nil),
            ("2026-11-24T12:35:52Zx", nil), ("２026-11-24", nil),
        ] as [(String, Int64?)])
    func reading(text: String, seconds: Int64?) {
        #expect(Instant(text)?.seconds == seconds)
    }

    @Test("a fraction is kept to the nanosecond and cut behind it")
    func fractions() {
        #expect(Instant("2026-11-24T12:35:52.25Z")?.nanoseconds == 250_000_000)
        #expect(Instant("2026-11-24T12:35:52.1234567899Z")?.nanoseconds == 123_456_789)
    }

    @Test("a moment is written as RFC 3339 and RFC 5322 §3.3 have it")
    func writing() {
        let instant = Instant(seconds: 1_795_523_752, nanoseconds: 7_000_000)
        #expect(instant.rfc3339() == "2026-11-24T12:35:52Z")
        #expect(instant.rfc3339(milliseconds: true) == "2026-11-24T12:35:52.007Z")
        #expect(instant.rfc5322 == "Tue, 24 Nov 2026 12:35:52 +0000")
        #expect(Instant(seconds: -1).rfc5322 == "Wed, 31 Dec 1969 23:59:59 +0000")
    }

    @Test("days follow one another as the calendar has them, from 1600 to 2400")
    func everyDay() {
        var (year, month, day) = (1600, 1, 1)
        var number = CalendarDay("1600-01-01")?.number ?? 0
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while year < 2400 {
            let date = CalendarDay(number: number).date
            guard date == (year, month, day) else {
                Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            day += 1
            if day > lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            number += 1
        }
        #expect(number == CalendarDay("2400-01-01")?.number)
    }

    @Test("every text of a moment reads back as that moment")
    func roundTrip() {
        var generator = SeededRandom(seed: 9)
        for round in 0..<20_000 {
            let instant = Instant(seconds: Int64.random(in: -62_167_219_200...253_402_300_799, using: &generator))
            #expect(Instant(instant.rfc3339()) == instant, "seed 9, round \(round)")
            #expect(CalendarDay(instant.day.description) == instant.day, "seed 9, round \(round)")
        }
    }

    @Test(
        "no moment is too far away to be written", arguments: [Int64.min, Int64.max, -62_167_219_201, 253_402_300_800])
    func extremes(seconds: Int64) {
        #expect(!Instant(seconds: seconds).rfc3339(milliseconds: true).isEmpty)
        #expect(!Instant(seconds: seconds).rfc5322.isEmpty)
    }
}
