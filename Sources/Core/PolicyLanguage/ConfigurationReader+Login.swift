import Diagnostics
import MailTypes

/// `login` of an upstream: whom the server behind takes us for.
extension ConfigurationReader {
    /// `login NAME password credential:NAME`
    func readLogin(
        _ values: inout ValueCursor, at place: SourceLocation
    ) throws(Diagnostic) -> Configuration.Upstream.Login {
        let name = try values.require("a login").nonEmptyText()
        try values.expect("password")
        let password = try values.require("credential:NAME")
        try password.checkCredential()
        return Configuration.Upstream.Login(name: name, password: try password.namedFile(), at: place)
    }

    /// A password that others could hear, or that anybody would be given, or that would log a client in.
    mutating func checkLogin(_ upstream: Configuration.Upstream) {
        guard let login = upstream.login else { return }
        if upstream.clientTelling != nil {
            problems.add(
                Diagnostic(
                    .error, "`login` and `tell-client-address` in one upstream", at: login.at,
                    why: "what is said on a connection that told of a client is that client's, and it would have our rights",
                    fix: "write two upstreams: one that is told, for `route local`, and one with the login, for `route elsewhere`"))
        }
        let distant = upstream.servers.filter { !(IPAddress($0.host)?.isLoopback ?? false) }
        if upstream.startTLS != .required, distant.contains(where: { !$0.implicitTLS }) {
            problems.add(
                Diagnostic(
                    .error, "`login` without `starttls required`", at: login.at,
                    why: "the password would be said to whoever listens, or takes the offer of TLS out of what is sent",
                    fix: "write `starttls required`, or `/tls` behind the server's port; only a server on a loopback address needs neither"))
        } else if upstream.verification == nil, !distant.isEmpty {
            warn(
                "`login` without `verify`: whoever answers in the server's place is told the password", at: login.at,
                fix: "write `verify name`, `verify ca FILE` or `verify fingerprint SHA256`")
        }
    }
}
