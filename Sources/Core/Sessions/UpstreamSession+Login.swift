import MailProtocols
import MailTypes

/// Logging in to the server (RFC 4954), by PLAIN where it offers that, else by LOGIN.
///
///     EHLO ──AUTH PLAIN, with both──▶ credentials ──235─▶ ready
///       └─AUTH LOGIN─▶ mechanism ──334, name─▶ name ──334, password──▲
extension UpstreamSession {
    /// What was said last of a login.
    enum LoginStep: Equatable, Sendable { case mechanism, name, credentials }

    /// EHLO is answered, and TLS is there if it ever will be.
    ///
    /// On a connection that was told of a client nobody logs in: what is said there is that client's, and it would have
    /// our rights.
    mutating func logInWhereAsked() -> [Action] {
        guard let login, client == nil else { return [.ready] }
        guard isConfidential else { return [.broken("has no TLS, and a password is not said in the clear")] }
        if capabilities.logins.contains(.plain) { return send(.auth(.credentials), "AUTH PLAIN ", login.plainResponse) }
        if capabilities.logins.contains(.login) { return send(.auth(.mechanism), "AUTH LOGIN") }
        return [.broken("offers no login by PLAIN or LOGIN")]
    }

    /// Only the code of a reply is passed on: there are servers that repeat what they did not like, and it was a
    /// password.
    mutating func loginAnswered(_ step: LoginStep, _ reply: Reply) -> [Action] {
        switch (step, reply.code) {
        case (.credentials, 235): return [.ready]
        case (.mechanism, 334): return send(.auth(.name), "", login?.nameResponse ?? "")
        case (.name, 334): return send(.auth(.credentials), "", login?.passwordResponse ?? "")
        case (_, 500...): return [.loginRefused("refuses our login: \(Self.codes(of: reply))")]
        default: return [.broken("answers AUTH with \(Self.codes(of: reply))")]
        }
    }

    /// `535 5.7.8`
    private static func codes(of reply: Reply) -> String {
        let status = reply.text.prefix { $0 == UInt8(ascii: ".") || $0 &- UInt8(ascii: "0") < 10 }
        let isStatus = (5...9).contains(status.count) && status.count { $0 == UInt8(ascii: ".") } == 2
        return isStatus ? "\(reply.code) \(String(decoding: status, as: UTF8.self))" : "\(reply.code)"
    }
}
