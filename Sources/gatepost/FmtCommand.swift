import ArgumentParser
import JSONText
import PolicyLanguage

struct FmtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Put a configuration into its canonical layout; comments stay.",
        discussion: """
            The file is replaced in one step and keeps its owner and mode. With - standard input is laid out on \
            standard output.

            Exit status: 0 done, 1 with --check: it would change, 2 the file cannot be read or wrong usage.
            """)

    @Argument(help: "The configuration; - is standard input.", completion: .file()) var file: String?
    @Flag(help: "Change nothing, only say whether it would change.") var check = false
    @Flag(help: "Write the result to standard output, not to the file.") var stdout = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if check && stdout { throw ValidationError("--check and --stdout exclude each other.") }
        if shared.json && (stdout || file == "-" && !check) {
            throw ValidationError("The result goes to standard output, so there is no place for --json.")
        }
    }

    func run() throws {
        let file = try shared.configurationFile(file)
        let old: [UInt8]
        switch file.bytes() {
        case .success(let bytes): old = bytes
        case .failure(let problem): throw Trouble("cannot read \(file.name): \(problem.message)")
        }
        let new = try formattedText(old, file.name)
        if check {
            try answer(file.name, changed: new != old, "would change")
            if new != old { throw ExitStatus.no }
        } else if stdout || file.isStandardInput {
            try StandardOutput.write(new)
        } else {
            if new != old, let problem = FileAccess.replace(file.path, new) {
                throw Trouble("cannot write \(file.path): \(problem.message)")
            }
            try answer(file.name, changed: new != old, "changed")
        }
    }

    private func formattedText(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
        switch formatted(bytes, file: name) {
        case .success(let text): return text
        case .failure(let problems):
            let source = String(decoding: bytes, as: UTF8.self)
            for problem in problems.diagnostics { StandardError.print(problem.rendered(source: source) + "\n") }
            throw Trouble("\(name) cannot be laid out")
        }
    }

    private func answer(_ name: String, changed: Bool, _ word: String) throws {
        if shared.json {
            let answer = JSONValue.object([.init("file", .string(name)), .init("changed", .bool(changed))])
            try StandardOutput.print(answer.text)
        } else if changed {
            try StandardOutput.print("\(name): \(word)")
        }
    }
}
