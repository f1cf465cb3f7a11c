import ArgumentParser
import JSONText

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print what a shell needs to complete our commands.",
        discussion: """
            For example: gatepost completions bash > /etc/bash_completion.d/gatepost

            Exit status: 0 printed, 2 wrong usage.
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.") var shell: Shell
    @OptionGroup var shared: SharedOptions

    func run() throws {
        let script = switch shell {
        case .bash: Gatepost.completionScript(for: .bash)
        case .zsh: Gatepost.completionScript(for: .zsh)
        case .fish: Gatepost.completionScript(for: .fish)
        }
        guard shared.json else { return try StandardOutput.print(script) }
        let answer = JSONValue.object([.init("shell", .string(shell.rawValue)), .init("script", .string(script))])
        try StandardOutput.print(answer.text)
    }
}
