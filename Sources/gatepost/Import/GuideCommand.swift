import ArgumentParser
import ConfigImport
import Glibc
import JSONText
import SystemGuide

struct GuideCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guide",
        abstract: "Show how to stop third-party relay on a mail system, and how to put Gatepost before it.",
        discussion: """
            Without a system: all of them, with a mark at those that this host looks like. Words that are no system are \
            searched for in what people see, then in what systems are called: gatepost guide relaying denied.

            Exit status: 0 shown, 1 nothing was found, 2 wrong usage.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown }

    @Argument(
        help: ArgumentHelp("A system, or words to search for.", valueName: "system"),
        completion: .list(MailSystem.allCases.map(\.rawValue)))
    var words: [String] = []
    @Option(help: "text or markdown.") var format = Format.text
    @Flag(help: "Answer in JSON, as the schemas in docs/json describe it.") var json = false
    @Flag(help: "No color, even on a terminal.") var noColor = false

    func run() throws {
        if words.isEmpty { return try list(Guide.pages) }
        let query = words.joined(separator: " ")
        if let system = Guide.system(named: query), let page = Guide.page(of: system) { return try show(page) }
        let matches = Guide.symptoms(matching: query)
        let pages = matches.isEmpty ? Guide.pages(about: query) : []
        if let page = pages.first, pages.count == 1 { return try show(page) }
        guard pages.isEmpty else { return try list(pages) }
        try show(matches, of: query)
    }

    private func show(_ page: GuidePage) throws(Trouble) {
        if json { return try StandardOutput.print(page.json.text) }
        switch format {
        case .markdown: try StandardOutput.write(Array(page.markdown.utf8))
        case .text: try StandardOutput.print(page.text(width: TerminalWidth.columns))
        }
    }

    private func list(_ pages: [GuidePage]) throws(Trouble) {
        let looks = HostLook.systems()
        if json {
            let rows = pages.map { page in
                JSONValue.object([
                    .init("system", .string(page.system.rawValue)), .init("title", .string(page.system.title)),
                    .init("delivered", .string(page.delivered.rawWord)), .init("needsGate", .bool(page.needsGate)),
                    .init("here", .bool(looks.contains(page.system))),
                ])
            }
            return try StandardOutput.print(JSONValue.object([.init("systems", .array(rows))]).text)
        }
        let width = (Guide.pages.map(\.system.rawValue.count).max() ?? 0) + 2
        var lines = ["System".padded(to: width) + "As delivered  ", ""]
        for page in pages {
            let mark = looks.contains(page.system) ? "  <- this host looks like it" : ""
            let remedy = page.needsGate ? "; a gate in front is the only full remedy" : ""
            lines.append(page.system.rawValue.padded(to: width) + page.delivered.word.padded(to: 12) + page.system.title + remedy + mark)
        }
        lines += ["", "gatepost guide SYSTEM shows a page; gatepost guide WORDS finds by what you see."]
        try StandardOutput.print(lines.joined(separator: "\n"))
    }

    private func show(_ matches: [Guide.Match], of query: String) throws {
        if json {
            let rows = matches.map {
                JSONValue.object([
                    .init("system", .string($0.system.rawValue)), .init("symptom", .string($0.symptom.words)),
                    .init("meaning", .string($0.symptom.meaning)),
                ])
            }
            try StandardOutput.print(JSONValue.object([.init("matches", .array(rows))]).text)
        } else if !matches.isEmpty {
            let lines = matches.map { "\($0.system.rawValue): “\($0.symptom.words)”\n    \($0.symptom.meaning)" }
            try StandardOutput.print(lines.joined(separator: "\n"))
        }
        guard matches.isEmpty else { return }
        if words.count == 1 {
            StandardError.print(
                "gatepost: no system and no symptom is called `\(query)`; systems are \(MailSystem.allCases.map(\.rawValue).joined(separator: ", "))")
            throw ExitStatus.trouble
        }
        StandardError.print("gatepost: no symptom has all of these words; fewer find more")
        throw ExitStatus.no
    }
}

extension GuidePage {
    /// As `docs/json/guide.schema.json` describes it.
    var json: JSONValue {
        func steps(_ steps: [Step]) -> JSONValue {
            .array(steps.map { .object([.init("text", .string($0.text)), .init("code", .optional($0.code))]) })
        }
        return .object([
            .init("system", .string(system.rawValue)), .init("title", .string(system.title)),
            .init("summary", .string(summary)), .init("delivered", .string(delivered.rawWord)),
            .init("asDelivered", .string(asDelivered)), .init("files", steps(files)), .init("steps", steps(self.steps)),
            .init("losses", .array(losses.map(JSONValue.string))), .init("limits", .array(limits.map(JSONValue.string))),
            .init(
                "tests",
                .array(trials.map {
                    .object([
                        .init("what", .string($0.what)), .init("command", .string($0.command)),
                        .init("expected", .string($0.expected)),
                    ])
                })),
            .init("needsGate", .bool(needsGate)), .init("gate", .string(gate)), .init("sureness", .string(sureness)),
        ])
    }
}

extension GuidePage.Delivered {
    /// The word of the JSON.
    fileprivate var rawWord: String { self == .depends ? "depends" : word }
}

/// How many columns a page may have.
enum TerminalWidth {
    static var columns: Int {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 80 }
        return min(Int(size.ws_col), 100)
    }
}
