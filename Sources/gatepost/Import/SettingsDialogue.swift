import ConfigImport
import Glibc
import JSONText
import MailTypes

/// Asks on the terminal for settings that stand in no file, and writes the file that `audit` then reads.
struct SettingsDialogue {
    let system: MailSystem
    let form: SettingsForm
    private var input = StandardInput()

    init(_ system: MailSystem, _ form: SettingsForm) { (self.system, self.form) = (system, form) }

    /// The names of the files of settings and of facts, written in the current folder.
    mutating func run() throws(Trouble) -> (settings: String, facts: String) {
        let settings = "\(system.rawValue).txt"
        let facts = "\(system.rawValue)-facts.json"
        for name in [settings, facts] where access(name, F_OK) == 0 {
            throw Trouble("\(name) is there already; `gatepost audit \(system.rawValue) \(settings) --facts \(facts)` reads it")
        }
        StandardError.print("\(system.title) keeps its settings in dialogs. An empty line takes what stands in brackets, or ends a list.\n")
        var answers: [(question: Int, answer: String)] = []
        for (position, question) in form.questions.enumerated() {
            for answer in try self.answers(to: question) { answers.append((position, answer)) }
        }
        let domains = try list("A domain whose mail this server delivers") { Domain($0) == nil ? "that is not a domain" : nil }
        try write(Array(form.text(of: answers).utf8), to: settings)
        let value = JSONValue.object([.init("localDomains", .array(domains.map(JSONValue.string)))])
        try write(Array("\(value.text)\n".utf8), to: facts)
        StandardError.print("\nWritten to \(settings) and \(facts).\n")
        return (settings, facts)
    }

    private func write(_ bytes: [UInt8], to name: String) throws(Trouble) {
        if let problem = FileAccess.create(name, bytes) { throw Trouble("cannot write \(name): \(problem.message)") }
    }

    private mutating func answers(to question: SettingsForm.Question) throws(Trouble) -> [String] {
        guard let choices = question.choices else { return try list(question.text) { _ in nil } }
        while true {
            StandardError.write(Array("\(question.text) (\(choices.joined(separator: ", "))) [\(choices[0])]: ".utf8))
            let answer = try line()
            if answer.isEmpty { return [choices[0]] }
            if let chosen = choices.first(where: { $0.lowercased() == answer.lowercased() }) { return [chosen] }
            StandardError.print("  one of: \(choices.joined(separator: ", "))")
        }
    }

    private mutating func list(_ text: String, problem: (String) -> String?) throws(Trouble) -> [String] {
        var answers: [String] = []
        while true {
            StandardError.write(Array("\(text)\(answers.isEmpty ? "" : ", another"): ".utf8))
            let answer = try line()
            if answer.isEmpty { return answers }
            if let problem = problem(answer) { StandardError.print("  \(problem)") } else { answers.append(answer) }
        }
    }

    private mutating func line() throws(Trouble) -> String {
        switch try input.next(beforeWaiting: { () throws(Trouble) in }) {
        case .text(let bytes): OldAddressForms.trimmed(String(decoding: bytes, as: UTF8.self))
        case .tooLong: throw Trouble("that line is too long")
        case nil: throw Trouble("the input ended before the last question; nothing was written")
        }
    }
}
