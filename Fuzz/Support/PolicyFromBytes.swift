import Diagnostics
import MailTypes
import RelayPolicy

/// A policy of few words, so that its rules often meet the requests of `RelayRequest(from:)`.
extension Policy {
    public init(from bytes: inout FuzzedBytes) {
        self.init()
        local = LocalDomains(
            bytes.some(of: Words.domains).enumerated().map { index, domain in
                LocalDomains.Entry(
                    domain: domain, isWildcard: bytes.flag(), upstream: bytes.flag() ? "branch" : nil,
                    recipients: bytes.once(in: 4) ? [Mailbox(localPart: Array("anna".utf8), domain: domain)] : nil,
                    at: Words.place(index + 1))
            })
        for trick in bytes.some(of: AddressTrick.allCases) {
            tricks.everywhere[trick] = bytes.pick([.resolve, .asWritten, .reject])
        }
        if bytes.flag() { tricks.at[bytes.pick(Words.domains)] = [bytes.pick(AddressTrick.allCases): .asWritten] }
        listeners = [
            Listener(name: "public", observes: bytes.once(in: 8)),
            Listener(name: "submission", requiresLogin: true, requiresTLS: bytes.flag()),
        ]
        observes = bytes.once(in: 16)
        ownership = [
            "anna": PathPatternSet(bytes.some(of: Words.patterns)), "bert": PathPatternSet(bytes.some(of: Words.patterns)),
        ]
        routes = Routes(local: "mta", elsewhere: bytes.flag() ? nil : "out", clients: bytes.flag() ? "out" : nil)
        refuse = (0..<bytes.below(6)).map { Rule(from: &bytes, number: $0, verbs: [.reject, .pass, .defer]) }
        relay = (0..<bytes.below(10)).map { Rule(from: &bytes, number: 100 + $0, verbs: [.permit, .reject, .defer]) }
    }
}

extension Rule {
    fileprivate init(from bytes: inout FuzzedBytes, number: Int, verbs: [Verb]) {
        let verb = bytes.pick(verbs)
        let isPermit = verb == .permit
        let limit = Limit(
            count: 1, unit: .recipients, window: .seconds(60), subject: .client, thenReject: false,
            at: Words.place(number))
        self.init(
            name: "rule \(number)", at: Words.place(number), verb: verb, conditions: Conditions(from: &bytes),
            limits: isPermit && bytes.flag() ? [limit] : [],
            until: isPermit && bytes.once(in: 3) ? CalendarDay("2026-11-24") : nil, observes: bytes.once(in: 8))
    }
}

extension Conditions {
    fileprivate init(from bytes: inout FuzzedBytes) {
        self.init()
        let which = bytes.byte()
        if which & 1 != 0 { from = Words.addresses(&bytes) }
        if which & 2 != 0 {
            name = bytes.flag()
                ? .some(.none) : .oneOf(exact: bytes.some(of: Words.domains), below: bytes.some(of: Words.domains))
        }
        if which & 4 != 0 { listeners = bytes.some(of: ["public", "submission"]) }
        if which & 8 != 0 {
            login = LoginCondition(
                names: bytes.flag() ? nil : bytes.some(of: ["anna", "bert"]),
                mechanisms: bytes.flag() ? ["PLAIN"] : nil)
        }
        if which & 16 != 0 { sender = Words.patterns(&bytes) }
        if which & 32 != 0 { to = Words.patterns(&bytes) }
        if which & 64 != 0 { senderOwnedByLogin = true }
        guard which & 128 != 0 else { return }
        let more = bytes.byte()
        if more & 1 != 0 { needsPOPLogin = true }
        if more & 2 != 0 { tls = bytes.flag() ? .any : .certificate(bytes.some(of: ["ca.pem", "fingerprint:00"])) }
        if more & 4 != 0 { localAddress = Words.addresses(&bytes) }
        if more & 8 != 0 {
            helo = bytes.pick([.verified, .unverified, .oneOf(exact: [Words.domains[0]], below: [Words.domains[1]])])
        }
    }
}
