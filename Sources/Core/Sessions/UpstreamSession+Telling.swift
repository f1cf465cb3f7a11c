import MailProtocols
import MailTypes

/// Telling the server of a client.
extension UpstreamSession {
    /// A class, so that a session that tells nothing stays small.
    final class Told: Sendable {
        let how: ClientTelling
        let client: ClientIntroduction?
        init(how: ClientTelling, client: ClientIntroduction?) { (self.how, self.client) = (how, client) }
    }

    var telling: ClientTelling? { told?.how }
    /// Of whom the server is told on this connection; nil: of nobody, the connection is our own.
    public var client: ClientIntroduction? { told?.client }

    public var beginsWithHeader: Bool { telling?.proxyVersion != nil }

    /// What goes out before anything else, and before TLS. A server that expects a header gets one on our own connections
    /// too: version 2 has a word for them, version 1 has not, and servers refuse its UNKNOWN (Postfix 3.7), so it says of
    /// them what is true, `local` and `server`, the ends of this very connection.
    public func proxyHeader(from local: TransportAddress?, to server: TransportAddress?) -> [UInt8] {
        guard let version = telling?.proxyVersion else { return [] }
        if let client { return client.proxyHeader.wireForm(version) }
        guard version == .one, let local, let server else { return ProxyHeader(.balancer).wireForm(version) }
        return ProxyHeader(.client(local, to: server)).wireForm(version)
    }

    /// Our name, or the client's behind its address: a server that is told of a client would judge our name as its name.
    /// `EHLO` is printable ASCII without spaces (`Command`), so it is one word here.
    mutating func sayHello() -> [Action] {
        let isToldAlready = telling != .xclient || hasToldByCommand
        let name = isToldAlready ? client?.helo.map { String(decoding: $0, as: UTF8.self) } : nil
        return send(.ehlo, "EHLO ", name ?? hostname)
    }

    mutating func helloAnswered(_ announced: ServerCapabilities) -> [Action] {
        // Whether a server lets itself be told by us does not show once it takes us for somebody else.
        let xclient = hasToldByCommand ? capabilities.xclient : announced.xclient
        capabilities = announced
        capabilities.xclient = xclient
        guard telling == .xclient, let client, !hasToldByCommand else { return logInWhereAsked() }
        guard let command = xclient.flatMap(client.xclient) else {
            return [.clientRefused(Reply(451, "4.3.5", "The mail server cannot be told your address"))]
        }
        return send(.xclient, "", String(decoding: command, as: UTF8.self))
    }

    /// A server that takes XCLIENT begins anew.
    mutating func xclientAnswered(_ reply: Reply) -> [Action] {
        guard reply.code == 220 else { return [.clientRefused(Self.temporarily(reply))] }
        hasToldByCommand = true
        return sayHello()
    }

    func greetingRefused(_ reply: Reply) -> [Action] {
        telling?.proxyVersion != nil && client != nil && reply.code >= 400
            ? [.clientRefused(Self.temporarily(reply))] : [.broken("greets with \(reply)")]
    }

    /// Nil where HELO may be tried. Behind a PROXY header it may not: the refusal may be one of the header, by a server that
    /// does not expect one, whose replies are all one behind then; and nothing is for ever that is said there. Behind
    /// XCLIENT it is a refusal of the client's name.
    func helloRefused(_ reply: Reply) -> Action? {
        switch (telling, client) {
        case (nil, _), (.xclient, nil): return nil
        case (_, .some) where reply.code >= 400 && (telling != .xclient || hasToldByCommand || reply.isPermanent):
            return .clientRefused(hasToldByCommand ? temporary(reply) : Self.temporarily(reply))
        default: return .broken("answers EHLO with \(reply)")
        }
    }

    private static func temporarily(_ reply: Reply) -> Reply {
        reply.isTransient && reply.code != 421
            ? reply : Reply(451, "4.3.5", "The mail server does not take what it is told of you: \(reply.code)")
    }
}
