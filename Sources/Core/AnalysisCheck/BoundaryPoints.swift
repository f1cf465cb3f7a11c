import MailTypes
import RelayPolicy

/// The values at which a policy may change its mind: both ends of every range and the addresses beside them, every
/// name, one below it, one above it and one that only ends in the same letters, every login and one that nobody has.
struct BoundaryPoints {
    private(set) var clients: [IPAddress]
    private(set) var localAddresses: [IPAddress?]
    private(set) var names: [RelayRequest.ClientName]
    private(set) var helo: [[UInt8]?]
    let heloStatuses: [RelayRequest.HeloStatus] = [.unasked, .verified, .unverified]
    private(set) var listeners: [String?]
    private(set) var certificates: [[String]]
    private(set) var logins: [RelayRequest.Fact<RelayRequest.Login>]
    private(set) var popLogins: [RelayRequest.Fact<RelayRequest.POPLogin>]
    private(set) var senders: [ReversePath]
    private(set) var recipients: [WrittenPath]

    /// Of all rules; or of some, and then with no more than `most` local domains and users.
    init(_ policy: Policy, of some: [Rule]? = nil, most: Int = .max) {
        let rules = some ?? policy.allRules
        let conditions = rules.map(\.conditions)
        clients = Self.ends(conditions.compactMap { $0.from?.set }) + ["198.51.100.7", "2001:db8::7"].compactMap { IPAddress($0) }
        localAddresses = [nil] + Self.ends(conditions.compactMap { $0.localAddress?.set }).map(Optional.some)

        func hosts(_ pick: (Conditions) -> ([Domain], [Domain])?) -> [Domain] {
            conditions.compactMap(pick).flatMap { $0.0 + $0.1 }.flatMap { Self.around($0.bytes) }
        }
        names = [.absent, .forged]
            + hosts { if case .oneOf(let exact, let below)? = $0.name { (exact, below) } else { nil } }
            .map(RelayRequest.ClientName.confirmed)
        helo = [nil, Array("-".utf8)]
            + hosts { if case .oneOf(let exact, let below)? = $0.helo { (exact, below) } else { nil } }.map(\.bytes)
        let named = Set(policy.listeners.map(\.name) + conditions.flatMap { $0.listeners ?? [] }).sorted()
        listeners = [nil] + named.map(Optional.some)
        let words = Set(
            conditions.flatMap { condition -> [String] in
                if case .certificate(let words)? = condition.tls { words } else { [] }
            }).sorted()
        certificates = [[]] + words.map { [$0] } + (words.count > 1 ? [words] : [])

        let owners = policy.ownership.keys.sorted().prefix(most)
        let users = Set(owners).union(conditions.flatMap { $0.login?.names ?? [] }).sorted()
        let mechanisms = Set(conditions.flatMap { $0.login?.mechanisms ?? [] }).sorted().map(Optional.some) + [nil, "OTHER"]
        logins = [.absent]
        for user in users + ["nobody-has-this"] {
            for mechanism in mechanisms { logins.append(.known(RelayRequest.Login(name: user, mechanism: mechanism))) }
        }
        popLogins = [.absent, .known(RelayRequest.POPLogin(name: nil))]
            + (owners + ["nobody-has-this"]).map { .known(RelayRequest.POPLogin(name: $0)) }

        let owned = owners.flatMap { policy.ownership[$0]?.patterns ?? [] }
        senders = [.null] + Self.mailboxes(conditions.flatMap { $0.sender?.set.patterns ?? [] } + owned).map(ReversePath.mailbox)
        let local = policy.local.entries.prefix(most).flatMap { entry in
            (entry.recipients ?? []).sorted { "\($0)" < "\($1)" }.map { PathPattern.mailbox(localPart: $0.localPart, domain: $0.domain) }
                + [entry.isWildcard ? .below(entry.domain) : .domain(entry.domain)]
        }
        recipients = [WrittenPath(.postmaster)]
            + Self.mailboxes(conditions.flatMap { $0.to?.set.patterns ?? [] } + local).map { WrittenPath(.mailbox($0)) }
    }

    /// How many values there are.
    var count: Int {
        clients.count + localAddresses.count + names.count + helo.count + listeners.count + certificates.count
            + logins.count + popLogins.count + senders.count + recipients.count
    }

    /// A request that meets as many lines of a rule as its first values can.
    static func request(meeting rule: Rule, _ policy: Policy, at now: Instant) -> RelayRequest {
        let conditions = rule.conditions
        let own = BoundaryPoints(policy, of: [rule], most: 1)
        var request = RelayRequest(client: IPAddress(v4: 0xc633_6407), forwardPath: WrittenPath(.postmaster), now: now)
        if let elsewhere = own.recipients.last(where: { policy.canonicalPath(of: $0, from: .null) != nil }) {
            request.forwardPath = elsewhere
        }
        request.client = own.clients.first { conditions.from?.set.contains($0) ?? true } ?? request.client
        request.localAddress = own.localAddresses.first { address in address.map { conditions.localAddress?.set.contains($0) ?? false } ?? false } ?? nil
        if case .oneOf(let exact, let below)? = conditions.name {
            request.clientName = own.names.first { name in
                guard case .confirmed(let domain) = name else { return false }
                return exact.contains(domain) || below.contains(where: domain.isBelow)
            } ?? .absent
        }
        switch conditions.helo {
        case .oneOf(let exact, let below): request.helo = exact.first?.bytes ?? below.first.map { Array("x.".utf8) + $0.bytes }
        case .verified: request.heloStatus = .verified
        case .unverified: request.heloStatus = .unverified
        case nil: break
        }
        request.listener = conditions.listeners?.first
        if let login = conditions.login {
            request.login = .known(
                RelayRequest.Login(
                    name: login.names?.first ?? policy.ownership.keys.min() ?? "anna", mechanism: login.mechanisms?.first))
        } else if conditions.senderOwnedByLogin, let owner = policy.ownership.keys.min() {
            request.login = .known(RelayRequest.Login(name: owner))
        }
        if conditions.needsPOPLogin { request.popLogin = .known(RelayRequest.POPLogin(name: policy.ownership.keys.min())) }
        if let tls = conditions.tls {
            request.tlsVersion = "TLSv1.3"
            if case .certificate(let words) = tls { request.certificates = Array(words.prefix(1)) }
        }
        request.reversePath = own.senders.first { path in
            (conditions.sender?.set.contains(path) ?? (path != .null))
        } ?? .null
        request.forwardPath = own.recipients.first { written in
            guard let to = conditions.to?.set else { return policy.isElsewhere(written.path) }
            return to.contains(written.path)
        } ?? request.forwardPath
        return request
    }

    private static func ends(_ sets: [AddressSet]) -> [IPAddress] {
        var ends: Set<IPAddress> = []
        for range in sets.flatMap(\.ranges) {
            for (end, step) in [(range.first, UInt128.max), (range.last, 1)] {
                ends.insert(end)
                let beside = end.value &+ step
                guard beside <= end.family.last else { continue }
                ends.insert(
                    end.family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: beside)) : IPAddress(v6: beside))
            }
        }
        return ends.sorted()
    }

    /// A domain, one below, one above, and one that only ends in the same letters.
    private static func around(_ end: [UInt8]) -> [Domain] {
        let text = String(decoding: end, as: UTF8.self)
        guard let domain = Domain(text), !domain.isLiteral else {
            return [text, "x" + text].compactMap { Domain($0) }
        }
        return ([domain] + [domain.parent].compactMap { $0 }) + ["x.\(text)", "x\(text)"].compactMap { Domain($0) }
    }

    private static func mailboxes(_ patterns: [PathPattern]) -> [Mailbox] {
        var found: [Mailbox] = []
        var seen: Set<Mailbox> = []
        func add(_ localPart: [UInt8], _ domain: Domain) {
            let mailbox = Mailbox(localPart: localPart, domain: domain)
            if seen.insert(mailbox).inserted { found.append(mailbox) }
        }
        let (someone, postmaster) = (Array("someone".utf8), Array("postmaster".utf8))
        let elsewhere = Domain("elsewhere.example")
        if let elsewhere { add(someone, elsewhere) }
        for pattern in patterns {
            switch pattern {
            case .null: break
            case .mailbox(let localPart, let domain):
                add(localPart, domain)
                add(Array("x".utf8) + localPart, domain)
                for near in around(domain.bytes) { add(localPart, near) }
            case .domain(let domain), .below(let domain):
                for near in around(domain.bytes) { add(someone, near) }
                add(postmaster, domain)
            case .localPart(let localPart): if let elsewhere { add(localPart, elsewhere) }
            case .endsWith(let text): for near in around(text) { add(someone, near) }
            }
        }
        return found
    }
}

extension Policy {
    fileprivate func isElsewhere(_ path: ForwardPath) -> Bool {
        guard case .mailbox(let mailbox) = path else { return false }
        return local.entry(for: mailbox.domain) == nil && !mailbox.domain.isLiteral
    }
}
