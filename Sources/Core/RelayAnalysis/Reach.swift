import MailTypes
import RelayPolicy

/// The most that one holder of a proof can send under the limits.
public struct Reach: Hashable, Sendable {
    /// Whose the proof is.
    public enum Holder: Hashable, Sendable {
        /// Each of these logins. Nil: each that no rule and no users file names.
        case login([String]?)
        /// Whoever shows one of these certificates.
        case certificate([String])
        /// Whoever comes from an address with a recent POP login.
        case pop
        /// Each client in these addresses, by its address alone.
        case client(AddressSet)
        /// Whoever has a confirmed name that the rule takes.
        case name
    }

    public var holder: Holder
    /// The permits that it has, in their order.
    public var rules: [Int]
    /// Recipients; nil is without limit.
    public var anHour: UInt64?
    public var aDay: UInt64?
}

extension Policy {
    /// For each login, certificate, POP login, name and set of addresses the most recipients that its holder reaches in
    /// an hour and in a day, by all its permits together; who has no limit comes first.
    ///
    /// A window begins with its first recipient, so that two of them meet in one hour; a limit for each client binds a
    /// holder with many addresses to nothing, as one for each sender does who may choose the sender. A limit of bytes
    /// bounds no number of recipients. A proof is what a rule asks for: where a class needs a login only since an earlier
    /// rule takes those without, its holder needs none. `recipients` is how many a message may have; nil if nothing says.
    /// `grants` are those of the policy.
    public func reach(of grants: [Grant], recipientsPerMessage recipients: UInt64?) -> [Reach] {
        var found: [Reach] = []
        func add(_ holder: Reach.Holder, _ own: [Grant]) {
            guard !own.isEmpty else { return }
            let rules = Set(own.map(\.rule)).sorted()
            func sum(_ span: Duration) -> UInt64? {
                rules.reduce(UInt64?(0)) { sum, rule in
                    guard let sum, let one = self.relay[rule].most(within: span, for: holder, recipients) else { return nil }
                    let (total, isTooMuch) = sum.addingReportingOverflow(one)
                    return isTooMuch ? nil : total
                }
            }
            found.append(Reach(holder: holder, rules: rules, anHour: sum(.seconds(3600)), aDay: sum(.seconds(86400))))
        }
        func conditions(_ grant: Grant) -> Conditions { relay[grant.rule].conditions }
        addLogins(grants.filter { conditions($0).asksForLogin }, add)
        let shown = grants.filter { conditions($0).asksForCertificate }
        for words in Set(shown.flatMap(\.requests.certificates.each)).sorted(by: { $0[0] < $1[0] }) {
            add(.certificate(words), shown.filter { $0.requests.certificates.each.contains(words) })
        }
        add(.pop, grants.filter { conditions($0).needsPOPLogin })
        add(.name, grants.filter { conditions($0).asksForName })
        let byAddress = grants.filter { !conditions($0).asksForMoreThanAddress }
        let clients = AddressDimension(
            byAddress.enumerated().map { ($0, $1.requests.clients) }, capacity: byAddress.count)
        var addresses: [[Int]: AddressSet] = [:]
        for (group, features) in clients.groups.enumerated() where !features.isEmpty {
            let rules = Set(features.members.map { byAddress[$0].rule }).sorted()
            addresses[rules] = (addresses[rules] ?? AddressSet()).union(clients.addresses(of: [group]))
        }
        for (rules, set) in addresses.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            add(.client(set), byAddress.filter { rules.contains($0.rule) })
        }
        return found.enumerated().sorted { a, b in
            let (x, y) = (a.element.aDay ?? .max, b.element.aDay ?? .max)
            return x == y ? a.offset < b.offset : x > y
        }
        .map(\.element)
    }

    /// Logins with the same permits stand together.
    private func addLogins(_ grants: [Grant], _ add: (Reach.Holder, [Grant]) -> Void) {
        var names = Set(ownership.keys)
        for grant in grants { names.formUnion((grant.requests.logins.names ?? []) + grant.requests.logins.exceptions) }
        func own(_ login: String?) -> [Grant] {
            grants.filter { grant in
                let logins = grant.requests.logins
                return logins.names.map { login.map($0.contains) ?? false } ?? !(login.map(logins.exceptions.contains) ?? false)
            }
        }
        var together: [[Int]: [String]] = [:]
        for name in names.sorted() { together[Set(own(name).map(\.rule)).sorted(), default: []].append(name) }
        for (_, logins) in together.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            add(.login(logins), own(logins[0]))
        }
        add(.login(nil), own(nil))
    }
}

extension Conditions {
    fileprivate var asksForLogin: Bool { login != nil || senderOwnedByLogin && !needsPOPLogin }
    fileprivate var asksForCertificate: Bool { if case .certificate? = tls { true } else { false } }
    fileprivate var asksForName: Bool { if case .oneOf? = name { true } else { false } }
    fileprivate var asksForMoreThanAddress: Bool { asksForLogin || asksForCertificate || asksForName || needsPOPLogin }
}

extension Rule {
    /// The most recipients that one holder reaches by this rule; nil is without limit.
    fileprivate func most(within span: Duration, for holder: Reach.Holder, _ recipientsPerMessage: UInt64?) -> UInt64? {
        limits.compactMap { limit -> UInt64? in
            guard limit.binds(holder) else { return nil }
            let perWindow: UInt64
            switch limit.unit {
            case .recipients: perWindow = limit.count
            case .messages:
                guard let recipientsPerMessage else { return nil }
                let (product, isTooMuch) = limit.count.multipliedReportingOverflow(by: recipientsPerMessage)
                guard !isTooMuch else { return nil }
                perWindow = product
            case .bytes: return nil
            }
            // Windows follow one another, and the one that was begun before counts too.
            let window = max(1, limit.window.components.seconds)
            let windows = UInt64((span.components.seconds + window - 1) / window + 1)
            let (product, isTooMuch) = perWindow.multipliedReportingOverflow(by: windows)
            return isTooMuch ? nil : product
        }
        .min()
    }
}

extension Limit {
    /// Whether one holder is bound by it, and cannot be several of its subjects.
    fileprivate func binds(_ holder: Reach.Holder) -> Bool {
        switch (subject, holder) {
        case (.rule, _): true
        case (.login, .login), (.certificate, .certificate), (.client, .client): true
        // A POP login is one of an address.
        case (.client, .pop): true
        case (.login, _), (.certificate, _), (.client, _), (.sender, _): false
        }
    }
}
