import MailProtocols
import MailTypes
import RelayPolicy

/// The gateway's side of one SMTP session, without the I/O (RFC 5321 §4.1.4).
///
///     greeted ──EHLO─▶ ready ──MAIL─▶ inTransaction ──DATA─▶ askingForData ──354─▶ receivingData
///                        ▲              │ ▲  └─RCPT─▶ charging ─▶ offering ─┐          │
///                        ├────RSET,EHLO─┘ └─────────────────────────────────┘          ▼
///                        └────────────────────the server's last reply───────── awaitingOutcome
///
///     ready ──STARTTLS─▶ startingTLS ──handshake─▶ greeted
///
/// The shell pulls: it hands over the next line only while `wantsLine`, so a client that pipelines can never
/// bring a command into a state that waits for the policy or the protected server.
public struct GatewaySession: Sendable {
    public enum Action: Sendable {
        case reply(Reply)
        case replyAndClose(Reply)
        /// The transaction at the protected server, if there is one, is over or given up; then reply.
        case endTransaction(Reply)
        /// Ask the DNS and answer with `namesResolved`, in the order of the questions.
        case resolveNames([NameQuestion])
        /// Charge the limits of these rules (index in `Policy.relay`) and answer with `charged`.
        case charge(LimitCharge)
        /// Offer a recipient to the protected server and answer with `recipientAnswered`.
        case offer(RecipientOffer)
        /// Ask the protected server for mail data and answer with `dataAnswered`.
        case askForData
        /// Reply in the clear, then begin TLS and answer with `tlsStarted`.
        case startTLS(Reply)
    }

    @usableFromInline
    enum Phase: Sendable {
        case greeted, ready, inTransaction, resolving, charging, offering, askingForData, receivingData, awaitingOutcome
        case startingTLS, closed
    }

    public let terms: GatewayTerms
    // What the shell asks at every step is inlinable: a call into another module copies the session first.
    @usableFromInline
    var phase = Phase.greeted
    /// The facts of the session; sender, recipient and time are set for each decision.
    var request: RelayRequest
    let announced: ServerCapabilities
    /// STARTTLS is offered until TLS is in use.
    let offersTLS: Bool
    var saidEHLO = false
    /// What the DNS has been asked: of the client's name, and of what it said in the last HELO.
    var askedNames: NameFacts = []
    var transaction = Transaction()
    var badCommands = 0
    var idleCommands = 0
    var refusedRecipients = 0
    /// What the log is to be told, oldest first. The shell takes it after each event.
    @usableFromInline
    var events: [SessionEvent] = []

    /// `request` holds the client's address, listener and local address; `announced` is what every routed server
    /// can do, as far as it is known now.
    public init(
        terms: GatewayTerms, request: RelayRequest, announced: ServerCapabilities, offersTLS: Bool = false
    ) {
        (self.terms, self.request, self.announced, self.offersTLS) = (terms, request, announced, offersTLS)
    }

    @inlinable public var wantsLine: Bool {
        switch phase {
        case .greeted, .ready, .inTransaction: true
        default: false
        }
    }
    @inlinable public var wantsData: Bool { phase == .receivingData }
    @inlinable public var isClosed: Bool { phase == .closed }
    /// Between transactions nothing is lost when the session is ended with 421.
    @inlinable public var isBetweenTransactions: Bool { phase == .greeted || phase == .ready }
    /// Whether the client may send commands ahead of replies (RFC 2920).
    public var mayPipeline: Bool { saidEHLO && announced.pipelining }
    public var greeting: Reply { terms.greeting }

    @inlinable public var hasEvents: Bool { !events.isEmpty }

    public mutating func takeEvents() -> [SessionEvent] {
        defer { events = [] }
        return events
    }

    mutating func report(_ event: SessionEvent) { events.append(event) }

    /// A line without its CRLF. `isLast`: nothing that the client sent is waiting behind it.
    public mutating func received(_ line: [UInt8], isLast: Bool, at moment: Moment) -> Action {
        precondition(wantsLine, "a line arrived while \(phase)")
        let command: Command
        do throws(CommandProblem) { command = try Command(parsing: line) } catch {
            return refused(error, at: moment)
        }
        if !isLast, command != .quit, command.endsGroup || !mayPipeline {
            return close(Reply(554, "5.5.0", "Commands sent ahead of a reply that had to be awaited"))
        }
        if command.isIdle {
            idleCommands += 1
            if idleCommands > terms.limits.idleCommands {
                return close(Reply(421, "4.7.0", "Too many commands without a message"))
            }
        }
        let isASCII = line.allSatisfy { $0 < 0x80 }
        switch command {
        case .ehlo(let name): return greeted(name, extended: true)
        case .helo(let name): return greeted(name, extended: false)
        case .mail(let path, let parameters): return mail(path, parameters, isASCII: isASCII, at: moment)
        case .rcpt(let path, let parameters, let given):
            return recipient(path, parameters, given: given, isASCII: isASCII, at: moment)
        case .data: return data(at: moment)
        case .rset: return reset()
        case .noop: return .reply(.ok)
        case .help: return .reply(Reply(214, "2.0.0", "See RFC 5321"))
        case .vrfy: return .reply(Reply(252, "2.5.0", "Send some mail, and the server will do its best"))
        case .expn: return .reply(Reply(502, "5.5.1", "EXPN is not offered"))
        case .quit: return quit()
        case .startTLS: return startTLS()
        case .notOffered(let verb): return notOffered(verb)
        }
    }

    /// A line of which nothing may be believed.
    public mutating func receivedBrokenLine(_ problem: CommandFraming.Problem) -> Action {
        switch problem {
        case .tooLong: badCommand(Reply(500, "5.5.2", "Line too long"))
        case .bareCarriageReturn: badCommand(Reply(500, "5.5.2", "A CR that ends no line"))
        case .bareLineFeed: close(Reply(500, "5.5.2", "Lines end with CR LF"))
        case .nul: close(Reply(500, "5.5.2", "NUL in a command"))
        }
    }

    /// The shell ends the session: a deadline, or the daemon stops.
    public mutating func end(_ reply: Reply) -> Action { close(reply) }

    mutating func close(_ reply: Reply) -> Action {
        phase = .closed
        return .replyAndClose(reply)
    }

    mutating func badCommand(_ reply: Reply) -> Action {
        badCommands += 1
        return badCommands > terms.limits.badCommands
            ? close(Reply(421, "4.7.0", "Too many commands that are none")) : .reply(reply)
    }

    private mutating func refused(_ problem: CommandProblem, at moment: Moment) -> Action {
        if case .forwardPath(let given) = problem.kind, phase == .inTransaction {
            return unreadable(given, problem.reply, at: moment)
        }
        return badCommand(problem.reply)
    }

    private mutating func quit() -> Action {
        close(.bye)
    }

    /// BDAT's octets would be read as commands after a refusal, so the session ends (RFC 3030 §2 makes a server
    /// that offers it consume them; this one does not offer it).
    private mutating func notOffered(_ verb: Command.Verb) -> Action {
        if verb == .auth, let refusal = refusalForLackOfTLS { return badCommand(refusal) }
        let reply = Reply(502, "5.5.1", "\(verb.rawValue.uppercased()) is not offered")
        return verb == .bdat ? close(reply) : badCommand(reply)
    }

    private mutating func greeted(_ name: [UInt8], extended: Bool) -> Action {
        request.helo = name
        forgetHELO()
        saidEHLO = extended
        let hadTransaction = phase == .inTransaction
        phase = .ready
        transaction = Transaction()
        let reply = extended ? ehloReply : Reply(code: 250, text: Array(terms.hostname.utf8))
        return hadTransaction ? .endTransaction(reply) : .reply(reply)
    }

    private mutating func reset() -> Action {
        guard phase == .inTransaction else { return .reply(.ok) }
        phase = .ready
        transaction = Transaction()
        return .endTransaction(.ok)
    }

    private var ehloReply: Reply {
        var text: [UInt8] = []
        text.reserveCapacity(150)
        text.append(text: terms.hostname)
        if announced.pipelining { text += "\nPIPELINING" }
        if let size = announcedSize {
            text += "\nSIZE"
            if size > 0 {
                text += " "
                text.append(number: size)
            }
        }
        if announced.eightBitMIME { text += "\n8BITMIME" }
        if announced.smtpUTF8 { text += "\nSMTPUTF8" }
        if announced.dsn { text += "\nDSN" }
        if announced.enhancedStatusCodes { text += "\nENHANCEDSTATUSCODES" }
        if offersTLS, request.tlsVersion == nil { text += "\nSTARTTLS" }
        return Reply(code: 250, text: text)
    }

    /// Nil: not announced; 0: without a number (RFC 1870 §4).
    var announcedSize: UInt64? {
        switch (terms.limits.messageSize, announced.size) {
        case (let ours?, let theirs?): theirs == 0 ? ours : min(ours, theirs)
        case (let ours?, nil): ours
        case (nil, let theirs): theirs
        }
    }
}

extension GatewaySession {
    /// The facts as they stand, for rules that judge the connection.
    public var facts: RelayRequest { request }
    public var hasAcceptedRecipients: Bool { !transaction.accepted.isEmpty }

    /// The permit whose limits are being charged.
    public var pendingPermit: Decision? { transaction.pending?.judged.decision }

    public enum AwaitedAnswer: Sendable { case data, outcome }
    /// What the protected server owes, apart from the answer to a recipient.
    public var awaitedAnswer: AwaitedAnswer? {
        switch phase {
        case .askingForData: .data
        case .awaitingOutcome: .outcome
        default: nil
        }
    }
}
