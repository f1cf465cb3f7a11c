import MailTypes
import RelayPolicy

/// Whether one rule's conditions fit wherever another's do, by comparing them one by one. A no may be wrong
/// (several rules can cover one together, which `RelayAnalysis` finds); a yes is certain.
struct RuleCovering {
    let wide: Rule
    let narrow: Rule

    var holds: Bool {
        let (a, b) = (wide.conditions, narrow.conditions)
        // The cheap questions first: sets of addresses may be long.
        return (a.name == nil || a.name == b.name) && (a.helo == nil || a.helo == b.helo)
            && (!a.needsPOPLogin || b.needsPOPLogin) && coversLogin && coversTLS && coversOwnership
            && Self.covers(a.listeners.map(Set.init), b.listeners.map(Set.init)) { $0.isSuperset(of: $1) }
            && Self.covers(a.sender?.set, b.sender?.set) { $0.covers($1) }
            && Self.covers(a.to?.set, b.to?.set) { $0.covers($1) }
            && Self.covers(a.localAddress?.set, b.localAddress?.set) { $0.covers($1) }
            && Self.covers(a.from?.set, b.from?.set) { $0.covers($1) }
    }

    /// A condition that is not written fits always.
    private static func covers<Value>(_ wide: Value?, _ narrow: Value?, _ holds: (Value, Value) -> Bool) -> Bool {
        guard let wide else { return true }
        return narrow.map { holds(wide, $0) } ?? false
    }

    private var coversLogin: Bool {
        Self.covers(wide.conditions.login, narrow.conditions.login) { wide, narrow in
            func covers(_ a: [String]?, _ b: [String]?) -> Bool {
                Self.covers(a, b) { a, b in Set(a.map(\.lowercasedASCII)).isSuperset(of: b.map(\.lowercasedASCII)) }
            }
            return covers(wide.names, narrow.names) && covers(wide.mechanisms, narrow.mechanisms)
        }
    }

    private var coversTLS: Bool {
        switch (wide.conditions.tls, narrow.conditions.tls) {
        case (nil, _), (.any, .any), (.any, .certificate): true
        case (.certificate(let wide), .certificate(let narrow)): Set(wide).isSuperset(of: narrow)
        case (_, nil), (.certificate, .any): false
        }
    }

    /// Which login owns depends on the logins that the rule asks for (Meaning 15), so both must ask alike.
    private var coversOwnership: Bool {
        let (a, b) = (wide.conditions, narrow.conditions)
        guard a.senderOwnedByLogin else { return true }
        return b.senderOwnedByLogin && (a.login == nil) == (b.login == nil) && a.needsPOPLogin == b.needsPOPLogin
    }
}

extension AddressSet {
    fileprivate func covers(_ other: AddressSet) -> Bool {
        guard let first = other.ranges.first else { return true }
        return contains(first.first) && other.subtracting(self).isEmpty
    }
}

extension PathPatternSet {
    fileprivate func covers(_ other: PathPatternSet) -> Bool {
        let own = Set(patterns)
        return other.patterns.allSatisfy { pattern in
            if own.contains(pattern) { return true }
            guard case .mailbox(let localPart, let domain) = pattern else { return false }
            return contains(ReversePath.mailbox(Mailbox(localPart: localPart, domain: domain)))
        }
    }
}
