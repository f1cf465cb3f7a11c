import MailTypes
import RelayPolicy

/// A product of sets, one for each fact of a request: every request whose facts are all in their sets.
public struct RequestClass: Hashable, Sendable {
    public var clients = AddressSet.everything
    /// The confirmed name; its special value is "none" (absent or forged). Nil: it does not matter.
    public var names: PathSet?
    /// Nil: it does not matter.
    public var localAddresses: OptionalAddresses?
    /// Nil among them is a session without a named listener. Nil: it does not matter.
    public var listeners: [String?]?
    /// The EHLO name; its special value is "no domain". Nil: it does not matter.
    public var helo: PathSet?
    /// Nil: it does not matter.
    public var heloStatuses: [RelayRequest.HeloStatus]?
    /// With or without; nil: it does not matter.
    public var tls: Bool?
    public var certificates = Certificates()
    public var logins = Logins()
    /// Of the login; nil: it does not matter.
    public var mechanisms: Words?
    /// With or without a recent POP login; nil: it does not matter.
    public var pop: Bool?
    /// The name of the POP login; one without a name is in every set that is "all but". Nil: it does not matter.
    public var popLogins: Words?
    /// Whether the sender belongs to the logins. Empty: it does not matter.
    public var ownership: [Ownership] = []
    /// Special: `<>`.
    public var senders = PathSet.everything
    /// Special: `<postmaster>`. Of recipients whose address form is taken at all (Meaning 10).
    public var recipients = PathSet.everything

    public init() {}

    public struct OptionalAddresses: Hashable, Sendable {
        public var hasNone: Bool
        public var set: AddressSet
    }

    public struct Certificates: Hashable, Sendable {
        /// Of each list one word at least is shown.
        public var each: [[String]] = []
        /// Nothing of these is shown.
        public var none: [String] = []
        public init() {}
    }

    public struct Words: Hashable, Sendable {
        /// Nil: all but the exceptions.
        public var words: [String]?
        public var exceptions: [String] = []

        func contains(_ word: String?) -> Bool {
            let folded = word.map { $0.utf8.map { $0 }.withCaseFolded }
            func holds(_ words: [String]) -> Bool { words.contains { Array($0.utf8).withCaseFolded == folded } }
            return words.map(holds) ?? !holds(exceptions)
        }
    }

    public struct Logins: Hashable, Sendable {
        /// Requests without a login are in it.
        public var hasNone = true
        /// Nil: every login but the exceptions. In ASCII lower case.
        public var names: [String]?
        public var exceptions: [String] = []

        public var isEverything: Bool { hasNone && names == nil && exceptions.isEmpty }
        /// No login is in it.
        public var isNoneAlone: Bool { names?.isEmpty ?? false }
    }

    /// A claim on sender and login together.
    public struct Ownership: Hashable, Sendable {
        public enum By: Hashable, Sendable { case login, pop }
        /// Which of the policies asked about has the users file.
        public var policy: Int
        public var by: By
        /// Whether the login owns the sender; who has no login owns nothing.
        public var holds: Bool
    }
}

extension RequestClass {
    /// Whether the request, of which everything is known, is in the class. `path` is its recipient in canonical form.
    public func contains(_ request: RelayRequest, to path: ForwardPath, under policies: [Policy]) -> Bool {
        clients.contains(request.client) && containsNames(request)
            && (listeners.map { $0.contains(knownListener(request, policies)) } ?? true)
            && (localAddresses.map { own in request.localAddress.map(own.set.contains) ?? own.hasNone } ?? true)
            && (heloStatuses?.contains(request.heloStatus) ?? true)
            && (tls.map { $0 == (request.tlsVersion != nil) } ?? true)
            && certificates.each.allSatisfy { $0.contains(where: request.certificates.contains) }
            && !certificates.none.contains(where: request.certificates.contains)
            && containsLogin(request) && ownership.allSatisfy { holds($0, request, policies) }
            && senders.contains(request.reversePath) && recipients.contains(path)
    }

    private func containsNames(_ request: RelayRequest) -> Bool {
        var name: Domain?
        if case .confirmed(let confirmed) = request.clientName { name = confirmed }
        let heloName = request.helo.flatMap { try? Domain(parsing: $0) }
        return (names?.contains(name) ?? true) && (helo?.contains(heloName) ?? true)
    }

    private func containsLogin(_ request: RelayRequest) -> Bool {
        if let pop, pop != (request.popLogin != .absent) { return false }
        if let popLogins {
            guard case .known(let login) = request.popLogin, popLogins.contains(login.name) else { return false }
        }
        guard case .known(let login) = request.login else { return logins.hasNone }
        let words = Words(words: logins.names, exceptions: logins.exceptions)
        return words.contains(login.name) && (mechanisms?.contains(login.mechanism) ?? true)
    }

    private func holds(_ claim: Ownership, _ request: RelayRequest, _ policies: [Policy]) -> Bool {
        let policy = policies[claim.policy]
        let owns: Bool =
            switch claim.by {
            case .login:
                if case .known(let login) = request.login { policy.login(login.name, owns: request.reversePath) } else { false }
            case .pop:
                if case .known(let login) = request.popLogin { policy.login(login.name, owns: request.reversePath) } else { false }
            }
        return owns == claim.holds
    }

    /// A listener that nothing speaks of is as none.
    private func knownListener(_ request: RelayRequest, _ policies: [Policy]) -> String? {
        guard let name = request.listener else { return nil }
        let isKnown = policies.contains { policy in
            policy.listeners.contains { $0.name == name }
                || policy.allRules.contains {
                    $0.conditions.listeners?.contains(name) ?? false
                }
        }
        return isKnown ? name : nil
    }
}
