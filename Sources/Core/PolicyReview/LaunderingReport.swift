import Diagnostics
import MailTypes
import PolicyLanguage
import RelayPolicy

/// Permits by address where the address may be anybody's: of a container bridge, of a balancer that need not say whose
/// connection it is, of the default gateway. Whoever comes through one of them has its address.
///
/// A listener counts that is public: on a public address or all, or with balancers, who bring the public with them.
struct LaunderingReport {
    static let id = "GP-004"
    private let configuration: Configuration
    private let host: HostFacts
    private(set) var diagnostics: [Diagnostic] = []

    init(_ configuration: Configuration, on host: HostFacts, at now: Instant) {
        (self.configuration, self.host) = (configuration, host)
        var first: Rule?
        for (index, rule) in configuration.policy.relay.enumerated() {
            guard rule.permitsByAddressAlone, rule.until.map({ $0 >= now.day }) ?? true,
                let from = rule.conditions.from?.set
            else { continue }
            let listeners = configuration.listeners.filter { rule.conditions.listeners?.contains($0.name) ?? true }
                .filter(\.isPublic)
            guard !listeners.isEmpty else { continue }
            first = first ?? rule
            judge(rule, from.subtracting(refused(before: index)), on: listeners)
        }
        if let problem = host.problem, let first {
            diagnostics.append(
                Diagnostic(
                    .warning, "whether a permitted address is a container bridge's or the default gateway's is not known", at: first.at,
                    why: problem))
        }
    }

    private mutating func judge(_ rule: Rule, _ permitted: AddressSet, on listeners: [Configuration.Listener]) {
        for interface in host.interfaces where interface.isContainerBridge {
            for address in interface.addresses where permitted.contains(address) {
                guard let listener = listeners.first(where: { $0.takes(address) }) else { continue }
                diagnostics.append(
                    Diagnostic(
                        .error, id: Self.id,
                        "\"\(rule.name)\" permits \(address), this host's own address on the bridge \(interface.name), on the public listener `\(listener.name)`",
                        at: rule.at, why: "what a container bridge forwards has its address: everybody who comes through it could relay",
                        fix: "write `except \(address)`, or give these clients a listener on an inside address and add `listener NAME`"))
            }
        }
        for listener in listeners {
            let others = configuration.listeners.filter { $0.name != listener.name }
                .reduce(AddressSet()) { $0.union($1.balancers) }
            let undemanded = others.intersection(permitted).subtracting(listener.balancers)
            guard let range = undemanded.ranges.first(where: { listener.takes($0.first) }) else { continue }
            diagnostics.append(
                Diagnostic(
                    .error, id: Self.id,
                    "\"\(rule.name)\" permits \(range), a balancer, and the listener `\(listener.name)` demands no PROXY header from it",
                    at: rule.at, why: "whoever comes through the balancer has its address there, and could relay",
                    fix: "write `proxy-protocol from \(range)` into that listener, or `except \(range)` here"))
        }
        for gateway in Set(host.defaultGateways).sorted() where permitted.contains(gateway) {
            guard let listener = listeners.first(where: { $0.takes(gateway) }) else { continue }
            diagnostics.append(
                Diagnostic(
                    .warning, "\"\(rule.name)\" permits \(gateway), this host's default gateway, on the public listener `\(listener.name)`",
                    at: rule.at, why: "a gateway that translates addresses on the way in lends its own to everybody",
                    fix: "write `except \(gateway)`, unless it relays of its own"))
        }
    }

    /// Addresses that a rule made of nothing but them refuses before.
    private func refused(before index: Int) -> AddressSet {
        let policy = configuration.policy
        return (policy.connectionRules + policy.refuse + policy.relay[..<index])
            .prefix { $0.verb != .pass }
            .filter { !$0.observes && ($0.verb == .reject || $0.verb == .defer) }
            .compactMap(\.conditions.addressesAlone)
            .reduce(AddressSet()) { $0.union($1) }
    }
}

extension Conditions {
    /// Its addresses, where it asks for nothing else.
    fileprivate var addressesAlone: AddressSet? {
        var others = self
        others.from = nil
        return others == Conditions() ? from?.set : nil
    }
}

extension Configuration.Listener {
    fileprivate var isPublic: Bool {
        !balancers.isEmpty || addresses.contains { $0.host.value == 0 || !AddressSet.notPublic.contains($0.host) }
    }

    /// Whether a client of this address gets in as such: an address of the family is listened on, and it need not say
    /// whose connection it is.
    fileprivate func takes(_ address: IPAddress) -> Bool {
        addresses.contains { $0.host.family == address.family } && !balancers.contains(address)
    }
}
