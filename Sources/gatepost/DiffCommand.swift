import AnalysisRecords
import ArgumentParser
import JSONText
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show who may relay under one configuration and not under another, with witnesses.",
        discussion: """
            Compares rights, not texts: two files that let the same mail be relayed are the same, however they are \
            written. A line with + is gained by NEW, one with - is lost; with > or < the same may be sent, but more or \
            less of it by the limits of the rules that decide, and with ~ limits are other ones that cannot be compared. \
            Domains and mailboxes that everybody may send to, as delivery, are compared too. Where mail is passed on to \
            (`via`, `route`), and the answer beyond a limit (`then reject`), are not.

            Exit status: 0 the same rights, 1 rights differ, 2 a configuration cannot be read or wrong usage, \
            3 the rules overlap so much that the effort was spent before the answer was known (`complete` is then false in \
            the JSON).
            """)

    @Argument(help: "The configuration as it was.", completion: .file()) var old: String
    @Argument(help: "The configuration as it is to be; - is standard input.", completion: .file()) var new: String
    @Option(help: ArgumentHelp("The time, such as 2027-04-01 (default: now).", valueName: "time")) var at: String?
    @Option(help: EffortText.help) var effort = Effort.standard
    @Flag(help: "Answer in JSON, as the schemas in docs/json describe it.") var json = false
    @Flag(help: "No color, even on a terminal.") var noColor = false

    func validate() throws {
        if effort < 1 { throw ValidationError("--effort is a number of steps, at least 1.") }
    }

    func run() throws {
        var time = Instant.now
        if let at {
            guard let given = Instant(at) else { throw Trouble("`\(at)` is not a time such as 2027-04-01T12:00:00Z") }
            time = given
        }
        let before = try ConfigurationFile(old).configuration(purpose: .policyOnly).policy
        let after = try ConfigurationFile(new).configuration(purpose: .policyOnly).policy
        let difference: RightsDifference
        do throws(EffortSpent) {
            difference = try RightsDifference(from: before, to: after, at: time, effort: effort)
        } catch {
            if json { try StandardOutput.print(RightsDifference.unknown(error, from: before, to: after).text) }
            let policy = error.policy == 0 ? before : after
            StandardError.print("gatepost: " + EffortText.problem(error, of: policy, effort: effort, narrowing: nil))
            throw ExitStatus.cannotTell
        }
        if json {
            try StandardOutput.print(difference.json(from: before, to: after))
        } else {
            try StandardOutput.print(RightsDifferenceText(difference, from: before, to: after).lines.joined(separator: "\n"))
        }
        if !difference.isEmpty { throw ExitStatus.no }
    }
}
