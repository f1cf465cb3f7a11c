import ArgumentParser
import Glibc
import MailTransport
import RelayAnalysis

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Stand before the mail server: the daemon, in the foreground.",
        discussion: """
            The log goes to standard error, one line for each decision. SIGHUP reloads the configuration, SIGTERM and \
            SIGINT end the daemon after the transactions under way.

            Exit status: 0 stopped as asked, 1 runtime failure, 2 wrong usage, 78 configuration refused.
            """)

    @Flag(help: "Run a configuration by which strangers can relay.") var strangersMayRelay = false
    @Flag(help: "Prove `only` and `never` of `tests` too, here and at each reload; a claim that is false refuses the file.")
    var strictTests = false
    @Option(help: EffortText.help) var effort = Effort.standard
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if effort < 1 { throw ValidationError("--effort is a number of steps, at least 1.") }
    }

    private var demands: LoadedConfiguration.Demands {
        .init(strangersMayRelay: strangersMayRelay, strictTests: strictTests, effort: effort)
    }

    func run() async throws {
        let file = try shared.configurationFile()
        let loaded: LoadedConfiguration
        do throws(LoadedConfiguration.Refusal) {
            loaded = try LoadedConfiguration(file, demands)
        } catch {
            StandardError.print(error.text(shared.style, file: file))
            StandardError.print("gatepost: configuration refused; nothing was started")
            throw ExitStatus.configurationRefused
        }
        try await serve(loaded, file)
    }

    private func serve(_ loaded: LoadedConfiguration, _ file: ConfigurationFile) async throws {
        let state: StateDirectory
        do throws(Trouble) {
            state = try StateDirectory(loaded.configuration.node.state.map(file.resolve) ?? StateDirectory.standard)
        } catch { return try fail(error.message) }
        let settings = GatewaySettings(loaded)
        let log = DaemonLog(descriptor: STDERR_FILENO, loaded, state: state.path)
        for warning in loaded.warnings { log.warn(warning) }
        let daemon = Daemon(
            loaded, file: file, demands: demands, settings: settings, log: log, clock: ClockRecord(state))
        do throws(ListeningProblem) { try await daemon.start(settings) } catch {
            log.close()
            return try fail("cannot listen on \(error.address) (\(error.listener)): \(error.message)")
        }
        if let problem = state.problem {
            log.note([
                "state-directory": "unwritable", "path": .string(state.path), "why": .string(problem),
                "effect": "mail goes on, nothing is kept",
            ])
        }
        let control: ControlServer?
        do throws(Trouble) {
            control = try ControlServer(state: state.path) { request, file in
                switch request {
                case .reload: await daemon.reload(file)
                case .status: await daemon.status()
                case .shadow: await daemon.shadow(file ?? "?")
                }
            }
        } catch {
            guard state.problem != nil else { return try fail(error.message) }
            log.note(["control": "closed", "why": .string(error.message), "effect": "only SIGHUP reloads"])
            control = nil
        }
        control?.start()
        ServiceManager.notify("READY=1")
        await untilStopped(daemon)
        ServiceManager.notify("STOPPING=1")
        await daemon.stop()
        control?.stop()
    }

    private func untilStopped(_ daemon: Daemon) async {
        for await signal in Signals.stream() {
            guard signal == SIGHUP else { return }
            ServiceManager.notify("RELOADING=1")
            _ = await daemon.reload()
            ServiceManager.notify("READY=1")
        }
    }

    private func fail(_ message: String) throws {
        StandardError.print("gatepost: \(message)")
        throw ExitStatus.no
    }
}

extension ExitStatus {
    /// `EX_CONFIG` of sysexits: a service manager must not try again by itself.
    static let configurationRefused = ExitCode(78)
}
