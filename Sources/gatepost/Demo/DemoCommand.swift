import ArgumentParser
import Glibc
import MailTypes

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "An open mail server, and the same server behind Gatepost, attacked side by side.",
        discussion: """
            Everything is on loopback; nothing leaves this machine. Both stay up until ^C, to be tried by hand.

            Exit status: 0 the server alone is open and behind Gatepost it is closed, 1 otherwise.
            """)

    @Flag(help: "Exit after the report.") var once = false
    @Flag(help: "Answer in JSON, and exit.") var json = false
    @Flag(help: "No color, even on a terminal.") var noColor = false

    func run() async throws {
        let stays = !once && !json
        let quiet = open("/dev/null", O_WRONLY | O_CLOEXEC)
        let log = DaemonLog(descriptor: stays ? STDERR_FILENO : quiet, format: .text)
        let server = try OpenServer()
        server.start()
        let gate = try await DemoGate.start(before: server, log: log)
        let report = Self.report(server: server, gate: gate)
        if json {
            try StandardOutput.print(report.json.text)
        } else {
            try StandardOutput.print(report.text(TerminalStyle(wanted: !noColor)))
        }
        if stays {
            try StandardOutput.print(Self.invitation(server: server, gate: gate))
            await Self.untilInterrupted()
        }
        await gate.stop()
        if !report.isGood { throw ExitStatus.no }
    }

    private static func report(server: OpenServer, gate: DemoGate) -> DemoReport {
        func result(_ attempt: DemoAttempt, port: UInt16, side: String) -> DemoReport.Result {
            let tag = "\(attempt.id)-\(side)"
            let before = server.all.count
            let outcome = DemoClient(attempt: attempt, port: port, tag: tag).send()
            // A smuggled message has no tag of ours: what arrived since counts for this attempt, one runs at a time.
            return DemoReport.Result(outcome: outcome, destinations: server.all.dropFirst(before).map(\.destination))
        }
        return DemoReport(
            rows: DemoAttempt.all.map { attempt in
                .init(
                    attempt: attempt, unguarded: result(attempt, port: server.port, side: "alone"),
                    guarded: result(attempt, port: gate.port, side: "guarded"))
            })
    }

    private static func invitation(server: OpenServer, gate: DemoGate) -> String {
        """

        Both stay up until ^C. Try it yourself, as a stranger (127.0.0.9) or as the office (127.0.0.2):

            swaks --server 127.0.0.1:\(server.port) --local-interface 127.0.0.9 --from x@evil.test --to y@victim.test
            swaks --server 127.0.0.1:\(gate.port) --local-interface 127.0.0.9 --from x@evil.test --to y@victim.test
            swaks --server 127.0.0.1:\(gate.port) --local-interface 127.0.0.2 --from anna@ours.test --to y@victim.test

        Ask why:

            gatepost try -c \(gate.file) --client 127.0.0.9 --sender x@evil.test --to y@victim.test

        The whole configuration is \(gate.file); each decision is a line below.
        """
    }

    private static func untilInterrupted() async {
        for await signal in Signals.stream() where signal != SIGHUP { return }
    }
}
