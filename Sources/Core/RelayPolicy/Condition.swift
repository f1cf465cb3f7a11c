/// The conditions that a rule may have, in the order in which they are written, read and explained.
enum Condition: Hashable, Sendable, CaseIterable {
    case from, name, localAddress, listener, helo, login, tls, pop, sender, senderOwnedByLogin, to, until

    /// The language's word for it.
    var word: String {
        switch self {
        case .from: "from"
        case .name: "name"
        case .localAddress: "local-address"
        case .listener: "listener"
        case .helo: "helo"
        case .login: "login"
        case .tls: "tls"
        case .pop: "pop"
        case .sender, .senderOwnedByLogin: "sender"
        case .to: "to"
        case .until: "until"
        }
    }

    /// Whether it asks about the client alone, and so is the same for every transaction and recipient of a
    /// session (Meaning 11).
    var isOfClient: Bool {
        switch self {
        case .sender, .senderOwnedByLogin, .to: false
        case .from, .name, .localAddress, .listener, .helo, .login, .tls, .pop, .until: true
        }
    }
}
