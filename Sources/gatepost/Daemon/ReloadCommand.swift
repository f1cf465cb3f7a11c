import ArgumentParser
import JSONText

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running daemon read its configuration again, and say whether it took it.",
        discussion: """
            Waits for the verdict. A file with errors, or one of whose tests fails, changes nothing: the running \
            configuration stays. What was taken is shown: the files, rules, listeners and upstreams that changed, and who \
            may relay now and might not before (+) or the other way round (-), and whose limits rose (>), fell (<) or are other \
            ones (~), each with a witness.

            Exit status: 0 the new configuration runs, 1 it was refused, 2 no daemon answers, or it runs by another file.
            """)

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let file = try shared.configurationFile()
        if shared.json, !file.isStandardInput, case .failure(let problem) = file.bytes() {
            let problems = [JSONValue.problem("cannot read this file: \(problem.message)", file: file.name)]
            try StandardOutput.print(ReloadAnswer(isGood: false, problems: problems, text: "").json.text)
        }
        let answer = try ControlSocket.ask(.reload, about: file.realPath, state: try shared.stateDirectory())
        if case .string(let text)? = answer["text"], answer["runningFile"] != nil {
            if shared.json { try StandardOutput.print(answer.text) }
            throw Trouble(text)
        }
        let isGood = answer["ok"] == .bool(true)
        if shared.json {
            try StandardOutput.print(answer.text)
        } else if isGood {
            if case .string(let text)? = answer["text"] { try StandardOutput.print(text) }
        } else {
            if case .string(let text)? = answer["text"] { StandardError.print(text) }
            StandardError.print("gatepost: not reloaded; the running configuration stays")
        }
        if !isGood { throw ExitStatus.no }
    }
}
