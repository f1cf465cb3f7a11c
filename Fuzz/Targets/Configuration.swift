import Diagnostics
import FuzzSupport
import MailTypes
import PolicyLanguage
import PolicyReview
import RelayPolicy

/// Configuration files: whatever they hold they are read or refused with problems that have a place in them; layout
/// keeps the meaning and is stable; the policy, printed, is read as the same policy; and the compiled matcher decides
/// as the plain evaluator does.
///
/// Input, its parts separated by 0x1E: a gatepost.conf, then list files, which are given out in the order in which they
/// are asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let text = input.bytes(upTo: 0x1e)
    let files = ListFiles(input.remaining())
    let serving = checkedRead(text, .serving, files)
    let alone = checkedRead(text, .policyOnly, files)
    require(serving.configuration == nil || alone.configuration != nil, "what may serve may be tried")
    _ = Configuration.Node(leniently: text)
    checkLayout(text, alone, files)
    if let configuration = alone.configuration { checkPolicy(configuration.policy) }
    _ = alone.configuration.map { PolicyReview($0, at: Site.now) }
    return 0
}

/// Gives a file to each name, as long as there are any.
private final class ListFiles {
    private var rest: FuzzedBytes
    private var known: [String: [UInt8]?] = [:]

    init(_ bytes: [UInt8]) { rest = FuzzedBytes(bytes) }

    func read(_ name: String) -> Result<[UInt8], FileProblem> {
        let bytes = known[name] ?? (rest.isEmpty ? nil : rest.bytes(upTo: 0x1e))
        known[name] = .some(bytes)
        return bytes.map { .success($0) } ?? .failure(FileProblem("no such file"))
    }
}

private func checkedRead(_ text: [UInt8], _ purpose: ReadPurpose, _ files: ListFiles) -> ReadResult {
    let result = Configuration.read(text, file: "gatepost.conf", purpose: purpose, now: Site.now) { files.read($0) }
    let hasErrors = result.diagnostics.contains { $0.severity == .error }
    require(hasErrors == (result.configuration == nil), "a configuration without errors, or none")
    for (index, diagnostic) in result.diagnostics.enumerated() {
        require(diagnostic.at.line >= 1 && diagnostic.at.column >= 1, "\(diagnostic.at) is a place")
        // A broken file has as many problems as lines, and each costs a walk through its text.
        if index >= 8 { continue }
        let source = result.sources[diagnostic.at.file]
        let lines = source.map { $0.utf8.count { $0 == 0x0a } + 1 } ?? 1
        require(diagnostic.at.line <= lines, "\(diagnostic.at) is in the file of \(lines) lines")
        let rendered = diagnostic.rendered(source: source)
        require(rendered.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "\(rendered) has no controls")
    }
    return result
}

private func checkLayout(_ text: [UInt8], _ result: ReadResult, _ files: ListFiles) {
    guard case .success(let once) = formatted(text, file: "gatepost.conf") else {
        return require(result.configuration == nil, "a file that can be read can be formatted")
    }
    guard case .success(let twice) = formatted(once, file: "gatepost.conf") else { fail("\(once.shown) can be formatted") }
    require(once == twice, "formatting twice is formatting once: \(once.shown) \(twice.shown)")
    let again = checkedRead(once, .policyOnly, files)
    require(
        again.diagnostics.map(\.message).sorted() == result.diagnostics.map(\.message).sorted(), "the problems stay the same")
    if let before = result.configuration, let after = again.configuration {
        require(Meaning(before) == Meaning(after), "the meaning stays")
    }
}

/// A configuration without places.
private struct Meaning: Equatable {
    let policy: PrintedPolicy
    let listeners: [String]
    let rest: String

    init(_ configuration: Configuration) {
        policy = PrintedPolicy(configuration.policy)
        listeners = configuration.listeners.map { listener in
            "\(listener.name) " + listener.addresses.map { "\($0.host) \($0.port) \($0.implicitTLS)" }.joined(separator: " ")
        }
        rest = """
            \(configuration.node) \(configuration.limits) \(configuration.log) \(configuration.policy.routes) \
            \(configuration.upstreams.map { "\($0.name) \($0.servers)" }) \(configuration.tests.map(\.text)) \
            \(configuration.notCarriedOut.map(\.word))
            """
    }
}

private func checkPolicy(_ policy: Policy) {
    let printed = PrintedPolicy(policy)
    let result = Configuration.read(Array(printed.text.utf8), file: "printed.conf", purpose: .policyOnly, now: Site.now) { name in
        printed.lists.first { $0.name == name }.map { .success(Array($0.text.utf8)) } ?? .failure(FileProblem("no such file"))
    }
    if let again = result.configuration { require(PrintedPolicy(again.policy) == printed, "printed as it was read") }
    let compiled = CompiledPolicy(policy)
    for request in Probes.requests { checkDecision(request, policy, compiled) }
}
