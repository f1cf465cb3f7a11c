/// A forward-path as the client wrote it: parsed, and with the tricks that were found in it, but not
/// yet judged. `RelayPolicy` turns it into a `ForwardPath` or into a refusal.
public struct WrittenPath: Hashable, Sendable {
    /// The hops of a source route, outermost first; empty without one.
    public let route: [Domain]
    /// The final mailbox, with its local part decoded. For `u@r@t` the local part is `u@r`.
    public let path: ForwardPath
    /// Whether it was written with a byte that is not ASCII, which a client may do only after SMTPUTF8 in MAIL
    /// (RFC 6531 §3.4): also for a U-label, which is sent on as an A-label.
    public let needsSMTPUTF8: Bool
    /// Written with more than one `@` outside quotes.
    let isDoubleAt: Bool
    /// Written without the quotes that its canonical form has.
    let isBare: Bool

    /// Reads what follows `RCPT TO:` up to and with `>`. A bare mailbox only where allowed.
    public init(parsing bytes: [UInt8], allowingBareMailbox: Bool = false) throws(PathProblem) {
        do {
            try self.init(content: PathSyntax.content(of: bytes, allowingBareMailbox: allowingBareMailbox))
        } catch {
            throw PathProblem(inForwardPath: error)
        }
    }

    /// Reads what stands between the brackets.
    init(content: ArraySlice<UInt8>) throws(SyntaxFault) {
        let parts = try PathSyntax(content, allowing: .leading)
        (route, path, isDoubleAt, isBare) = (parts.route, parts.address, parts.isDoubleAt, parts.isBare)
        needsSMTPUTF8 = content.contains { $0 >= 0x80 }
    }

    /// A path that is canonical already.
    public init(_ path: ForwardPath) {
        self.init(route: [], path: path, isDoubleAt: false, isBare: false, needsSMTPUTF8: path.needsSMTPUTF8)
    }

    init(route: [Domain], path: ForwardPath, isDoubleAt: Bool, isBare: Bool, needsSMTPUTF8: Bool) {
        (self.route, self.path, self.isDoubleAt, self.isBare) = (route, path, isDoubleAt, isBare)
        self.needsSMTPUTF8 = needsSMTPUTF8
    }
}
