import ArgumentParser
import JSONText
import MailTypes
import MailTypes
import PolicyLanguage
import PolicyReview

struct QuickstartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quickstart",
        abstract: "Write a first configuration for this host, and print one test to try.",
        discussion: """
            The file lets nobody relay; it delivers mail for the domains to the server behind. A file that exists is \
            never overwritten.

            Exit status: 0 written, 2 not written or wrong usage.
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Where to write (default: the file of -c, else gatepost.conf); - is standard output.", valueName: "file"),
        completion: .file())
    var output: String?
    @Option(help: ArgumentHelp("The gate's host name (default: this host's).", valueName: "name"))
    var hostname: String?
    @Option(
        help: ArgumentHelp("A domain whose mail is ours; may be repeated (default: the host's).", valueName: "name"))
    var domain: [String] = []
    @Option(help: ArgumentHelp("The mail server behind the gate.", valueName: "address:port"))
    var server = "127.0.0.1:10025"
    @OptionGroup var shared: SharedOptions

    private var target: String { output ?? shared.config ?? "gatepost.conf" }

    func validate() throws {
        if output != nil && shared.config != nil {
            throw ValidationError("The file to write is named twice, with -o and with -c.")
        }
        if shared.json && target == "-" {
            throw ValidationError("Standard output cannot hold both the file and the answer in JSON.")
        }
    }

    func run() throws {
        let host = try hostname.map(HostName.init(given:)) ?? HostName.ofThisHost()
        let domains = try domain.isEmpty ? [host.parent] : domain.map { try HostName(given: $0).text }
        let text = FirstConfiguration(hostname: host.text, domains: domains, server: server).text
        try prove(text)
        if target == "-" {
            try StandardOutput.write(Array(text.utf8))
        } else if let problem = FileAccess.create(target, Array(text.utf8)) {
            throw Trouble("cannot write \(target): \(problem.message)")
        }
        if host.isInvented {
            StandardError.print(
                "gatepost: this host has no full name; \(host.text) stands in the file and wants changing")
        }
        guard target != "-" else { return }
        try StandardOutput.print(shared.json ? answer(host, domains).text : report(domains))
    }

    /// A stranger who would relay (addresses of documentation, RFC 5737 §3).
    private var trial: [String] {
        [
            "gatepost", "try", "-c", target, "--client", "198.51.100.7", "--sender", "x@evil.example", "--to",
            "y@victim.example",
        ]
    }

    private func report(_ domains: [String]) -> String {
        """
        \(target): written, for mail to \(domains.joined(separator: " ")). Nobody may relay yet. Try it:

            \(trial.joined(separator: " "))

        """
    }

    private func answer(_ host: HostName, _ domains: [String]) -> JSONValue {
        .object([
            .init("file", .string(target)), .init("hostname", .string(host.text)),
            .init("hostnameIsInvented", .bool(host.isInvented)),
            .init("domains", .array(domains.map(JSONValue.string))), .init("server", .string(server)),
            .init("try", .array(trial.map(JSONValue.string))),
        ])
    }

    /// What we write must be good, whatever was given.
    private func prove(_ text: String) throws(Trouble) {
        let name = target == "-" ? "<stdout>" : target
        let result = ConfigurationFile(name).read(Array(text.utf8), purpose: .serving)
        let errors = (result.diagnostics + (result.configuration.map { PolicyReview($0, at: .now).errors } ?? [])).filter { $0.severity >= .error }
        guard result.configuration != nil, errors.isEmpty else {
            for error in errors { StandardError.print(error.rendered(source: text) + "\n") }
            throw Trouble("these names make no good configuration; nothing was written")
        }
    }
}
