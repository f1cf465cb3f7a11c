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
            #"{"time":"2026-11-24T09:00:00Z","state":"stopped"}"#, #"{"time":"2026-11-24T09:00:00Z","message":"01K"}"#,
            #"Nov 24 09:00:00 mail gatepost[7]: {"time":"2026-11-24T09:00:00Z","warning":"a \"word\"","at":"x:1"}"#,
            "Nov 24 09:00:00 mail other[7]: verdict=permit", "2026-11-24 09:00:00 1rABCD-0001Xy-2z Completed",
        ])
    func otherLines(line: String) {
        var reader = LogReader(now: Instant(seconds: 1_795_521_600))
        #expect(reader.read(Array(line.utf8)).isEmpty)
    }

    @Test(
        "what only begins like a line about something else is not passed over",
        arguments: [
            #"{"time":"x","verdict":"permit"}"#, #"{"time":"x"}"#, #"{"state":"stopped"}"#, "{}", #"{"time":"x","state":"#,
        ])
    func damagedRecords(line: String) {
        var reader = LogReader(now: Instant(seconds: 1_795_521_600))
        let found = reader.read(Array(line.utf8))
        guard case .unread? = found.first else {
            Issue.record("\(line) gave \(found)")
            return
        }
    }
}
