import ArgumentParser
import JSONText

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running daemon read its configuration again, and say whether it took it.",
        discussion: """
            Waits for the verdict. A file with errors changes nothing: the running configuration stays.

            Exit status: 0 the new configuration runs, 1 it was refused, 2 no daemon answers.
            """)

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let answer = try ControlSocket.ask(.reload, state: try shared.stateDirectory())
        let isGood = answer["ok"] == .bool(true)
        if shared.json {
            try StandardOutput.print(answer.text)
        } else if isGood {
            try StandardOutput.print("reloaded")
        } else {
            if case .string(let text)? = answer["text"] { StandardError.print(text) }
            StandardError.print("gatepost: not reloaded; the running configuration stays")
        }
        if !isGood { throw ExitStatus.no }
    }
}
