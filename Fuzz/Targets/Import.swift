import ConfigAudit
import ConfigImport
import FuzzSupport
import MailTypes
import PolicyLanguage
import RelayPolicy
import SystemEmulation

private let mostFiles = 8

/// Other servers' configurations: whatever the files hold, the import ends, is trouble or text of the language, and the
/// emulation answers every request.
///
/// Input: a byte that chooses the system, one that chooses the release, then files, separated by 0x1E. A file is its name,
/// 0x1F and its bytes; one without 0x1F gets the next of the names that the system's files usually have. `Fuzz/import-seeds`
/// writes the corpus of configurations so.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImport(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let systems = MailSystem.allCases
    let system = systems[Int(input.byte()) % systems.count]
    var facts = ImportFacts()
    facts.release = ["4.01", "5.0", "5.2", "6", "8.8", "2.16", nil][Int(input.byte()) % 7]
    facts.ownDomain = Domain("ours.test")
    facts.hostName = Domain("old.ours.test")
    var files: [String: [UInt8]] = [:]
    var names = system.settings.flatMap { $0.files.map(\.name) }
    while !input.isEmpty, files.count < mostFiles {
        var bytes = input.bytes(upTo: 0x1e)
        var name = names.isEmpty ? "file\(files.count)" : names.removeFirst()
        if let end = bytes.firstIndex(of: 0x1f) {
            name = String(decoding: bytes[..<end], as: UTF8.self)
            bytes.removeSubrange(...end)
        }
        files[name] = bytes
    }
    let source = ImportSource(held: files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, root: "")
    for path in source.paths { if let file = try? source.file(path) { _ = MailSystem.recognised(in: file) } }
    guard let imported = try? ImportedConfiguration(system: system, source: source, facts: facts) else { return 0 }
    let policy: ImportedPolicy
    do { policy = try ImportedPolicy(imported.draft, heading: [], at: Site.now) } catch { fail("\(error.message)\n\(imported.text)") }
    let emulation = try? system.emulation(of: source, facts: facts)
    for request in Probes.requests {
        _ = policy.policy.decidePlainly(request)
        let recipient = request.forwardPath.path.wireForm
        let sender = request.reversePath.wireForm
        let emulated = EmulatedRequest(
            client: request.client, sender: Array(sender.dropFirst().dropLast()), recipient: Array(recipient.dropFirst().dropLast()))
        _ = emulation?.decide(emulated)
    }
    return 0
}
