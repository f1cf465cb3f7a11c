import ConfigImport
import PolicyLanguage
import SystemEmulation
import Testing
import TestSupport

/// Files as nobody should write them: importers must end, quickly, with some answer.
@Suite("Sendmail, POP before SMTP and iPass: wrong input")
struct SendmailMutationTests {
    private static let systems: [MailSystem] = [.sendmail5, .sendmail88, .popBeforeSMTP, .iPass]

    private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: Array("`'\"$\t(){},#\\\n".utf8).shuffled(using: &random).prefix(3), at: place)
            case 3: bytes.removeLast(bytes.count - place)
            case 4: bytes.insert(contentsOf: bytes.dropFirst(place).prefix(200), at: place)
            case 5: bytes.insert(contentsOf: Array("\r\n\r".utf8), at: place)
            default: bytes[place] = [0x00, 0xff, 0xc3, 0x80, 0x0d].randomElement(using: &random)!
            }
        }
        return bytes
    }

    @Test("mutated files neither trap nor hang, and what is imported can be read", arguments: 1...60)
    func mutations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let all = ConfigurationCase.all.filter { Self.systems.contains($0.system) }
        for configuration in all.shuffled(using: &random).prefix(4) {
            let original = configuration.source
            let victim = original.paths.randomElement(using: &random)!
            var files: [String: [UInt8]] = [:]
            for path in original.paths {
                let file = try original.file(path)
                let bytes = Array(file.lines.map(\.text).joined(separator: "\n").utf8)
                files[path] = path == victim ? mutated(bytes, &random) : bytes
            }
            let source = ImportSource(paths: original.paths, root: "") { path in
                files[path.hasPrefix("/") ? String(path.dropFirst()) : path].map { .success($0) } ?? .failure(FileProblem("no such file"))
            }
            guard let imported = try? ImportedConfiguration(system: configuration.system, source: source, facts: configuration.facts)
            else { continue }
            _ = try CorpusTests.policy(imported)
            let emulation = try #require(try configuration.system.emulation(of: source, facts: configuration.facts))
            for request in configuration.requests.prefix(3) { _ = request.request.verdict(of: emulation) }
        }
    }

    @Test("a long file takes time that grows with its length", arguments: systems)
    func long(system: MailSystem) throws {
        let lines = (0..<20_000).map { number in
            switch number % 5 {
            case 0: "Cwhost\(number).test"
            case 1: "R$*<@$=w.>$*\t$>3 $1 $3"
            case 2: "FEATURE(`x\(number)')"
            case 3: "255.255.255.255 192.0.2.\(number % 256)"
            default: "$pat\(number) = 'a(((';"
            }
        }
        let names: [MailSystem: String] = [
            .sendmail5: "sendmail.cf", .sendmail88: "sendmail.cf", .popBeforeSMTP: "sendmail.mc", .iPass: "ipass.feed",
        ]
        let bytes = Array(("Scheck_rcpt\n" + lines.joined(separator: "\n")).utf8)
        let paths = [names[system] ?? ""] + (system == .popBeforeSMTP ? ["dracd.allow", "pop-before-smtp-conf.pl"] : [])
        let source = ImportSource(paths: paths) { paths.contains($0) ? .success(bytes) : .failure(FileProblem("no such file")) }
        let clock = ContinuousClock()
        let time = try clock.measure {
            _ = try ImportedConfiguration(system: system, source: source, facts: ImportFacts()).text
        }
        // Seconds in a debug build on a busy machine; growing with the square it would be minutes.
        #expect(time < .seconds(30), "\(time)")
    }
}
