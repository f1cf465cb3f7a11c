import ArgumentParser
import JSONText

struct ShadowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow",
        abstract: "Have the running daemon decide by a candidate file too, and log where it differs.",
        discussion: """
            FILE changes nothing: what it would permit or refuse otherwise is a line of log (shadow=differs) and is \
            counted. Without FILE: the counts so far. The candidate stays until --off, or until the daemon ends.

            Exit status: 0 done, 1 the candidate has errors, 2 no daemon answers, or there is no candidate.
            """)

    @Argument(help: "The candidate.", completion: .file()) var file: String?
    @Flag(help: "End it; the last counts are printed.") var off = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if file != nil && off { throw ValidationError("--off takes no file.") }
    }

    func run() throws {
        var subject = off ? "off" : "?"
        if let file {
            guard let path = ConfigurationFile(file).realPath else { throw Trouble("cannot read \(file): no such file") }
            subject = path
        }
        let answer = try ControlSocket.ask(.shadow, about: subject, state: try shared.stateDirectory())
        if case .string(let text)? = answer["text"] {
            if shared.json { try StandardOutput.print(answer.text) }
            StandardError.print(text)
            throw answer["problems"] == nil ? ExitStatus.trouble : ExitStatus.no
        }
        try StandardOutput.print(shared.json ? answer.text : Self.text(answer))
    }

    private static func text(_ answer: JSONValue) -> String {
        func word(_ key: String) -> String {
            if case .string(let text)? = answer[key] { text } else { answer[key]?.text ?? "" }
        }
        return """
            \(word("file")): \(word("decided")) recipients decided since \(word("since")); \
            \(word("wouldPermit")) would be permitted that are refused, \(word("wouldRefuse")) refused that are permitted
            """
    }
}
