import ArgumentParser
import Diagnostics
import JSONText
import PolicyLanguage
import RelayAnalysis

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a configuration, open what it names, prove its tests, and say what is wrong or unwise.",
        discussion: """
            Exit status: 0 good (there may be warnings), 1 errors, a failed test, or strangers can relay or may \
            be able to (with --strict warnings too), 2 the file cannot be read or wrong usage, 3 nothing is wrong, but \
            the effort was spent before every test was proved (`complete` is then false in the JSON).
            """)

    @Argument(help: "The configuration; - is standard input.", completion: .file()) var file: String?
    @Flag(help: "Do not ask for listeners, upstreams and routes.") var policyOnly = false
    @Flag(help: "Warnings count as errors.") var strict = false
    @Option(help: EffortText.help) var effort = Effort.standard
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if effort < 1 { throw ValidationError("--effort is a number of steps, at least 1.") }
    }

    func run() throws {
        let file = try shared.configurationFile(file)
        let purpose: ReadPurpose = policyOnly ? .policyOnly : .serving
        let report: CheckReport
        switch file.bytes() {
        case .success(let bytes):
            report = CheckReport(file, file.read(bytes, purpose: purpose), purpose: purpose, effort: effort)
        case .failure(let problem):
            if shared.json { try StandardOutput.print(CheckReport.unreadable(file.name, problem).text) }
            throw Trouble("cannot read \(file.name): \(problem.message)")
        }
        try StandardOutput.print(shared.json ? report.json.text : report.text(shared.style))
        if !report.isGood || strict && report.warnings > 0 { throw ExitStatus.no }
        if !report.everythingWasProved { throw ExitStatus.cannotTell }
    }
}
