import MailTypes

/// What an SMTP server announces in its EHLO reply and Gatepost uses (RFC 5321 §4.1.1.1).
public struct ServerCapabilities: Hashable, Sendable {
    public var pipelining = false
    public var eightBitMIME = false
    public var smtpUTF8 = false
    public var enhancedStatusCodes = false
    public var dsn = false
    /// STARTTLS (RFC 3207 §4).
    public var startTLS = false
    /// Nil: not announced. 0: announced without a limit. Else bytes.
    public var size: UInt64?
    /// How it lets us log in (RFC 4954 §3). It is no matter between the client and us.
    public var logins: LoginMechanisms = []
    /// What it lets us tell of a client; nil without XCLIENT. It is no matter between the client and us.
    public var xclient: XClientAttributes?

    /// A server that announces nothing.
    public static let least = ServerCapabilities()

    public init() {}

    /// Reads a positive reply to EHLO; its first line is the server's greeting.
    public init(ehloReply reply: Reply) {
        for line in reply.lines.dropFirst() {
            let words = line.split(separator: ASCII.space)
            guard let keyword = words.first else { continue }
            if ASCII.equals(keyword, "PIPELINING") { pipelining = true }
            if ASCII.equals(keyword, "8BITMIME") { eightBitMIME = true }
            if ASCII.equals(keyword, "SMTPUTF8") { smtpUTF8 = true }
            if ASCII.equals(keyword, "ENHANCEDSTATUSCODES") { enhancedStatusCodes = true }
            if ASCII.equals(keyword, "DSN") { dsn = true }
            if ASCII.equals(keyword, "STARTTLS") { startTLS = true }
            if ASCII.equals(keyword, "AUTH") { logins.formUnion(LoginMechanisms(announced: words.dropFirst())) }
            // As servers wrote it before there was an RFC.
            if ASCII.hasPrefix(keyword, "AUTH=") {
                logins.formUnion(LoginMechanisms(announced: [keyword.dropFirst(5)] + words.dropFirst()))
            }
            if ASCII.equals(keyword, "XCLIENT") { xclient = XClientAttributes(announced: words.dropFirst()) }
            if ASCII.equals(keyword, "SIZE") { size = words.count > 1 ? ASCII.number(words[1]) ?? 0 : 0 }
        }
    }

    /// What both servers can do.
    public func intersection(_ other: ServerCapabilities) -> ServerCapabilities {
        var both = ServerCapabilities()
        both.pipelining = pipelining && other.pipelining
        both.eightBitMIME = eightBitMIME && other.eightBitMIME
        both.smtpUTF8 = smtpUTF8 && other.smtpUTF8
        both.enhancedStatusCodes = enhancedStatusCodes && other.enhancedStatusCodes
        both.dsn = dsn && other.dsn
        both.startTLS = startTLS && other.startTLS
        both.logins = logins.intersection(other.logins)
        if let size, let otherSize = other.size {
            both.size = size == 0 ? otherSize : otherSize == 0 ? size : min(size, otherSize)
        }
        if let xclient, let others = other.xclient { both.xclient = xclient.intersection(others) }
        return both
    }
}
