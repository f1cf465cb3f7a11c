import MailTypes
import RelayPolicy

/// Which facts a log has at all. A rule that asks for another one cannot fit, however much it is used.
struct FactsSeen: Hashable, Sendable {
    private var words: Set<String> = []

    mutating func add(_ facts: RelayRequest) {
        if facts.clientName != .absent { words.insert("name") }
        if facts.localAddress != nil { words.insert("local-address") }
        if facts.listener != nil { words.insert("listener") }
        if facts.helo != nil { words.insert("helo") }
        if facts.heloStatus != .unasked { words.insert("helo verified") }
        if case .known(let login) = facts.login, login.mechanism != nil { words.insert("mechanism") }
        if facts.tlsVersion != nil { words.insert("tls") }
        if !facts.certificates.isEmpty { words.insert("client-certificate") }
        if facts.popLogin != .absent { words.insert("pop") }
    }

    /// The facts that `conditions` ask for and no record that was added has, in the language's words. A login is no
    /// such fact: every log that is read has it where there was one.
    func missing(for conditions: Conditions) -> [String] {
        var asked: [String] = []
        if conditions.name != nil { asked.append("name") }
        if conditions.localAddress != nil { asked.append("local-address") }
        if conditions.listeners != nil { asked.append("listener") }
        switch conditions.helo {
        case .oneOf: asked.append("helo")
        case .verified, .unverified: asked.append("helo verified")
        case nil: break
        }
        if conditions.login?.mechanisms != nil { asked.append("mechanism") }
        switch conditions.tls {
        case .any: asked.append("tls")
        case .certificate: asked.append("client-certificate")
        case nil: break
        }
        if conditions.needsPOPLogin { asked.append("pop") }
        return asked.filter { !words.contains($0) }
    }
}
