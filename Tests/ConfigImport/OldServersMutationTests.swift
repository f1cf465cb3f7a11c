import ConfigImport
import MailTypes
import PolicyLanguage
import SystemEmulation
import TestSupport
import Testing

/// Damaged files are read to some end, and what comes out is a policy that can be read.
@Suite("damaged configurations")
struct OldServersMutationTests {
    static let systems: Set<MailSystem> = [.mxOpenVMS, .groupWiseGWIA, .groupWiseGWSMTP, .ntMail]
    static let cases = ConfigurationCase.all.filter { systems.contains($0.system) }

    @Test("neither trap nor hang", arguments: cases)
    func damaged(_ configuration: ConfigurationCase) throws {
        let facts = try configuration.facts
        for seed in UInt64(1)...12 {
            var random = SeededRandom(seed: seed)
            var files: [String: [UInt8]] = [:]
            for path in configuration.source.paths {
                guard let file = try? configuration.source.file(path) else { continue }
                files[path] = Self.damage(file.lines.map(\.text).joined(separator: "\r\n"), &random)
            }
            let damaged = files
            let source = ImportSource(paths: configuration.source.paths) { path in
                damaged[path].map { .success($0) } ?? .failure(FileProblem("no such file"))
            }
            guard let imported = try? ImportedConfiguration(system: configuration.system, source: source, facts: facts) else {
                continue
            }
            _ = try CorpusTests.policy(imported)
            let emulation = try #require(try configuration.system.emulation(of: source, facts: facts))
            for known in configuration.requests { _ = known.request.verdict(of: emulation) }
        }
    }

    private static func damage(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        let signs: [UInt8] = Array("/-=\"*%<>{}[]().:;!@ \t\r\n".utf8) + [0, 0xff, 0xc3, 0x80]
        for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[place] = signs.randomElement(using: &random)!
            case 1: bytes.insert(signs.randomElement(using: &random)!, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 40))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
            }
        }
        return bytes
    }
}
