import ArgumentParser
import Glibc

/// The program: one file a command. A command reads its arguments, calls the core, prints, and exits with a
/// documented status.
@main
struct Gatepost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatepost",
        abstract: "Lets no third party relay mail through a server, and can prove it.",
        discussion: """
            Answers go to standard output, talk to standard error; --json makes an answer that programs read. \
            The configuration is FILE of -c, else ./gatepost.conf if there is one, else \(ConfigurationFile.systemPath).

            Exit status: every command's help says what its statuses mean; 2 is always trouble \
            (usage, a file that cannot be read) and never an answer.
            """,
        version: "gatepost \(Version.text)",
        subcommands: [
            DemoCommand.self, QuickstartCommand.self, CheckCommand.self, FmtCommand.self, TryCommand.self,
            WhoCanRelayCommand.self, DiffCommand.self, VerifyCommand.self, ReplayCommand.self, TightenCommand.self,
            PermitCommand.self, RejectCommand.self, RunCommand.self, ReloadCommand.self, StatusCommand.self, LogCommand.self,
            WhyCommand.self, ShadowCommand.self, AuditCommand.self, ImportCommand.self,
            GuideCommand.self,
            CompletionsCommand.self,
        ])

    /// Verbs that end by a signal, which they take as an event.
    private static let lasting = ["run", "demo"]

    /// As ArgumentParser's own, but for the status of a usage error (it has 64, we promise 2) and `-v`.
    ///
    /// Not async: signals have to be blocked in the first thread, before there is any other, and it has to stay out of
    /// the dispatch library's main loop, which would let them through again.
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        if arguments == ["-v"] { arguments = ["--version"] }
        if let verb = arguments.first, lasting.contains(verb) { Signals.block() }
        let words = arguments
        Task.detached { Glibc.exit(await status(of: words)) }
        while true { pause() }
    }

    private static func status(of arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.good.rawValue
        } catch {
            return finish(after: error)
        }
    }

    /// Says what there is to say and gives the exit status.
    private static func finish(after error: any Error) -> Int32 {
        switch error {
        case let status as ExitCode:
            return status.rawValue
        case let trouble as Trouble:
            StandardError.print("gatepost: \(trouble.message)")
            return ExitStatus.trouble.rawValue
        default:
            let message = fullMessage(for: error)
            guard exitCode(for: error).isSuccess else {
                StandardError.print(message)
                return ExitStatus.trouble.rawValue
            }
            // Help and the version are answers, but only to who asked for them.
            guard CommandLine.argc > 1 else {
                StandardError.print(message)
                return ExitStatus.trouble.rawValue
            }
            do throws(Trouble) { try StandardOutput.print(message) } catch { return finish(after: error) }
            return ExitStatus.good.rawValue
        }
    }
}
