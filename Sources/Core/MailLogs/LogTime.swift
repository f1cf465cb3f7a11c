import MailTypes

/// Times as logs write them. Where no zone is named the time is taken for UTC: a rule's dates are days, and the log
/// does not say better.
enum LogTime {
    private static let months = Array("JanFebMarAprMayJunJulAugSepOctNovDec".utf8)

    /// `2026-11-24T17:15:51.123+01:00`, also with `+0100`.
    static func rfc3339(_ word: ArraySlice<UInt8>) -> Instant? {
        var bytes = Array(word)
        if bytes.count > 5, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[bytes.count - 5]) {
            bytes.insert(UInt8(ascii: ":"), at: bytes.count - 2)
        }
        return Instant(String(decoding: bytes, as: UTF8.self))
    }

    /// `Nov 24 17:15:51 `, also with a fraction, in the year that makes it the latest that is no later than tomorrow;
    /// and how many bytes it takes, the space behind it included. The time is nil for a 30 February.
    static func syslog(_ line: ArraySlice<UInt8>, now: Instant) -> (time: Instant?, length: Int)? {
        let bytes = Array(line.prefix(16))
        guard bytes.count == 16, bytes[3] == UInt8(ascii: " "), bytes[6] == UInt8(ascii: " "),
            let month = (0..<12).first(where: { months[$0 * 3..<$0 * 3 + 3].elementsEqual(bytes[0..<3]) })
        else { return nil }
        let fraction = line.dropFirst(15).prefix { $0 != UInt8(ascii: " ") }
        guard fraction.isEmpty || fraction.first == UInt8(ascii: ".") else { return nil }
        let day = (bytes[4] == UInt8(ascii: " ") ? "0" : bytes[4..<5].text) + bytes[5..<6].text
        let clock = bytes[7..<15].text
        let date = "-\(month < 9 ? "0" : "")\(month + 1)-\(day)T\(clock)Z"
        let thisYear = now.day.date.year
        let times = [thisYear, thisYear - 1].map { Instant("\($0)\(date)") }
        let tomorrow = now.seconds + 86_400
        return (times.compactMap { $0 }.first { $0.seconds <= tomorrow }, 15 + fraction.count + 1)
    }
}
