import Diagnostics
import MailTypes
import RelayPolicy

/// Whether strangers can relay, by its definition (Meaning 5): the grants that ask for nothing but an address
/// cover more than a /8 of public IPv4 or a /20 of public IPv6 together, or a grant asks for no proof at all.
///
/// Of earlier rules only those are taken off that reject by `from` alone: what else they ask could be evaded, so
/// this never says less than the truth; `RelayAnalysis` says the rest of it.
struct StrangersCheck {
    static let id = "GP-003"
    /// A /8.
    private static let mostIPv4: UInt128 = 1 << 24
    /// A /20.
    private static let mostIPv6: UInt128 = 1 << 108

    let rules: [RuleReading]
    let today: CalendarDay

    var problems: [Diagnostic] {
        var problems = rules.filter { isLive($0) && $0.rule.proofNone }.map { reading in
            Diagnostic(
                .critical, id: Self.id, "strangers can relay: \"\(reading.rule.name)\" asks for no proof",
                at: reading.place(of: "proof"), why: "`proof none` lets everyone relay whom its other lines fit",
                fix: "write who may ask instead: from NETWORK, login any, tls client-certificate FILE, pop logged-in")
        }
        if let tooWide = tooWide { problems.append(tooWide) }
        return problems
    }

    private var tooWide: Diagnostic? {
        let grants = openGrants
        let all = Self.union(of: grants)
        guard all.count(.v4) > Self.mostIPv4 || all.count(.v6) > Self.mostIPv6,
            let widest = grants.max(by: { $0.share < $1.share })
        else { return nil }
        let names = grants.filter { !$0.addresses.isEmpty }.map { "\"\($0.reading.rule.name)\"" }
        let rule = widest.reading.rule
        let what =
            rule.conditions.name == nil
            ? "permits \(Self.amount(widest.addresses))" : "asks for a name that anybody can have"
        return Diagnostic(
            .critical, id: Self.id, "strangers can relay: \"\(rule.name)\" \(what)",
            at: widest.reading.place(of: rule.conditions.name == nil ? "from" : "name"),
            why:
                "\(Self.list(names)) permit\(names.count == 1 ? "s" : ", taken together,") \(Self.amount(all)) without a login, certificate, POP login or name of their own, and more than a /8 of IPv4 or a /20 of IPv6 is nobody's own",
            fix: "name the networks that are yours, or ask for a login")
    }

    /// Public addresses that can relay by their address alone.
    var strangersWhoCanRelay: AddressSet { Self.union(of: openGrants) }

    private static func union(of grants: [Grant]) -> AddressSet {
        grants.reduce(AddressSet()) { $0.union($1.addresses) }
    }

    private struct Grant {
        var reading: RuleReading
        /// Public ones only.
        var addresses: AddressSet
        /// Of what is too much.
        var share: Double {
            max(
                Double(addresses.count(.v4)) / Double(StrangersCheck.mostIPv4),
                Double(addresses.count(.v6)) / Double(StrangersCheck.mostIPv6))
        }
    }

    /// Permits that need nothing but an address, with the public addresses that reach them.
    private var openGrants: [Grant] {
        var refused = AddressSet()
        var passed = AddressSet()
        var grants: [Grant] = []
        for section in [RuleReading.Section.connection, .refuse, .relay] {
            for reading in rules where reading.section == section && !reading.rule.observes {
                let from = reading.rule.conditions.from?.set ?? .everything
                switch reading.rule.verb {
                case .pass:
                    passed = passed.union(from)
                case .reject, .defer:
                    // A pass above ends `refuse`, so that its rejects below do not meet these clients.
                    if reading.rule.asksForAddressAlone {
                        refused = refused.union(section == .refuse ? from.subtracting(passed) : from)
                    }
                // A permit without any proof is an error of its own (GP-001).
                case .permit where isLive(reading) && reading.rule.isOpen && reading.rule.hasProofOfAddressOrName:
                    grants.append(Grant(reading: reading, addresses: from.subtracting(refused).subtracting(.notPublic)))
                case .permit:
                    break
                }
            }
        }
        return grants
    }

    private func isLive(_ reading: RuleReading) -> Bool {
        reading.rule.verb == .permit && !reading.rule.observes && reading.rule.until.map { $0 >= today } ?? true
    }

    /// `"a", "b" and "c"`
    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    static func amount(_ set: AddressSet) -> String {
        var parts: [String] = []
        if set.count(.v4) > 0 { parts.append("\(grouped(set.count(.v4))) public IPv4 addresses") }
        if set.count(.v6) > 0 { parts.append("public IPv6 addresses worth a /\(prefix(of: set.count(.v6)))") }
        return parts.isEmpty ? "no public address" : parts.joined(separator: " and ")
    }

    /// The smallest network that holds `count` addresses.
    private static func prefix(of count: UInt128) -> Int { (count - 1).leadingZeroBitCount }

    /// `16,777,216`
    private static func grouped(_ count: UInt128) -> String {
        var groups: [String] = []
        var rest = String(count)
        while rest.utf8.count > 3 {
            groups.insert(String(rest.suffix(3)), at: 0)
            rest.removeLast(3)
        }
        return ([rest] + groups).joined(separator: ",")
    }
}

extension Rule {
    /// Whether it asks for no login, certificate, POP login or host name. A name pattern over a public suffix asks
    /// for nothing, since anybody can have such a name.
    var isOpen: Bool {
        if conditions.login != nil || conditions.needsPOPLogin { return false }
        if case .certificate = conditions.tls { return false }
        guard case .oneOf(_, let below) = conditions.name else { return true }
        return below.contains(where: PublicSuffixes.contains)
    }

    /// Whether it says from where, or under which names, the client must come.
    fileprivate var hasProofOfAddressOrName: Bool {
        if proofNone { return false }
        if case .oneOf = conditions.name { return true }
        return conditions.from != nil
    }

    /// Whether its only condition is `from`.
    var asksForAddressAlone: Bool {
        var alone = Conditions()
        alone.from = conditions.from
        return conditions == alone
    }
}
