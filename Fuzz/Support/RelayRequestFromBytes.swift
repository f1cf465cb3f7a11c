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

    /// One world in which everything is known: what could not be had is what it may really be.
    public func completed(by bytes: inout FuzzedBytes) -> RelayRequest {
        var world = self
        if login == .unknown {
            world.login = bytes.pick([
                .absent, .known(.init(name: "anna", mechanism: "PLAIN")), .known(.init(name: "Bert")),
                .known(.init(name: "zoe")),
            ])
        }
        if popLogin == .unknown {
            world.popLogin = bytes.pick([.absent, .known(.init(name: "bert")), .known(.init(name: nil))])
        }
        if case .temporary(let candidate) = clientName {
            let name = candidate ?? bytes.pick(Words.domains)
            world.clientName = bytes.pick([.confirmed(name), .absent, .forged])
        }
        if heloStatus == .temporary { world.heloStatus = bytes.pick([.verified, .unverified]) }
        if clockIsBehind {
            world.clockIsBehind = false
            if bytes.flag() {
                // It is later than the clock says, and then a POP login may be too old.
                world.now = required(Instant("2030-01-01"), "a time")
                if bytes.flag() { world.popLogin = .absent }
            }
        }
        return world
    }
}
