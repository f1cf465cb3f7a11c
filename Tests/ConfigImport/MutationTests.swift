import ConfigImport
import PolicyLanguage
import Testing
import TestSupport

@Suite("files that are not what they should be")
struct MutationTests {
    /// Bytes of every kind but NUL, which would end the reading at once.
    private static let garbage: [UInt8] = {
        var random = SeededRandom(seed: 7)
        return (0..<60_000).map { _ in UInt8.random(in: 1...255, using: &random) }
    }()

    /// A megabyte of the signs that configurations are made of.
    private static let noise: [UInt8] = {
        let signs = Array("abc:=%!@[]{}()<>\"'\\,;.#$/*- \t\r\n0129".utf8)
        var random = SeededRandom(seed: 8)
        return (0..<1_000_000).map { _ in signs[Int(truncatingIfNeeded: random.next() >> 33) % signs.count] }
    }()

    /// Changed copies of each file of the corpus.
    private static let copies = 12

    @Test("a changed file neither traps nor hangs its importer", arguments: ConfigurationCase.all)
    func survives(_ configuration: ConfigurationCase) throws {
        let files = configuration.files
        let facts = try configuration.facts
        for (number, path) in files.keys.sorted().enumerated() {
            for copy in 0..<Self.copies {
                var random = SeededRandom(seed: UInt64(number * 1_000 + copy))
                var changed = files
                let mutation = Mutation.allCases[copy % Mutation.allCases.count]
                changed[path] = mutation.applied(to: files[path] ?? [], &random)
                let time = ProcessorTime.measure { Self.read(changed, as: configuration.system, facts) }
                #expect(time < .seconds(5), "\(path), \(mutation), copy \(copy): \(time)")
            }
        }
    }

    @Test("what is not understood is trouble, opaque or open, never a server that relays for nobody", arguments: MailSystem.allCases)
    func unknown(_ system: MailSystem) {
        let strangers: [(String, [String: [UInt8]])] = [
            ("no file", [:]), ("an empty file", ["empty": []]), ("no known file", ["holiday.txt": Array("The sea was warm.\n".utf8)]),
            ("blank lines", ["blank": Array(repeating: 0x0a, count: 1_000)]), ("garbage", ["garbage": Self.garbage]),
            ("noise", ["noise.cf": Self.noise]), ("NULs", ["nul": [UInt8](repeating: 0, count: 4_096)]),
        ]
        for (name, files) in strangers {
            var outcome: Result<ImportedConfiguration, ImportTrouble>?
            let time = ProcessorTime.measure { outcome = Self.read(files, as: system, ImportFacts()) }
            #expect(time < .seconds(10), "\(name): \(time)")
            switch outcome {
            case .failure(let trouble): #expect(!trouble.message.isEmpty)
            case .success(let imported):
                let isOpen = imported.notes.findings.contains { $0.severity == .critical }
                #expect(isOpen || !imported.notes.opaque.isEmpty, "\(name) was taken for a whole configuration")
            case nil: Issue.record("\(name): not read")
            }
        }
    }

    @Test("a file in which nothing is understood is no server as delivered", arguments: [
        ("empty", ""), ("letter", "The sea was warm.\n"), ("page.xml", "<?xml version=\"1.0\"?>\n<page>a; b</page>\n"),
    ])
    func notOne(name: String, text: String) {
        let systems: [MailSystem] = [
            .worldMail, .exchange55, .iisSMTP, .receiveConnector, .groupWiseGWIA, .groupWiseGWSMTP, .mercury, .dominoR4,
            .dominoConfiguration,
        ]
        for system in systems {
            switch Self.read([name: Array(text.utf8)], as: system, ImportFacts()) {
            case .failure(let trouble): #expect(trouble.message.hasPrefix(name), "\(system): \(trouble.message)")
            case .success(let imported): Issue.record("\(system): \(imported.notes)")
            }
        }
    }

    /// One case a system: its importer is the same for all.
    private static let firstCases = MailSystem.allCases.compactMap { system in
        ConfigurationCase.all.first { $0.system == system }
    }

    @Test("20,000 lines take no quadratic time", arguments: firstCases)
    func long(_ configuration: ConfigurationCase) throws {
        let files = configuration.files
        let facts = try configuration.facts
        for path in files.keys.sorted() {
            guard let bytes = files[path], !bytes.isEmpty else { continue }
            let lines = 1 + bytes.count { $0 == 0x0a || $0 == 0x0d }
            var longer = files
            longer[path] = Array([[UInt8]](repeating: bytes + [0x0a], count: 20_000 / lines + 1).joined())
            let time = ProcessorTime.measure { Self.read(longer, as: configuration.system, facts) }
            // Several times what a build without optimisation needs.
            #expect(time < .seconds(20), "\(path): \(time)")
        }
    }

    @discardableResult
    private static func read(
        _ files: [String: [UInt8]], as system: MailSystem, _ facts: ImportFacts
    ) -> Result<ImportedConfiguration, ImportTrouble> {
        let source = ImportSource(held: files, root: "")
        do throws(ImportTrouble) {
            let imported = try ImportedConfiguration(system: system, source: source, facts: facts)
            _ = imported.text
            return .success(imported)
        } catch { return .failure(error) }
    }
}

/// One way to spoil a file.
private enum Mutation: CaseIterable {
    case flippedBits, deletedBytes, truncated, doubledChunk, swappedChunks, carriageReturns, lineFeeds, utf16, insertedBytes,
        longLine, deletedLine, marked

    func applied(to bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        var bytes = bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = Int.random(in: place...bytes.count, using: &random)
        switch self {
        case .flippedBits:
            for _ in 0...bytes.count / 50 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        case .deletedBytes:
            for _ in 0...bytes.count / 50 where bytes.count > 1 { bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random)) }
        case .truncated: bytes.removeSubrange(place...)
        case .doubledChunk: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case .swappedChunks: bytes = Array(bytes[place...]) + bytes[..<place]
        case .carriageReturns: bytes = bytes.filter { $0 != 0x0d }.map { $0 == 0x0a ? 0x0d : $0 }
        case .lineFeeds: bytes = bytes.flatMap { $0 == 0x0a ? [0x0d, 0x0a, 0x0a] : [$0] }
        case .utf16: bytes = [0xff, 0xfe] + bytes.flatMap { [$0, UInt8.random(in: 0...40, using: &random) == 0 ? 0xd8 : 0] }
        case .insertedBytes:
            for _ in 0...bytes.count / 50 {
                bytes.insert(.random(in: 0...255, using: &random), at: Int.random(in: 0...bytes.count, using: &random))
            }
        case .longLine: bytes.insert(contentsOf: [UInt8](repeating: bytes[place], count: 50_000), at: place)
        case .deletedLine:
            let start = bytes[..<place].lastIndex(of: 0x0a) ?? 0
            let last = bytes[place...].firstIndex(of: 0x0a) ?? bytes.count - 1
            bytes.removeSubrange(start...last)
        case .marked: bytes = [0xef, 0xbb, 0xbf] + bytes + Array(bytes.reversed())
        }
        return bytes
    }
}
