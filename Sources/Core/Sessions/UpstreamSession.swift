import MailProtocols
import MailTypes
import RelayPolicy

/// The gateway as client of a protected server, without the I/O (RFC 5321 §3).
///
///     greeting ─▶ ehlo [─▶ helo] ─▶ idle ──offer─▶ transaction ──DATA─▶ mailData ─▶ final ─▶ idle …
///                  │ ▲  ├─▶ xclient ─▶ ehlo ─▶ idle …      where the server is told the client by XCLIENT
///                  │ ▲  └─▶ auth ─▶ idle …                   where we log in
///         STARTTLS ▼ │ EHLO again
///               handshake
///
/// One connection serves many transactions, also of different clients, one at a time. Before the next one RSET has
/// to be answered 250, or the connection ends. Commands go out in one write where the server announces PIPELINING,
/// else one by one. A server that breaks the protocol, or says anything unasked, ends the connection.
public struct UpstreamSession: Sendable {
    public enum Action: Equatable, Sendable {
        case send([UInt8])
        /// EHLO is answered: transactions may begin.
        case ready
        case recipientAnswered(RecipientAnswer)
        /// 354, or the refusal of DATA.
        case dataAnswered(Reply)
        /// Mail data is refused while it is still being sent; the connection must be closed.
        case interrupted(Reply)
        case outcome(Reply)
        /// The server does not take the client that it was told of, or does not let itself be told: the answer to
        /// whatever would be offered. The connection is of no more use, which says nothing of the server's health.
        case clientRefused(Reply)
        /// The server does not take our login, for the reason given to the log. The connection is of no more use, and the
        /// next attempt would be another failed login to it.
        case loginRefused(String)
        /// Begin TLS and answer with `tlsStarted`. It is the last of the actions that it stands among.
        case startTLS
        /// The connection is of no more use, for the reason given to the log.
        case broken(String)
    }

    /// What is asked of a server to whom the connection is plain at its beginning (RFC 3207).
    public enum StartTLS: String, Hashable, Sendable {
        case no
        /// Plain where it is not offered, and nowhere else.
        case ifOffered = "if-offered"
        case required
    }

    enum Expected: Equatable, Sendable {
        case greeting, ehlo, helo, startTLS, handshake, xclient, auth(LoginStep), rset, mail, rcpt
        /// The reply to a RCPT behind a MAIL that was refused.
        case pointlessRcpt
        case data, final, quit
    }

    let hostname: String
    /// Nil where the server is not told of clients.
    let told: Told?
    /// Nil where we log in nowhere.
    let login: ServerLogin?
    /// Nobody on the way hears what is said: there is TLS, or no way.
    private(set) var isConfidential: Bool
    /// XCLIENT was accepted.
    var hasToldByCommand = false
    /// What is still asked for: `no` once there is TLS.
    private var startTLS: StartTLS
    private var reader = ReplyReader()
    /// Commands without a reply yet, oldest first.
    private var expected: [Expected] = [.greeting]
    /// Commands that wait for the reply before them, where the server does not pipeline.
    private var unsent: [(expected: Expected, bytes: [UInt8])] = []
    public internal(set) var capabilities = ServerCapabilities.least
    /// MAIL was accepted and the transaction is not over.
    private var isInTransaction = false
    /// A transaction was begun since the last RSET, so the server may still hold some of it.
    private var needsReset = false
    private var isSendingMailData = false
    /// What MAIL was refused with, while the RCPT behind it is unanswered.
    private var mailRefusal: Reply?

    /// `isConfidential`: there is TLS already, or the server is on this very host. Nowhere else is `login` said before TLS.
    public init(
        hostname: String, startTLS: StartTLS = .no, login: ServerLogin? = nil, isConfidential: Bool = false,
        telling: ClientTelling? = nil, client: ClientIntroduction? = nil
    ) {
        (self.hostname, self.startTLS) = (hostname, startTLS)
        (self.login, self.isConfidential) = (login, isConfidential)
        told = telling.map { Told(how: $0, client: client) }
    }

    /// Nothing is awaited, nothing half said: another transaction may have it.
    public var isReusable: Bool { expected.isEmpty && unsent.isEmpty && !isSendingMailData }
    /// A reply is owed.
    public var awaitsReply: Bool { !expected.isEmpty }
    /// The server has answered nothing yet to the first offer since the connection was taken up again, so whatever
    /// was offered may be offered elsewhere.
    public private(set) var isUntouchedSinceReuse = true
    /// Which deadline counts: after the final dot a server may take longer (RFC 5321 §4.5.3.2.6).
    public var awaitsOutcome: Bool { expected.last == .final }

    public mutating func offer(_ offer: RecipientOffer) -> [Action] {
        if let refusal = refusalForLackOf(offer) { return [.recipientAnswered(.refused(refusal))] }
        var written: [UInt8] = []
        written.reserveCapacity(200)
        if !isInTransaction {
            isUntouchedSinceReuse = true
            if needsReset { say(.rset, in: &written) { $0 += "RSET" } }
            let parameters = offer.mailParameters.wireForm(for: capabilities)
            say(.mail, in: &written) { line in
                line += "MAIL FROM:"
                offer.reversePath.appendWireForm(to: &line)
                line += parameters
            }
        }
        let parameters = offer.parameters.wireForm(for: capabilities)
        say(.rcpt, in: &written) { line in
            line += "RCPT TO:<"
            if let written = offer.asWritten {
                written.appendSpelling(to: &line)
            } else {
                offer.forwardPath.appendPath(to: &line)
            }
            line += ">"
            line += parameters
        }
        needsReset = true
        return [.send(written)]
    }

    /// What this server cannot carry, though the routed servers together announced it when the client asked. In its
    /// next session the client sees what is announced then, and converts or returns the message itself, so this is
    /// not for ever.
    private func refusalForLackOf(_ offer: RecipientOffer) -> Reply? {
        if offer.mailParameters.smtpUTF8 && !capabilities.smtpUTF8 {
            return Reply(451, "4.6.7", "The mail server does not take SMTPUTF8 any more")
        }
        if offer.mailParameters.body == .eightBitMIME && !capabilities.eightBitMIME {
            return Reply(451, "4.6.3", "The mail server does not take 8BITMIME any more")
        }
        return nil
    }

    public mutating func askForData() -> [Action] {
        precondition(isInTransaction && isReusable, "DATA without a transaction")
        return send(.data, "DATA")
    }

    /// The terminator of the mail data has been written.
    public mutating func mailDataEnded() -> [Action] {
        precondition(isSendingMailData, "mail data ended without DATA")
        isSendingMailData = false
        expected.append(.final)
        // The reply to a message cannot have begun before the message had ended.
        return reader.isWithinReply ? [.broken("began a reply before the mail data had ended")] : []
    }

    /// The client has given the transaction up, between two commands.
    public mutating func transactionAbandoned() { isInTransaction = false }

    public mutating func quit() -> [Action] { send(.quit, "QUIT") }

    mutating func send(_ awaited: Expected, _ command: StaticString, _ argument: String = "") -> [Action] {
        var written: [UInt8] = []
        say(awaited, in: &written) { line in
            line += command
            line.append(text: argument)
        }
        return [.send(written)]
    }

    /// Puts a command behind what is `written` to go out now; where the server does not pipeline, only the first of
    /// them goes, and the others wait for the reply before them.
    private mutating func say(
        _ awaited: Expected, in written: inout [UInt8], _ append: (inout [UInt8]) -> Void
    ) {
        if !written.isEmpty, !capabilities.pipelining {
            var line: [UInt8] = []
            append(&line)
            line += "\r\n"
            unsent.append((awaited, line))
        } else {
            expected.append(awaited)
            append(&written)
            written += "\r\n"
        }
    }

    /// Takes what the server has said. Of replies that come together only so many are answers as were owed before:
    /// one more cannot be the reply to a command that had not been sent when it was written.
    public mutating func received(_ bytes: UnsafeRawBufferPointer) -> [Action] {
        var owed = expected.count + (isSendingMailData ? 1 : 0)
        var replies: [Reply] = []
        var problem: ReplyReader.Problem?
        do throws(ReplyReader.Problem) { try reader.received(bytes, into: &replies) } catch { problem = error }
        var actions: [Action] = []
        for reply in replies {
            guard owed > 0 else { return withoutTLS(actions) + [.broken("said \(reply) unasked")] }
            owed -= 1
            // Mostly the only ones, which then need not be copied.
            let more = received(reply)
            actions = actions.isEmpty ? more : actions + more
            if actions.last?.isBroken ?? false { return actions }
        }
        if let problem { return withoutTLS(actions) + [.broken("sent \(problem.message)")] }
        return owed == 0 && reader.isWithinReply ? withoutTLS(actions) + [.broken("began a reply unasked")] : actions
    }

    /// What stands behind the reply to STARTTLS was said in the clear: TLS does not even begin (CVE-2021-38371).
    private func withoutTLS(_ actions: [Action]) -> [Action] { actions.filter { $0 != .startTLS } }

    mutating func received(_ reply: Reply) -> [Action] {
        if isSendingMailData {
            return reply.isPositive ? [.broken("\(reply) before the mail data had ended")] : [.interrupted(temporary(reply))]
        }
        guard let answered = expected.first else { return [.broken("said \(reply) unasked")] }
        expected.removeFirst()
        var actions = answer(answered, reply)
        if reply.code == 421, answered != .quit { actions.append(.broken("is closing: \(reply)")) }
        if !unsent.isEmpty, expected.isEmpty, !actions.contains(where: \.isBroken) {
            let next = unsent.removeFirst()
            expected.append(next.expected)
            actions.append(.send(next.bytes))
        }
        return actions
    }

    private mutating func answer(_ answered: Expected, _ reply: Reply) -> [Action] {
        switch answered {
        case .greeting:
            return reply.code == 220 ? sayHello() : greetingRefused(reply)
        case .ehlo:
            return greeted(reply)
        case .xclient: return xclientAnswered(reply)
        case .auth(let step): return loginAnswered(step, reply)
        case .helo:
            return reply.code == 250 ? [.ready] : [.broken("answers HELO with \(reply)")]
        case .rset:
            needsReset = false
            return reply.code == 250 ? [] : [.broken("answers RSET with \(reply)")]
        case .mail: return mailAnswered(reply)
        case .rcpt: return recipientAnswered(reply)
        case .pointlessRcpt: return pointlessRecipientAnswered(reply)
        case .data: return dataAnswered(reply)
        case .final: return finalAnswered(reply)
        case .quit: return []
        case .startTLS:
            guard reply.code == 220 else { return [.broken("answers STARTTLS with \(reply)")] }
            expected.append(.handshake)
            return [.startTLS]
        case .handshake: return [.broken("said \(reply) in place of a handshake")]
        }
    }

    private mutating func greeted(_ reply: Reply) -> [Action] {
        guard reply.code == 250 else {
            if let end = helloRefused(reply) { return [end] }
            if reply.isPermanent, startTLS != .required, login == nil { return send(.helo, "HELO ", hostname) }
            return [.broken("answers EHLO with \(reply)")]
        }
        let offered = ServerCapabilities(ehloReply: reply)
        if startTLS != .no, offered.startTLS, !hasToldByCommand { return send(.startTLS, "STARTTLS") }
        if startTLS == .required { return [.broken("does not offer STARTTLS")] }
        return helloAnswered(offered)
    }

    /// The handshake is over. What the server has said of itself in the clear is forgotten (RFC 3207 §4.2).
    public mutating func tlsStarted() -> [Action] {
        precondition(expected == [.handshake], "TLS started unasked")
        expected.removeFirst()
        (startTLS, isConfidential) = (.no, true)
        return sayHello()
    }

    /// A MAIL that is refused becomes the answer to the recipient behind it.
    private mutating func mailAnswered(_ reply: Reply) -> [Action] {
        isUntouchedSinceReuse = false
        needsReset = true
        switch reply.code {
        case 250:
            isInTransaction = true
            return []
        case 400...:
            if unsent.first?.expected == .rcpt {
                unsent.removeFirst()
                return [.recipientAnswered(.refused(temporary(reply)))]
            }
            mailRefusal = temporary(reply)
            expected = expected.map { $0 == .rcpt ? .pointlessRcpt : $0 }
            return []
        default: return [.broken("answers MAIL with \(reply)")]
        }
    }

    private mutating func pointlessRecipientAnswered(_ reply: Reply) -> [Action] {
        guard let refusal = mailRefusal else { preconditionFailure("MAIL was not refused") }
        mailRefusal = nil
        return reply.isPositive
            ? [.recipientAnswered(.refused(refusal)), .broken("accepts RCPT after it refused MAIL")]
            : [.recipientAnswered(.refused(refusal))]
    }

    private mutating func recipientAnswered(_ reply: Reply) -> [Action] {
        switch reply.code {
        case 250...252: [.recipientAnswered(.accepted(reply))]
        case 400...: [.recipientAnswered(.refused(temporary(reply)))]
        default: [.broken("answers RCPT with \(reply)")]
        }
    }

    private mutating func dataAnswered(_ reply: Reply) -> [Action] {
        switch reply.code {
        case 354:
            isSendingMailData = true
            return [.dataAnswered(reply)]
        case 400...:
            isInTransaction = false
            return [.dataAnswered(temporary(reply))]
        default: return [.broken("answers DATA with \(reply)")]
        }
    }

    private mutating func finalAnswered(_ reply: Reply) -> [Action] {
        isInTransaction = false
        switch reply.code {
        case 250...252: return [.outcome(Reply(code: 250, text: reply.text))]
        case 400...: return [.outcome(temporary(reply))]
        default: return [.broken("answers the mail data with \(reply)")]
        }
    }

    /// 421 says that the server closes its connection to us; ours to the client stays, so to it this is a 451. So is 530
    /// where we log in: the login that is missing is ours.
    func temporary(_ reply: Reply) -> Reply {
        if reply.code == 421 { return Reply(code: 451, text: reply.text) }
        return reply.code == 530 && login != nil ? Reply(451, "4.7.0", "The mail server wants another login of us") : reply
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
