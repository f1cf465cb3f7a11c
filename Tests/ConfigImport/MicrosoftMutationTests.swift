import ConfigImport
import PolicyLanguage
import SystemEmulation
import Testing
import TestSupport

/// Damaged files of Exchange, IIS and WorldMail: nothing traps, and what is read can be written.
@Suite("damaged configurations of Microsoft's servers and WorldMail")
struct MicrosoftMutationTests {
    private static let systems: [MailSystem] = [.exchange55, .iisSMTP, .receiveConnector, .worldMail]
    private static let cases = ConfigurationCase.all.filter { systems.contains($0.system) }

    @Test("are read to their end", arguments: cases)
    func damaged(_ configuration: ConfigurationCase) throws {
        let source = configuration.source
        let facts = try configuration.facts
        for seed in UInt64(1)...6 {
            var random = SeededRandom(seed: seed)
            var files: [String: [UInt8]] = [:]
            for path in source.paths { files[path] = try Self.mutated(Self.bytes(configuration, path), &random) }
            let damaged = ImportSource(paths: source.paths) { path in
                files[path].map { .success($0) } ?? .failure(FileProblem("no such file"))
            }
            // A compiled map or a binary file is refused as a whole.
            guard let imported = try? ImportedConfiguration(system: configuration.system, source: damaged, facts: facts) else { continue }
            _ = try CorpusTests.policy(imported)
            let emulation = try configuration.system.emulation(of: damaged, facts: facts)
            for known in configuration.requests.prefix(3) { _ = emulation?.decide(known.request.emulated) }
        }
    }

    private static func bytes(_ configuration: ConfigurationCase, _ path: String) throws -> [UInt8] {
        let file = try configuration.source.file(path)
        return file.lines.flatMap { Array($0.text.utf8) + [0x0d, 0x0a] }
    }

    /// Bytes that mean something to one of the readers, and some that mean nothing to any.
    private static let signs: [UInt8] = Array("\"'`\\,;:=|(){}[]<>#@$-+*/ \t\r\n0f%&".utf8) + [0x00, 0x7f, 0x80, 0xc3, 0xff]

    private static func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[place] = signs.randomElement(using: &random) ?? 0
            case 1: bytes.insert(signs.randomElement(using: &random) ?? 0, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
            }
        }
        return Int.random(in: 0...3, using: &random) == 0 ? Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) : bytes
    }

    @Test("of many lines that each deserve a word are read in seconds", arguments: [
        (.worldMail, "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\n", "Deny = 10.0.0.1\n"),
        (.worldMail, "", "[Unknown]\n"), (.iisSMTP, "[Relay Restrictions]\n", "Entry = 10.0.0.1/255.0.0.0\n"),
        (.iisSMTP, "", "<IIsSmtpServer Location=\"/LM/SmtpSvc/1\" x=\"1\">\n"), (.exchange55, "", "ours.test\t<inbound>\n"),
        (.receiveConnector, "", "New-ReceiveConnector x -Bindings 192.0.2.1:25 -RemoteIPRanges 10.0.0.1\nSet-ReceiveConnector y -Enabled 1\n"),
        (.receiveConnector, "Set-ReceiveConnector (", "(("), (.receiveConnector, "$a = ", "'x',"),
    ] as [(MailSystem, String, String)])
    func manyFaults(system: MailSystem, head: String, line: String) throws {
        let text = head + String(repeating: line, count: 20_000)
        let source = ImportSource(paths: ["large.txt"]) { _ in .success(Array(text.utf8)) }
        // Where nothing at all is understood the file is refused.
        let took = ContinuousClock().measure { _ = try? ImportedConfiguration(system: system, source: source, facts: ImportFacts()) }
        #expect(took < .seconds(30))
    }

    @Test("of many lines are read in seconds", arguments: systems)
    func large(_ system: MailSystem) throws {
        let count = 20_000
        func address(_ number: Int) -> String { "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)" }
        let text: String =
            switch system {
            case .exchange55: "# Routing page: reroute = yes\n" + (0..<count).map { "d\($0).test\t<inbound>\n" }.joined()
            case .iisSMTP: "[Relay Restrictions]\nRelayForAuth = 0\n" + (0..<count).map { "Entry = \(address(2 * $0))\n" }.joined()
            case .receiveConnector:
                "New-ReceiveConnector x -Bindings 0.0.0.0:25 -PermissionGroups AnonymousUsers -RemoteIPRanges "
                    + (0..<count).map { address(2 * $0) }.joined(separator: ",\n")
            default: "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\n" + (0..<count).map { "Allow = \(address(2 * $0))\n" }.joined()
            }
        let source = ImportSource(paths: ["large.txt"]) { _ in .success(Array(text.utf8)) }
        let clock = ContinuousClock()
        let took = try clock.measure {
            let imported = try ImportedConfiguration(system: system, source: source, facts: ImportFacts())
            #expect(imported.notes.opaque.isEmpty)
            #expect(imported.notes.modelled > 0)
        }
        // Debug builds on a busy machine are slow; what must not happen is time that grows with the square.
        #expect(took < .seconds(30))
    }
}
