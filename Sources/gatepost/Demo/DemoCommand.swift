import ArgumentParser
import ConfigImport
import Glibc
import JSONText
import MailTypes

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "An open mail server, and the same server behind Gatepost, attacked side by side.",
        discussion: """
            Everything is on loopback; nothing leaves this machine. Both stay up until ^C, to be tried by hand. With a \
            SYSTEM the server is an emulation that decides as that system does (\(MailSystem.allCases.map(\.rawValue).joined(separator: ", "))), \
            and every form of address that relay testers use is sent to it.

            Exit status: 0 the server alone is open and behind Gatepost it is closed, 1 otherwise, 2 wrong usage.
            """)

    @Argument(help: "A mail system to emulate.", completion: .list(MailSystem.allCases.map(\.rawValue)))
    var system: String?
    @Option(help: ArgumentHelp("How it is configured; an unknown name lists what there is.", valueName: "name")) var setting: String?

    @Flag(help: "Exit after the report.") var once = false
    @Flag(help: "Answer in JSON, and exit.") var json = false
    @Flag(help: "No color, even on a terminal.") var noColor = false

    func run() async throws {
        let stays = !once && !json
        let quiet = open("/dev/null", O_WRONLY | O_CLOEXEC)
        let log = DaemonLog(descriptor: stays ? STDERR_FILENO : quiet, format: .text)
        let emulated = try emulatedServer()
        let server = try emulated?.server ?? DemoServer.openToAll()
        server.start()
        let gate = try await DemoGate.start(before: server, log: log)
        let report = Self.report(emulated == nil ? DemoAttempt.all : DemoAttempt.battery, server: server, gate: gate, emulated)
        if json {
            try StandardOutput.print(report.json(members(emulated)).text)
        } else {
            if let emulated { try StandardOutput.print(Self.heading(emulated)) }
            try StandardOutput.print(report.text(TerminalStyle(wanted: !noColor)))
        }
        if stays {
            try StandardOutput.print(Self.invitation(server: server, gate: gate))
            await Self.untilInterrupted()
        }
        await gate.stop()
        if !report.isGood { throw ExitStatus.no }
    }

    private func emulatedServer() throws(Trouble) -> EmulatedServer? {
        guard let system else {
            if setting != nil { throw Trouble("--setting needs a system in front of it") }
            return nil
        }
        guard let known = MailSystem(named: system) else {
            throw Trouble("`\(system)` is not a system; there are \(MailSystem.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return try EmulatedServer(known, setting: setting)
    }

    private func members(_ emulated: EmulatedServer?) -> [JSONValue.Member] {
        guard let emulated else { return [] }
        return [
            .init("system", .string(emulated.system.rawValue)), .init("setting", .string(emulated.setting.name)),
            .init("emulation", .bool(true)),
        ]
    }

    private static func heading(_ emulated: EmulatedServer) -> String {
        let others = emulated.system.settings.filter { $0 != emulated.setting }.map { "\($0.name) (\($0.what))" }
        let more = others.isEmpty ? "" : "Other settings: \(others.joined(separator: ", ")).\n"
        return """
            \(emulated.text)
            This is an emulation that decides as what is known of the system says; it is not the product.
            \(more)
            """
    }

    private static func report(
        _ attempts: [DemoAttempt], server: DemoServer, gate: DemoGate, _ emulated: EmulatedServer?
    ) -> DemoReport {
        func result(_ attempt: DemoAttempt, port: UInt16, side: String) -> DemoReport.Result {
            let tag = "\(attempt.id)-\(side)"
            let before = server.all.count
            let outcome = DemoClient(attempt: attempt, port: port, tag: tag).send()
            // A smuggled message has no tag of ours: what arrived since counts for this attempt, one runs at a time.
            return DemoReport.Result(outcome: outcome, arrivals: Array(server.all.dropFirst(before)))
        }
        return DemoReport(
            rows: attempts.map { attempt in
                .init(
                    attempt: attempt, unguarded: result(attempt, port: server.port, side: "alone"),
                    guarded: result(attempt, port: gate.port, side: "guarded"))
            }, claim: emulated == nil ? .openToAll : .emulated)
    }

    private static func invitation(server: DemoServer, gate: DemoGate) -> String {
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
