import MailProtocols
import MailTypes
import RelayPolicy

extension GatewaySession {
    /// How far the mail data of a transaction has come.
    struct MailData: Sendable {
        var scanner = MailDataScanner()
        /// Bytes so far, the terminator included.
        var bytes: UInt64 = 0
        /// The message is refused; what still comes is dropped, and this is said at its end.
        var refusal: Reply?
        /// The server's own reply that came before the end.
        var outcome: Reply?
    }

    /// What the shell does with bytes of mail data.
    public enum DataStep: Equatable, Sendable {
        /// `first`, held back from before, and then the first so many go to the protected server.
        case forward(first: [UInt8], Int)
        /// The same, and they end the mail data there; await its reply.
        case forwardLast(first: [UInt8], Int)
        /// None go on. The transaction at the server, if it is still there, is cut off: its connection is closed.
        case discard
        /// As `discard`; so many bytes were mail data, the rest are commands. Reply.
        case discardLast(Int, Reply)
        /// As `discard`; reply, and end the session, since nobody knows where this message ends.
        case discardAndClose(Reply)
    }

    mutating func data(at moment: Moment) -> Action {
        guard phase == .inTransaction else { return badCommand(Reply(503, "5.5.1", "MAIL first")) }
        guard !transaction.accepted.isEmpty else {
            return .reply(Reply(503, "5.5.1", "No valid recipients"))
        }
        transaction.id = moment.newIdentifier()
        guard !transaction.isLost else {
            return finish(Reply(451, "4.4.2", "The mail server went away"), outcome: nil)
        }
        phase = .askingForData
        return .askForData
    }

    /// The answer to `askForData`: the server's reply, nil when it went away.
    public mutating func dataAnswered(_ reply: Reply?) -> Action {
        guard phase == .askingForData else { preconditionFailure("DATA was answered while \(phase)") }
        guard let reply, reply.code == 354 else {
            return finish(reply ?? Reply(451, "4.4.2", "The mail server went away"), outcome: reply)
        }
        phase = .receivingData
        return .reply(.startMailInput)
    }

    /// The trace line that goes before the client's mail data. It changes nothing, but otherwise the call from another
    /// module would copy the session first.
    public mutating func receivedLine(at moment: Moment) -> [UInt8] {
        ReceivedLine(
            request: request, extended: saidEHLO, smtpUTF8: transaction.parameters.smtpUTF8,
            hostname: terms.hostname, id: transaction.id, recipient: transaction.soleRecipient, date: moment.date
        ).wireForm
    }

    public mutating func receivedData(_ bytes: UnsafeRawBufferPointer) -> DataStep {
        precondition(phase == .receivingData, "mail data arrived while \(phase)")
        let held = transaction.mailData.scanner.undecided
        switch transaction.mailData.scanner.scan(bytes) {
        case .more:
            count(bytes.count)
            if transaction.mailData.refusal == nil { return forward(bytes.count, behind: held) }
            return transaction.mailData.bytes > discardBound
                ? closeMidway(Reply(421, "4.3.4", "Message far larger than was said")) : .discard
        case .end(let length):
            count(length)
            if let refusal = transaction.mailData.refusal {
                let outcome = transaction.mailData.outcome
                _ = finish(refusal, outcome: outcome)
                return .discardLast(length, refusal)
            }
            phase = .awaitingOutcome
            return .forwardLast(first: held, length)
        case .broken(_, let problem):
            return closeMidway(Self.reply(to: problem))
        }
    }

    /// What is undecided at the end of these bytes is held back. Where they are shorter than that, all that was held
    /// before still is.
    private func forward(_ count: Int, behind held: [UInt8]) -> DataStep {
        let undecided = transaction.mailData.scanner.undecided.count
        return undecided > count ? .forward(first: [], 0) : .forward(first: held, count - undecided)
    }

    private var discardBound: UInt64 {
        (terms.limits.messageSize ?? announced.size ?? 0) &+ terms.limits.discardedBytes
    }

    private mutating func count(_ length: Int) {
        transaction.mailData.bytes &+= UInt64(length)
        guard transaction.mailData.refusal == nil else { return }
        if let most = terms.limits.messageSize, transaction.mailData.bytes > most &+ 3 {
            transaction.mailData.refusal = Reply(552, "5.3.4", "Message larger than \(most) bytes")
        } else if transaction.mailData.scanner.receivedLines > terms.limits.receivedLines {
            transaction.mailData.refusal = Reply(554, "5.4.6", "This message goes in circles")
        }
    }

    private mutating func closeMidway(_ reply: Reply) -> DataStep {
        _ = finish(reply, outcome: nil)
        phase = .closed
        return .discardAndClose(reply)
    }

    private static func reply(to problem: MailDataScanner.Problem) -> Reply {
        switch problem {
        case .bareLineFeed: Reply(554, "5.6.0", "A bare LF in mail data; lines end with CR LF")
        case .bareCarriageReturn: Reply(554, "5.6.0", "A bare CR in mail data; lines end with CR LF")
        case .nul: Reply(554, "5.6.0", "A NUL in mail data")
        }
    }

    /// The server spoke or went away before the mail data had ended: the client is told at its end. Only a refusal
    /// can be believed then.
    public mutating func interrupted(by reply: Reply?) {
        guard phase == .receivingData, transaction.mailData.refusal == nil else { return }
        let believed = reply.flatMap { $0.isPositive ? nil : $0 }
        transaction.mailData.refusal = believed ?? Reply(451, "4.4.2", "The mail server went away")
        transaction.mailData.outcome = believed
    }

    /// The server's reply to the whole message; nil when it went away without one.
    public mutating func outcome(_ reply: Reply?) -> Action {
        guard phase == .awaitingOutcome else { preconditionFailure("an outcome came while \(phase)") }
        return finish(reply ?? Reply(451, "4.4.2", "The mail server went away"), outcome: reply)
    }

    /// Ends the transaction and says `reply`.
    private mutating func finish(_ reply: Reply, outcome: Reply?) -> Action {
        let bytes = transaction.mailData.bytes
        report(
            .finished(
                TransactionRecord(
                    id: transaction.id, upstream: transaction.upstream ?? "", decisions: transaction.accepted,
                    used: transaction.used, bytes: bytes >= 3 ? bytes - 3 : bytes, outcome: outcome, reply: reply)))
        transaction = Transaction()
        phase = .ready
        idleCommands = 0
        return .endTransaction(reply)
    }
}
