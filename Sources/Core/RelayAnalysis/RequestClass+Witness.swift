import MailTypes
import RelayPolicy

extension RequestClass {
    /// A request of the class whose recipient's form is taken; nil where there is none.
    func witness(under policies: [Policy], at now: Instant, _ samples: Samples = Samples()) -> RelayRequest? {
        guard let client = Self.clientThatReadsWell(clients) else { return nil }
        var request = RelayRequest(client: client, forwardPath: WrittenPath(.postmaster), now: now)
        if let names {
            if names.hasSpecial {
                request.clientName = .absent
            } else if let name = samples.name(of: names) {
                request.clientName = .confirmed(name)
            } else {
                return nil
            }
        }
        if let localAddresses, !localAddresses.hasNone {
            guard let address = Self.clientThatReadsWell(localAddresses.set) else { return nil }
            request.localAddress = address
        }
        if let listeners {
            guard let listener = listeners.first else { return nil }
            request.listener = listener
        }
        if let helo, !helo.hasSpecial {
            guard let name = samples.name(of: helo) else { return nil }
            request.helo = name.bytes
        }
        if let heloStatuses {
            guard let status = heloStatuses.first else { return nil }
            request.heloStatus = status
        }
        request.certificates = certificates.each.map { $0[0] }
        if tls == true || !request.certificates.isEmpty { request.tlsVersion = "TLSv1.3" }
        if pop == true { request.popLogin = .known(RelayRequest.POPLogin(name: nil)) }
        if mechanisms?.words?.isEmpty == true { return nil }
        // Some local parts are taken from `<>` only.
        return complete(request, fromNull: false, policies, samples) ?? complete(request, fromNull: true, policies, samples)
    }

    /// With sender, logins and recipient.
    private func complete(
        _ request: RelayRequest, fromNull: Bool, _ policies: [Policy], _ samples: Samples
    ) -> RelayRequest? {
        var request = request
        guard findSender(&request, fromNull: fromNull, policies, samples), findRecipient(&request, policies, samples) else { return nil }
        guard case .known(let login) = request.login, let mechanisms else { return request }
        request.login = .known(
            RelayRequest.Login(name: login.name, mechanism: mechanisms.words?.first?.uppercasedASCII))
        return request
    }

    /// An address in the middle of a small range, or one of those kept for examples.
    private static func clientThatReadsWell(_ set: AddressSet) -> IPAddress? {
        let examples = ["198.51.100.7", "203.0.113.7", "192.0.2.7", "2001:db8::7"].compactMap { IPAddress($0) }
        if let example = examples.first(where: set.contains) { return example }
        guard let range = set.ranges.first else { return nil }
        let isNetwork = range.networks.count == 1 && range.networks[0].prefixLength < range.family.width - 1
        guard isNetwork else { return range.first }
        let next = range.first.value + 1
        return range.family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: next)) : IPAddress(v6: next)
    }

    // MARK: Sender and login

    /// Chooses login, POP login and sender together, since what is owned ties them.
    private func findSender(
        _ request: inout RelayRequest, fromNull: Bool, _ policies: [Policy], _ samples: Samples
    ) -> Bool {
        for login in candidateLogins(policies) {
            let byLogin = restricted([senders], .login, login, policies)
            guard !byLogin.isEmpty else { continue }
            for popLogin in candidatePOPLogins(policies) {
                for set in restricted(byLogin, .pop, popLogin, policies) {
                    guard let path = sender(of: set, null: fromNull, samples) else { continue }
                    request.reversePath = path
                    if let login { request.login = .known(RelayRequest.Login(name: login)) }
                    if let popLogin { request.popLogin = .known(RelayRequest.POPLogin(name: popLogin.isEmpty ? nil : popLogin)) }
                    return true
                }
            }
        }
        return false
    }

    /// A mailbox rather than `<>`, so that a witness is an everyday message where it can be.
    private func sender(of set: PathSet, null: Bool, _ samples: Samples) -> ReversePath? {
        null
            ? (set.hasSpecial ? .null : nil)
            : samples.mailbox(of: set, isKept: ownership.isEmpty).map(ReversePath.mailbox)
    }

    private func candidateLogins(_ policies: [Policy]) -> [String?] {
        if logins.hasNone { return [nil] }
        if let names = logins.names { return names.map(Optional.some) }
        let claims = ownership.contains { $0.by == .login }
        let users = claims ? Set(policies.flatMap(\.ownership.keys)).subtracting(logins.exceptions).sorted() : []
        return users.map(Optional.some) + [Self.unusedLogin(besides: Set(users + logins.exceptions))]
    }

    /// The empty name is a POP login without one.
    private func candidatePOPLogins(_ policies: [Policy]) -> [String?] {
        guard pop == true else { return [nil] }
        if let names = popLogins?.words { return names.map(Optional.some) }
        if popLogins != nil { return [""] }
        guard ownership.contains(where: { $0.by == .pop }) else { return [""] }
        return Set(policies.flatMap(\.ownership.keys)).sorted().map(Optional.some) + [""]
    }

    private static func unusedLogin(besides taken: Set<String>) -> String? {
        (0...taken.count).lazy.map { $0 == 0 ? "someone" : "someone\($0)" }.first { !taken.contains($0) }
    }

    private func restricted(_ sets: [PathSet], _ by: Ownership.By, _ login: String?, _ policies: [Policy]) -> [PathSet] {
        var sets = sets
        for claim in ownership where claim.by == by {
            let owned = login.flatMap { policies[claim.policy].ownership[$0]?.patterns } ?? []
            sets =
                claim.holds
                ? (login == nil ? [] : sets.flatMap { $0.intersection(owned) })
                : sets.map { login == nil ? $0 : $0.subtracting(owned) }
        }
        return sets
    }

    // MARK: Recipient

    private func findRecipient(_ request: inout RelayRequest, _ policies: [Policy], _ samples: Samples) -> Bool {
        func isTaken(_ path: ForwardPath) -> Bool {
            policies.allSatisfy { $0.canonicalPath(of: WrittenPath(path), from: request.reversePath) == path }
        }
        if let mailbox = samples.mailbox(of: recipients, where: { isTaken(.mailbox($0)) }) {
            request.forwardPath = WrittenPath(.mailbox(mailbox))
            return true
        }
        guard recipients.hasSpecial else { return false }
        request.forwardPath = WrittenPath(.postmaster)
        return true
    }
}

extension String {
    var uppercasedASCII: String {
        String(decoding: utf8.map { $0 &- 0x61 < 26 ? $0 - 0x20 : $0 }, as: UTF8.self)
    }
}
