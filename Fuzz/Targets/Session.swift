import FuzzSupport
import MailProtocols
import MailTypes
import RelayPolicy
import Sessions

/// Whole sessions: a client sends anything, the servers behind answer anything. What then holds is in `SessionClaims`.
///
/// Input, its parts separated by 0xFF: letters that set the session up, the script of the servers (a byte an answer,
/// see `ModelServer.Mood`), then the packets of the client. A packet of EOT alone closes the client's side, one of
/// CAN alone is the deadline.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSession(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let letters = Set(input.bytes(upTo: 0xff).map { UnicodeScalar($0) })
    let script = Script(input.bytes(upTo: 0xff))
    let pump = SessionPump(session: session(letters), isStranger: client(letters) == Site.stranger, answerName: { answer(to: $0, letters) }) {
        script.next()
    }
    while !input.isEmpty, !pump.isOver {
        switch input.bytes(upTo: 0xff) {
        case [0x04]: pump.close()
        case [0x18]: pump.end()
        case let packet: pump.receive(packet)
        }
    }
    pump.finish()
    return 0
}

/// The choices of servers and limits, in the order in which they are asked for.
private final class Script {
    private var bytes: FuzzedBytes
    init(_ bytes: [UInt8]) { self.bytes = FuzzedBytes(bytes) }
    func next() -> UInt8 { bytes.byte() }
}

private func client(_ letters: Set<UnicodeScalar>) -> IPAddress {
    letters.contains("o") ? Site.office : Site.stranger
}

/// What the DNS says of the client: nothing (`n`), that its name is forged (`N`), or that it has none; and that its HELO
/// leads elsewhere (`h`), or to it.
private func answer(to question: NameQuestion, _ letters: Set<UnicodeScalar>) -> NameAnswer {
    switch question {
    case _ where letters.contains("n"): .unknown(question)
    case .clientName: .clientName(letters.contains("N") ? .forged : .absent)
    case .helo: .helo(letters.contains("h") ? .unverified : .verified)
    }
}

private let strict = CompiledPolicy(Site.strict)
private let resolving = CompiledPolicy(Site.resolving)

private func session(_ letters: Set<UnicodeScalar>) -> GatewaySession {
    var limits = SessionLimits()
    if letters.contains("m") { limits.messageSize = 64 }
    if letters.contains("d") { limits.discardedBytes = 64 }
    if letters.contains("r") { limits.recipients = 2 }
    if letters.contains("b") { limits.badCommands = 2 }
    if letters.contains("f") { limits.refusedRecipients = 2 }
    if letters.contains("l") { limits.receivedLines = 1 }
    var announced = ServerCapabilities.all
    if letters.contains("p") { announced.pipelining = false }
    if letters.contains("u") { announced.smtpUTF8 = false }
    if letters.contains("s") { announced.size = 1000 }
    if letters.contains("-") { announced = .least }
    let policy = letters.contains("R") ? resolving : strict
    let terms = GatewayTerms(policy: policy, hostname: "gate.test", limits: limits)
    var request = RelayRequest(client: client(letters), forwardPath: WrittenPath(.postmaster), now: Site.now)
    request.listener = letters.contains("S") ? "submission" : "public"
    request.localAddress = IPAddress("203.0.113.9")
    return GatewaySession(terms: terms, request: request, announced: announced, offersTLS: letters.contains("T"))
}
