import FuzzSupport
import MailProtocols
import MailTypes
import Sessions

/// The gateway as client of a server that says anything: no trap while the shell keeps to what the session says of
/// itself, and no answer that the server did not give.
///
/// Input: events, each a letter: `O` a recipient is offered, `D` DATA, `E` the mail data have ended, `A` the
/// transaction is abandoned, `Q` QUIT; anything else begins a server's bytes, up to and with LF. A first byte of 1, 2 or
/// 3 says how the server is told of a client, and 4 that we log in to it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzUpstream(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let telling = bytes.first.flatMap { (1...3).contains($0) ? ClientTelling.allCases[Int($0) - 1] : nil }
    let logsIn = bytes.first == 4
    var shell = UpstreamShell(telling: telling, logsIn: logsIn)
    var input = FuzzedBytes(telling == nil && !logsIn ? bytes[...] : bytes.dropFirst())
    while !input.isEmpty, !shell.isBroken {
        switch input.byte() {
        case UInt8(ascii: "O"): shell.offer(number: input.byte())
        case UInt8(ascii: "D"): shell.askForData()
        case UInt8(ascii: "E"): shell.endMailData()
        case UInt8(ascii: "A"): shell.abandon()
        case UInt8(ascii: "Q"): shell.quit()
        case let first: shell.receive([first] + input.bytes(upTo: 0x0a) + [0x0a])
        }
    }
    return 0
}

/// Does what a session may be asked to do when it may be asked, and holds its answers against what was really said.
private struct UpstreamShell {
    private var session: UpstreamSession
    private let isTold: Bool
    private let tellsByCommand: Bool
    private let logsIn: Bool
    private var hasTLS = false
    private var reader = ReplyReader()
    private(set) var isBroken = false
    private var isReady = false
    private var isOffering = false
    private var isAskingForData = false
    private var isSendingData = false
    private var isAwaitingOutcome = false
    private var hasAcceptedRecipient = false
    /// Commands that were sent and have no reply yet, and the reply to the last one that had one.
    private var unanswered: [String] = ["(greeting)"]
    private var lastAnswered: (command: String, reply: Reply)?

    init(telling: ClientTelling? = nil, logsIn: Bool = false) {
        var client: ClientIntroduction?
        if telling != nil {
            client = ClientIntroduction(helo: Array("client.test".utf8))
            client?.client = TransportAddress(required(IPAddress("198.51.100.7"), "an address"), port: 40312)
        }
        let login = logsIn ? try? ServerLogin(name: "gate", passwordFile: Array("secret".utf8)) : nil
        session = UpstreamSession(
            hostname: "gate.test", startTLS: .ifOffered, login: login, telling: telling, client: client)
        (isTold, tellsByCommand, self.logsIn) = (telling != nil, telling == .xclient, logsIn)
    }

    /// By a header at the beginning, or by a command that was answered with 220.
    private var hasTold: Bool { tellsByCommand ? xclientReply?.code == 220 : session.beginsWithHeader }
    private var xclientReply: Reply?

    mutating func offer(number: UInt8) {
        guard isReady, session.isReusable, !isOffering, !isAskingForData, !isSendingData, !isAwaitingOutcome else { return }
        isOffering = true
        perform(session.offer(RecipientOffer(number: number)))
    }

    mutating func askForData() {
        guard hasAcceptedRecipient, !isOffering, !isAskingForData, !isSendingData, !isAwaitingOutcome else { return }
        isAskingForData = true
        perform(session.askForData())
    }

    mutating func endMailData() {
        guard isSendingData else { return }
        (isSendingData, isAwaitingOutcome) = (false, true)
        unanswered.append("(mail data)")
        perform(session.mailDataEnded())
        require(isBroken || session.awaitsOutcome, "the end of the mail data is awaited")
    }

    mutating func abandon() {
        guard isReady, session.isReusable, !isOffering, !isAskingForData, !isSendingData, !isAwaitingOutcome else { return }
        hasAcceptedRecipient = false
        session.transactionAbandoned()
    }

    mutating func quit() {
        guard isReady, session.isReusable else { return }
        perform(session.quit())
        isBroken = true
    }

    mutating func receive(_ bytes: [UInt8]) {
        // One line at a time, so at most one reply.
        let replies = reader.replies(in: bytes)
        let wasAwaited = !unanswered.isEmpty && !isSendingData
        if let reply = replies?.first { lastAnswered = wasAwaited ? (unanswered.removeFirst(), reply) : nil }
        if let lastAnswered, lastAnswered.command.hasPrefix("XCLIENT ") { xclientReply = lastAnswered.reply }
        let actions = bytes.withUnsafeBytes { session.received($0) }
        let breaksOff = actions.contains(where: \.isBroken)
        require(replies != nil || breaksOff, "\(bytes.shown) is no reply and breaks it off")
        require(
            replies?.isEmpty ?? true && !reader.isWithinReply || wasAwaited || isSendingData || breaksOff,
            "\(bytes.shown) unasked breaks it off")
        perform(actions)
        require(isBroken || session.awaitsReply == !unanswered.isEmpty, "replies are owed or not")
    }

    private mutating func perform(_ actions: [UpstreamSession.Action]) {
        for action in actions where !isBroken {
            switch action {
            case .send(let bytes): send(bytes)
            case .ready:
                require(!isTold || hasTold, "what must be told of a client is told before it is served")
                require(!logsIn || lastAnswered?.reply.code == 235, "a server that is logged in to has said so")
                isReady = true
            case .recipientAnswered(let answer): recipientAnswered(answer)
            case .dataAnswered(let reply): dataAnswered(reply)
            case .interrupted(let reply):
                require(isSendingData && !reply.isPositive, "mail data are interrupted by a refusal")
                isBroken = true
            case .outcome(let reply): outcome(reply)
            case .clientRefused(let reply):
                require(isTold && !isReady && !reply.isPositive, "a client is refused before anything is offered")
                isBroken = true
            case .startTLS: startTLS()
            case .loginRefused:
                require(logsIn && !isReady && hasTLS, "a login is refused before anything is offered")
                isBroken = true
            case .broken: isBroken = true
            }
        }
    }

    private mutating func send(_ bytes: [UInt8]) {
        require(!isSendingData && !isAwaitingOutcome, "no command within mail data")
        require(bytes.suffix(2) == [0x0d, 0x0a], "\(bytes.shown) ends its line")
        let lines = bytes.dropLast(2).split(separator: 0x0a, omittingEmptySubsequences: false)
        require(lines.count == 1 || session.capabilities.pipelining, "one command at a time without PIPELINING")
        for (index, line) in lines.enumerated() {
            let text = index == lines.count - 1 ? line : line.dropLast()
            require(text.allSatisfy { (0x20...0x7e).contains($0) }, "\(Array(text).shown) is a line")
            let command = String(decoding: text, as: UTF8.self)
            let isKnown = ["EHLO ", "HELO ", "STARTTLS"].contains { command.hasPrefix($0) }
            require(!logsIn || hasTLS || isKnown, "nothing of a login, nor mail, is said before TLS")
            unanswered.append(command)
        }
    }

    private mutating func recipientAnswered(_ answer: RecipientAnswer) {
        require(isOffering, "an answer to an offer")
        isOffering = false
        guard case .accepted(let reply) = answer else { return }
        require(lastAnswered?.command.hasPrefix("RCPT TO:") == true, "RCPT was answered, not \(lastAnswered as Any)")
        require((250...252).contains(reply.code) && lastAnswered?.reply == reply, "\(reply) was said to RCPT")
        hasAcceptedRecipient = true
    }

    private mutating func dataAnswered(_ reply: Reply) {
        require(isAskingForData && lastAnswered?.command == "DATA", "DATA was answered")
        isAskingForData = false
        require(reply.code == 354 || !reply.isPositive, "\(reply) answers DATA")
        isSendingData = reply.code == 354
        if !isSendingData { hasAcceptedRecipient = false }
    }

    private mutating func startTLS() {
        require(lastAnswered?.command == "STARTTLS" && lastAnswered?.reply.code == 220, "STARTTLS was answered")
        require(!reader.isWithinReply && unanswered.isEmpty, "nothing is said behind the answer to STARTTLS")
        hasTLS = true
        perform(session.tlsStarted())
    }

    private mutating func outcome(_ reply: Reply) {
        require(isAwaitingOutcome && lastAnswered?.command == "(mail data)", "the mail data were answered")
        (isAwaitingOutcome, hasAcceptedRecipient) = (false, false)
        require(!reply.isPositive || (250...252).contains(lastAnswered?.reply.code ?? 0), "\(reply) was said")
    }
}

extension UpstreamSession.Action {
    fileprivate var isBroken: Bool {
        switch self {
        case .broken, .clientRefused, .loginRefused: true
        default: false
        }
    }
}

extension RecipientOffer {
    /// A recipient of its own for each number, with parameters.
    fileprivate init(number: UInt8) {
        var parameters = MailParameters()
        parameters.size = number & 1 == 0 ? nil : UInt64(number)
        parameters.body = number & 2 == 0 ? nil : .eightBitMIME
        parameters.smtpUTF8 = number & 4 != 0
        parameters.ret = number & 8 == 0 ? nil : .full
        var ofRecipient = RecipientParameters()
        ofRecipient.notify = number & 16 == 0 ? nil : .failure
        let domain = required(Domain("ours.test"), "a domain")
        self.init(
            upstream: "mta", reversePath: .null, mailParameters: parameters,
            forwardPath: .mailbox(Mailbox(localPart: Array("user\(number)".utf8), domain: domain)), parameters: ofRecipient)
    }
}
