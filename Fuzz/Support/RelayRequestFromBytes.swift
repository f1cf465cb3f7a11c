import MailTypes
import RelayPolicy

extension RelayRequest {
    /// Facts in every state, of few words.
    public init(from bytes: inout FuzzedBytes) {
        let day = bytes.pick(["2026-11-24T12:00:00Z", "2026-11-25", "1970-01-01"])
        self.init(
            client: bytes.pick(Words.clients), forwardPath: bytes.pick(Words.forwardPaths),
            now: required(Instant(day), day))
        reversePath = bytes.pick(Words.reversePaths)
        let domain = bytes.pick(Words.domains)
        clientName = bytes.pick([.absent, .confirmed(domain), .forged, .temporary(nil), .temporary(domain)])
        listener = bytes.pick([nil, "public", "submission", "unheard"])
        helo = bytes.pick([nil, Array("OURS.test".utf8), Array("x.there.test".utf8), Array("[".utf8), [0xff]])
        heloStatus = bytes.pick([.unasked, .verified, .unverified, .temporary])
        login = bytes.pick([
            .absent, .unknown, .known(.init(name: "Anna", mechanism: "PLAIN")), .known(.init(name: "bert")),
            .known(.init(name: "zoe", mechanism: "LOGIN")),
        ])
        popLogin = bytes.pick([.absent, .unknown, .known(.init(name: "anna")), .known(.init(name: nil))])
        tlsVersion = bytes.flag() ? "TLSv1.3" : nil
        certificates = bytes.some(of: ["ca.pem", "fingerprint:00"])
        localAddress = bytes.flag() ? bytes.pick(Words.clients) : nil
        clockIsBehind = bytes.once(in: 4)
    }

    /// Each world in which one fact that could not be had is known: what it may really be.
    public var worldsBehind: [RelayRequest] {
        if login == .unknown {
            let logins: [Fact<Login>] = [.absent, .known(.init(name: "anna", mechanism: "PLAIN")), .known(.init(name: "zoe"))]
            return logins.map { with(\.login, $0) }
        }
        if popLogin == .unknown {
            let logins: [Fact<POPLogin>] = [.absent, .known(.init(name: "bert")), .known(.init(name: nil))]
            return logins.map { with(\.popLogin, $0) }
        }
        if case .temporary(let candidate) = clientName {
            let names = candidate.map { [$0] } ?? Words.domains
            return names.map { with(\.clientName, .confirmed($0)) } + [with(\.clientName, .absent), with(\.clientName, .forged)]
        }
        if heloStatus == .temporary { return [with(\.heloStatus, .verified), with(\.heloStatus, .unverified)] }
        return []
    }

    private func with<Value>(_ fact: WritableKeyPath<RelayRequest, Value>, _ value: Value) -> RelayRequest {
        var request = self
        request[keyPath: fact] = value
        return request
    }
}
