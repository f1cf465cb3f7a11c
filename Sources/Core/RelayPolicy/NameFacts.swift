import MailTypes

/// The facts of a request that cost questions to the DNS.
public struct NameFacts: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let clientName = NameFacts(rawValue: 1)
    public static let heloStatus = NameFacts(rawValue: 2)
}

/// One such fact, asked for.
public enum NameQuestion: Hashable, Sendable {
    /// The confirmed name of an address.
    case clientName(IPAddress)
    /// Whether a name that was said in HELO leads to an address. A literal or anything else that is no name needs no
    /// question: `RelayRequest.heloStatusWithoutDNS`.
    case helo(Domain, client: IPAddress)

    public var client: IPAddress {
        switch self {
        case .clientName(let client), .helo(_, let client): client
        }
    }
}

/// What came of the question.
public enum NameAnswer: Hashable, Sendable {
    case clientName(RelayRequest.ClientName)
    case helo(RelayRequest.HeloStatus)

    /// The DNS gave no answer that can be relied on.
    public static func unknown(_ question: NameQuestion) -> NameAnswer {
        switch question {
        case .clientName: .clientName(.temporary(nil))
        case .helo: .helo(.temporary)
        }
    }
}

extension RelayRequest {
    /// With `facts` as if DNS had not answered, so that whatever they are is still open.
    func leavingOpen(_ facts: NameFacts) -> RelayRequest {
        var request = self
        if facts.contains(.clientName) { request.clientName = .temporary(nil) }
        if facts.contains(.heloStatus) { request.heloStatus = .temporary }
        return request
    }

    /// The status of what was said in HELO where that is certain by itself: a literal is the client's address or not,
    /// and what is neither literal nor name leads nowhere. Nil: ask the DNS for `heloName`.
    public var heloStatusWithoutDNS: HeloStatus? {
        guard let domain = heloDomain else { return .unverified }
        guard domain.isLiteral else { return nil }
        return domain.address?.unmapped == client ? .verified : .unverified
    }

    /// The name that was said in HELO; nil where it was none.
    public var heloName: Domain? { heloDomain.flatMap { $0.isLiteral ? nil : $0 } }
}

extension Conditions {
    /// The facts of the DNS that these conditions ask for.
    var nameFacts: NameFacts {
        var facts: NameFacts = []
        if name != nil { facts.insert(.clientName) }
        if helo == .verified || helo == .unverified { facts.insert(.heloStatus) }
        return facts
    }
}

extension CompiledPolicy {
    /// The facts of the DNS that some rule asks for.
    public var nameFacts: NameFacts {
        var facts: NameFacts = []
        if needsClientName { facts.insert(.clientName) }
        if needsHeloStatus { facts.insert(.heloStatus) }
        return facts
    }
}

extension Policy {
    /// As `CompiledPolicy.needed`, read from the top.
    public func neededPlainly(of open: NameFacts, for request: RelayRequest) -> NameFacts {
        var needed = mayObserveConnections ? neededForObservedConnection(of: open, for: request) : []
        let request = request.leavingOpen(open)
        _ = observing(request, mayObserveConnections: false) { observersCount in
            var matcher = PlainMatcher(self, observersCount: observersCount)
            defer { needed.formUnion(matcher.needed) }
            return judge(request, with: &matcher)
        }
        return needed.intersection(open)
    }
}
