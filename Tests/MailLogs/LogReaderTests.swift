import DecisionRecords
import MailLogs
import MailTypes
import Testing

@Suite("lines of logs")
struct LogReaderTests {
    @Test(
        "a line about something else gives nothing",
        arguments: [
            "", " ", "state=stopped", "connection=refused client=::1", "2026-11-24", "2026-11-24 09:00:00", "<1>", "<",
            "Nov 24", "Nov 24 09:00:00 ", "Nov 24 09:00:00 mail postfix/smtp[1]:", "9", "2026-11-24T09:00:00Z mail",
            "Nov 24 09:00:00 mail other[7]: verdict=permit", "2026-11-24 09:00:00 1rABCD-0001Xy-2z Completed",
        ])
    func otherLines(line: String) {
        var reader = LogReader(now: Instant(seconds: 1_795_521_600))
        #expect(reader.read(Array(line.utf8)).isEmpty)
    }
}
