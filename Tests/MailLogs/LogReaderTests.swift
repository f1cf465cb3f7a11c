import DecisionRecords
import MailLogs
import MailTypes
import Testing

@Suite("lines of logs")
struct LogReaderTests {
    @Test("a line about something else gives nothing", arguments: ["", "state=stopped", "connection=refused client=::1"])
    func otherLines(line: String) {
        var reader = LogReader(now: Instant(seconds: 1_795_521_600))
        #expect(reader.read(Array(line.utf8)).isEmpty)
    }
}
