import Glibc
import MailTypes

extension Instant {
    /// The system's clock.
    static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }

    /// `23 Nov 2026 23:40:01 +0100`, in the local zone.
    var localText: String {
        var seconds = time_t(self.seconds)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil, (0..<12).contains(parts.tm_mon) else { return rfc3339() }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func twoDigits(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let offset = abs(parts.tm_gmtoff) / 60
        let zone = "\(parts.tm_gmtoff < 0 ? "-" : "+")\(twoDigits(offset / 60))\(twoDigits(offset % 60))"
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { twoDigits($0) }.joined(separator: ":")
        return "\(parts.tm_mday) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900) \(clock) \(zone)"
    }
}
