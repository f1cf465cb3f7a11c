import Diagnostics
import MailTypes

extension Word {
    /// A number without sign, unit or leading zero.
    func count(upTo most: UInt64 = 1_000_000_000) throws(Diagnostic) -> UInt64 {
        guard let value = Self.decimal(text.utf8[...], upTo: most), value > 0 else {
            throw problem("\(shown) is no number that can stand here", fix: "write a plain number from 1 to \(most)")
        }
        return value
    }

    /// `90s`, `20m`, `1h`, `90d`; at most ten years.
    func duration() throws(Diagnostic) -> Duration {
        guard let duration = Self.duration(text) else {
            throw problem("\(shown) is not a duration", fix: "write it as 90s, 20m, 1h or 90d")
        }
        return duration
    }

    /// What follows `per`: `hour`, `minute`, `day` or a duration.
    func period() throws(Diagnostic) -> Duration {
        switch text {
        case "second": return .seconds(1)
        case "minute": return .seconds(60)
        case "hour": return .seconds(3600)
        case "day": return .seconds(86_400)
        default:
            guard let duration = Self.duration(text) else {
                throw problem("\(shown) is not a duration", fix: "write minute, hour, day, or a duration such as 10m")
            }
            return duration
        }
    }

    /// A number of bytes, or of KB, MB or GB. These are powers of 1024, as mail servers count message sizes.
    func size() throws(Diagnostic) -> UInt64 {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        let units: [String: UInt64] = ["": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30]
        let unit = String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self).uppercasedASCII
        guard let factor = units[unit], let value = Self.decimal(digits, upTo: (1 << 50) / factor), value > 0 else {
            throw problem("\(shown) is not a size", fix: "write it as 50MB (KB, MB and GB, powers of 1024)")
        }
        return value * factor
    }

    func date() throws(Diagnostic) -> CalendarDay {
        guard let day = CalendarDay(text) else {
            throw problem("\(shown) is not a date", fix: "write it as 2027-03-31")
        }
        return day
    }

    private static func duration(_ text: String) -> Duration? {
        let units: [UInt8: Int64] = [0x73: 1, 0x6d: 60, 0x68: 3600, 0x64: 86_400]
        guard let last = text.utf8.last, let unit = units[last],
            let value = decimal(text.utf8.dropLast(), upTo: 315_360_000), value > 0,
            case let seconds = Int64(value) * unit, seconds <= 315_360_000
        else { return nil }
        return .seconds(seconds)
    }

    /// Plain digits; `Int("+5")` succeeds, so it is not used.
    static func decimal(_ digits: Substring.UTF8View, upTo most: UInt64) -> UInt64? {
        guard let first = digits.first, digits.count == 1 || first != 0x30, digits.count <= 18 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + UInt64(digit - 0x30)
        }
        return value <= most ? value : nil
    }
}
