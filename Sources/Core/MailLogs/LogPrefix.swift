import MailTypes

/// What a log service puts before a program's own words: a time, a host, the program (RFC 3164 §4.1).
///
///     Nov 24 17:15:51 mail postfix/smtpd[123]: connect from unknown[198.51.100.7]
///     2026-11-24T17:15:51.123456+01:00 mail gatepost[7]: verdict=…
struct LogPrefix {
    /// A time without a zone is taken for UTC; nil if it is none.
    var time: Instant?
    /// Without the process number.
    var program: ArraySlice<UInt8>
    /// What the program said.
    var message: ArraySlice<UInt8>

    /// Nil if the line does not begin like that. `now` says which year a time without one belongs to.
    init?(_ line: ArraySlice<UInt8>, now: Instant) {
        var rest = line
        if rest.first == UInt8(ascii: "<"), let end = rest.prefix(5).firstIndex(of: UInt8(ascii: ">")) {
            rest = rest[(end + 1)...]
        }
        if rest.first?.isDigit == true {
            let word = rest.nextWord()
            guard word.contains(UInt8(ascii: "T")) else { return nil }
            time = LogTime.rfc3339(word)
        } else {
            guard let (time, length) = LogTime.syslog(rest, now: now) else { return nil }
            self.time = time
            rest = rest.dropFirst(length)
        }
        guard !rest.nextWord().isEmpty else { return nil }
        let tag = rest.nextWord()
        guard tag.last == UInt8(ascii: ":") else { return nil }
        program = tag.dropLast().prefix { $0 != UInt8(ascii: "[") }
        message = rest
    }
}
