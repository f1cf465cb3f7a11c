import ConfigImport
import Foundation
import MailTypes
import PolicyLanguage
import SystemGuide
import Testing

@Suite("the guide")
struct GuideTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/guide")

    @Test("every system has one page, in the order of the systems")
    func pages() { #expect(Guide.pages.map(\.system) == MailSystem.allCases) }

    @Test("docs/guide holds the pages as the program shows them", arguments: Guide.pages)
    func documents(_ page: GuidePage) throws {
        let file = Self.folder.appendingPathComponent("\(page.system.rawValue).md")
        #expect(try String(contentsOf: file, encoding: .utf8) == page.markdown, "make guide writes it")
    }

    @Test("a page answers each question", arguments: Guide.pages)
    func complete(_ page: GuidePage) {
        #expect(!page.steps.isEmpty && !page.losses.isEmpty && !page.limits.isEmpty && !page.symptoms.isEmpty)
        #expect(page.trials.count >= 3)
        #expect(page.trials.contains { $0.expected.hasPrefix("250") }, "mail that has to arrive is a test too")
        #expect(page.trials.contains { !$0.expected.hasPrefix("250") })
        #expect(page.files.contains { $0.code?.contains("gatepost audit \(page.system.rawValue)") ?? false })
    }

    @Test("no line of a terminal's page is wider than the terminal", arguments: Guide.pages)
    func width(_ page: GuidePage) {
        for line in page.text(width: 80).split(separator: "\n") where !line.hasPrefix("      ") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test("symptoms are found by their words")
    func symptoms() {
        #expect(Guide.symptoms(matching: "553 relay NON-LOCAL").first?.system == .mercury)
        #expect(Guide.symptoms(matching: "").isEmpty)
        #expect(Guide.symptoms(matching: "qwertz").isEmpty)
    }

    @Test("systems are found by the names that people give them", arguments: [
        ("exchange 5.5", MailSystem.exchange55), ("Microsoft Exchange Server", .receiveConnector), ("Exchange 2003", .iisSMTP),
        ("receive connector", .receiveConnector), ("Lotus Notes", .dominoR4), ("Lotus Domino", .dominoConfiguration),
        ("notes 4.6", .dominoR4), ("domino 6", .dominoConfiguration), ("mercury/32", .mercury), ("sendmail 8.8", .sendmail88),
    ])
    func names(query: String, system: MailSystem) { #expect(Guide.system(named: query) == system) }

    @Test("pages are found by words of their names and summaries", arguments: [
        ("QUALCOMM", [MailSystem.worldMail]), ("david harris", [.mercury]), ("netware", [.mercury]),
        ("novell", [.groupWiseGWIA, .groupWiseGWSMTP]), ("microsoft exchange", [.exchange55, .iisSMTP, .receiveConnector]),
        ("", []), ("qwertz", []),
    ] as [(String, [MailSystem])])
    func about(query: String, systems: [MailSystem]) { #expect(Guide.pages(about: query).map(\.system) == systems) }

    @Test("the configuration that pages show is one")
    func configuration() throws {
        let text = try #require(Guide.pages.first).markdown
        let start = try #require(text.range(of: "version 1\n"))
        let end = try #require(text.range(of: "```", range: start.lowerBound..<text.endIndex))
        let result = Configuration.read(
            Array(text[start.lowerBound..<end.lowerBound].utf8), file: "guide.conf", purpose: .serving,
            now: Instant("2026-06-01T12:00:00Z")!
        ) { _ in .failure(FileProblem("none")) }
        #expect(result.diagnostics.filter { $0.severity >= .error } == [], "\(result.diagnostics)")
    }

    @Test("the importers understand the forms in which pages have settings written down", arguments: Guide.pages)
    func forms(_ page: GuidePage) throws {
        for form in page.files.compactMap(\.code) where form.hasPrefix("[") || form.hasPrefix("# Routing page") {
            var facts = ImportFacts()
            facts.localDomains = Domain("ours.example").map { [$0] }
            facts.users = ["anna"]
            let source = ImportSource(held: [("settings.txt", Array(form.utf8))])
            let notes = try ImportedConfiguration(system: page.system, source: source, facts: facts).notes
            #expect(notes.opaque.isEmpty, "\(page.system.rawValue)\n\(form)\n\(notes.opaque)")
            #expect(notes.modelled > 0)
        }
    }
}
