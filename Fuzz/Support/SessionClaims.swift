import MailTypes
import Sessions

/// What must hold of a whole session, whatever client and servers do; held against what was said and passed on, not
/// against the session's own word.
final class SessionClaims {
    private let isStranger: Bool
    /// The server of the transaction.
    var server: ModelServer? {
        didSet { if server?.isConfusing == true { metConfusion = true } }
    }
    private var metConfusion = false

    private enum Awaited { case command([UInt8]), endOfData }
    /// What has no reply yet.
    private var awaited: Awaited?
    private var lastOffer: RecipientOffer?
    /// Those that the client was told 250 for.
    private var accepted: [ForwardPath] = []
    /// The trace line, and the client's mail data.
    private var received: [UInt8] = []
    /// What the server has seen of the client's mail data.
    private var passed: [UInt8] = []

    init(isStranger: Bool) { self.isStranger = isStranger }

    // MARK: What the client sends

    func commandBegins(_ line: [UInt8]) {
        require(awaited == nil, "the command before \(line.shown) was answered")
        (awaited, lastOffer) = (.command(line), nil)
    }

    func dataBegins(_ receivedLine: [UInt8]) {
        (received, passed) = (receivedLine, [])
        let lines = String(decoding: receivedLine, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        require(lines.last == "" && lines.dropLast().dropFirst().allSatisfy { $0.first == "\t" }, "one header field")
        require(lines.first?.hasPrefix("Received: ") == true, "\(receivedLine.shown) is a trace line")
    }

    func dataReceived(_ bytes: [UInt8]) { received += bytes }

    /// The whole message is there, or given up.
    func dataEnded() { awaited = .endOfData }

    // MARK: What goes to the server

    func offered(_ offer: RecipientOffer) {
        lastOffer = offer
        guard isStranger else {
            require(offer.upstream == "out", "a relay client's transaction goes whole to one route")
            return
        }
        let wire = offer.forwardPath.wireForm.dropFirst().dropLast()
        if wire.elementsEqual("postmaster".utf8) { return require(offer.upstream == "mta", "\(wire) at its server") }
        let at = required(wire.lastIndex(of: UInt8(ascii: "@")), "\(Array(wire).shown) has a domain")
        let domain = String(decoding: wire[(at + 1)...], as: UTF8.self)
        let upstream = required(Self.upstream(ofLocal: domain), "\(domain) is local")
        require(offer.upstream == upstream, "\(domain) goes to \(upstream), not \(offer.upstream)")
        let hidden = wire[..<at].first { "@%!|/,;:<>()[]\\".utf8.contains($0) }
        require(hidden == nil, "\(Array(wire).shown) hides no other destination")
    }

    /// No line end that servers read in different ways, not even for a moment.
    func dataPassed(_ bytes: [UInt8]) {
        passed += bytes
        for (index, byte) in passed.enumerated().dropFirst(max(passed.count - bytes.count, 0)) {
            let next = index + 1 < passed.count ? passed[index + 1] : 0
            require(byte != 0, "no NUL goes on")
            require(byte != 0x0d || next == 0x0a, "no CR without LF goes on")
            require(byte != 0x0a || index > 0 && passed[index - 1] == 0x0d, "no LF without CR goes on")
        }
    }

    private static func upstream(ofLocal domain: String) -> String? {
        switch domain {
        case "ours.test", "listed.test", "[203.0.113.1]": "mta"
        case "branch.test": "branch"
        default: domain.hasSuffix(".below.test") ? "mta" : nil
        }
    }

    // MARK: What the client is told

    func replied(_ reply: Reply) {
        require(reply.lines.allSatisfy { $0.allSatisfy { $0 == 9 || $0 >= 0x20 && $0 != 0x7f } }, "\(reply) is text")
        switch awaited.take() {
        case nil: require(reply.code == 421 || reply.code == 554, "\(reply) answers nothing")
        case .endOfData?: dataReplied(reply)
        case .command(let line)?: commandReplied(line, reply)
        }
    }

    private func commandReplied(_ line: [UInt8], _ reply: Reply) {
        switch String(decoding: line.prefix { $0 != 0x20 }, as: UTF8.self).uppercased() {
        case "RCPT": if reply.isPositive { recipientAccepted() }
        case "DATA" where reply.code == 354:
            require(!accepted.isEmpty, "354 with an accepted recipient")
            require(server?.isInData == true || server?.isConfusing == true, "354 after the server's")
            return
        // Refused for what stands behind it, it ends nothing.
        case "DATA" where reply.code != 501: accepted = []
        case "EHLO", "HELO", "RSET": if reply.isPositive { accepted = [] }
        default: break
        }
        require(reply.code != 354, "354 to DATA alone")
    }

    private func recipientAccepted() {
        let offer = required(lastOffer, "250 for a recipient that was offered")
        accepted.append(offer.forwardPath)
        guard let server, !server.isConfusing else { return }
        require(server.recipients.count == accepted.count, "the server has the recipients that were accepted")
        let wire = String(decoding: offer.forwardPath.wireForm, as: UTF8.self)
        require(server.recipients.last?.hasPrefix("RCPT TO:\(wire)") == true, "the server has taken \(wire)")
        require(server.upstream == offer.upstream, "\(wire) was offered to its own server")
    }

    private func dataReplied(_ reply: Reply) {
        defer { accepted = [] }
        guard reply.isPositive else { return }
        require(reply.code == 250, "\(reply) after mail data")
        let message = required(server?.messages.last, "the server has a message")
        require(message.isTaken, "the server has taken it")
        require(message.data == received, "the server has the client's bytes behind the trace line")
        require(message.recipients.count == accepted.count, "it is for the recipients that were accepted")
        for (command, path) in zip(message.recipients, accepted) {
            let wire = String(decoding: path.wireForm, as: UTF8.self)
            require(command.hasPrefix("RCPT TO:\(wire)"), "\(command) is \(wire)")
        }
    }

    // MARK: What the log is told

    func reported(_ event: SessionEvent) {
        switch event {
        case .decided(let record):
            require(!record.id.isEmpty, "a decision has an id")
            if record.decision.verdict != .permit {
                require(record.outcome == nil && !record.decision.reply.isPositive, "what is not permitted is not offered")
            }
        case .finished(let record):
            require(!record.decisions.isEmpty, "a transaction that got as far has recipients")
            require(!record.reply.isPositive || record.outcome?.isPositive == true, "success is the server's own")
        }
    }

    /// The session waits for the client and not the client for it. (A server that confuses us may leave us waiting:
    /// that is what deadlines are for.)
    func everythingIsAnswered() {
        require(awaited == nil || metConfusion || server?.isConfusing == true, "every command was answered")
    }
}
