import Diagnostics
import MailTypes
import RelayPolicy

/// Whether a permit gives more than it seems to, or less.
extension ConfigurationReader {
    /// Addresses that a proxy, a container bridge or NAT may give to any client.
    private static let borrowed = AddressSet(
        [
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "::1", "fc00::/7",
            "fe80::/10",
        ]
        .compactMap { try? AddressSet.parse($0) })

    mutating func checkGrant(_ reading: RuleReading) {
        let rule = reading.rule
        guard let from = rule.conditions.from?.set else { return }
        let place = reading.place(of: "from")
        if rule.isOpen { checkBorrowedAddresses(rule, from, at: place) }
        checkTwin(rule, from, at: place)
        checkCircles(rule, from, at: place)
    }

    private mutating func checkBorrowedAddresses(_ rule: Rule, _ from: AddressSet, at place: SourceLocation) {
        let addresses = from.intersection(Self.borrowed)
        guard let first = addresses.ranges.first, let listener = listeners(of: rule).first(where: isPublic) else {
            return
        }
        let more = addresses.ranges.count > 1 ? " and more" : ""
        warn(
            "\"\(rule.name)\" permits \(first)\(more) on the public listener `\(listener.name)`", at: place,
            why: "behind a proxy, a container bridge or NAT every client may have such an address",
            fix: "give these clients a listener on an inside address and add `listener NAME`")
    }

    /// A host with both protocols uses either, and which is not its administrator's to say.
    private mutating func checkTwin(_ rule: Rule, _ from: AddressSet, at place: SourceLocation) {
        let families = IPAddress.Family.allCases.filter { from.count($0) > 0 }
        guard families.count == 1 else { return }
        let isDual = listeners(of: rule).first { Set($0.addresses.map(\.host.family)).count == 2 }
        guard let listener = isDual else { return }
        let (one, other) = families[0] == .v4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        warn(
            "\"\(rule.name)\" has \(one) networks only, and the listener `\(listener.name)` takes \(other) too",
            at: place,
            why: "the same clients may come by \(other) and be refused",
            fix: "add their \(other) networks, if they have any")
    }

    private mutating func checkCircles(_ rule: Rule, _ from: AddressSet, at place: SourceLocation) {
        for upstream in configuration.upstreams {
            for server in upstream.servers {
                guard let address = IPAddress(server.host), from.contains(address) else { continue }
                warn(
                    "\"\(rule.name)\" permits \(address), which is a server of the upstream `\(upstream.name)`",
                    at: place,
                    why: "what that server sends back here would go to it again: mail in circles",
                    fix: "write `except \(address)`, unless it sends its outgoing mail through here")
            }
        }
    }

    /// The listeners on which the rule counts.
    private func listeners(of rule: Rule) -> [Configuration.Listener] {
        configuration.listeners.filter { rule.conditions.listeners?.contains($0.name) ?? true }
    }

    private func isPublic(_ listener: Configuration.Listener) -> Bool {
        listener.addresses.contains { $0.host.value == 0 || !AddressSet.notPublic.contains($0.host) }
    }
}
