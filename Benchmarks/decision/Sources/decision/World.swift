import Diagnostics
import MailTypes
import RelayPolicy

/// A policy of a hundred rules whose lists have together `length` networks and `length` domains, and the requests that
/// such a server gets.
struct World {
    static let rules = 100
    let policy: Policy
    let kinds: [(name: String, requests: [RelayRequest])]

    init(length: Int) {
        policy = Self.policy(length)
        let strangers = (0..<1024).map { Self.request(client: Self.outside($0), to: "y\($0)@victim\($0).example") }
        let deliveries = (0..<1024).map {
            Self.request(client: Self.outside($0), to: "y@ours\($0 * 7919 % length).example")
        }
        let clients = (0..<1024).map {
            Self.request(client: Self.network($0 * 7919 % length).0, to: "y@victim\($0).example")
        }
        let partners = (0..<1024).map {
            let number = $0 * 7919 % length
            return Self.request(client: Self.network(number).0, to: "y@partner\(number).example")
        }
        let users = (0..<1024).map {
            var request = Self.request(client: Self.outside($0), to: "y@victim\($0).example")
            request.login = .known(.init(name: "user\($0 % 100)"))
            request.reversePath = .mailbox(Self.mailbox("user\($0 % 100)@ours0.example"))
            return request
        }
        let mixed = (0..<1024).map { [strangers, deliveries, clients, partners, users][$0 % 5][$0] }
        kinds = [
            ("a stranger's relaying", strangers), ("delivery", deliveries), ("a relay client", clients),
            ("a client's partner", partners), ("a user with a login", users), ("all mixed", mixed),
        ]
    }

    private static func policy(_ length: Int) -> Policy {
        var policy = Policy()
        policy.local = LocalDomains(
            (0..<length).map { LocalDomains.Entry(domain: domain("ours\($0).example"), at: place) })
        policy.ownership = Dictionary(
            uniqueKeysWithValues: (0..<100).map {
                (
                    "user\($0)",
                    PathPatternSet([.mailbox(localPart: Array("user\($0)".utf8), domain: domain("ours0.example"))])
                )
            })
        policy.relay = (0..<rules).map { rule in
            // Every list item belongs to one rule, so that together they are `length`.
            let items = stride(from: rule, to: length, by: rules)
            var conditions = Conditions()
            if rule == rules - 1 {
                conditions.login = .init(names: nil)
                conditions.senderOwnedByLogin = true
            } else {
                conditions.from = .init(AddressSet(items.map { network($0).1 }), text: "clients\(rule)")
            }
            if rule % 2 == 0 {
                conditions.to = .init(
                    PathPatternSet(items.map { .domain(domain("partner\($0).example")) }), text: "partners\(rule)")
            }
            return Rule(
                name: "rule \(rule)", at: place, verb: rule % 10 == 3 ? .reject : .permit, conditions: conditions)
        }
        policy.refuse = [
            Rule(
                name: "spammers", at: place, verb: .reject,
                conditions: {
                    var conditions = Conditions()
                    conditions.sender = .init(
                        PathPatternSet((0..<length).map { .domain(domain("spam\($0).example")) }), text: "spammers")
                    return conditions
                }())
        ]
        return policy
    }

    private static let place = SourceLocation(file: "benchmark", line: 1, column: 1)
    private static let now = Instant(seconds: 1_800_000_000)

    /// Networks of /28, some addresses apart, and an address in each.
    private static func network(_ number: Int) -> (IPAddress, IPRange) {
        let first = 0x0a00_0000 + UInt32(number) * 64
        let range = IPRange(first: IPAddress(v4: first), last: IPAddress(v4: first + 15))
        guard let range else { fatalError("a network has its ends in order") }
        return (IPAddress(v4: first + 5), range)
    }

    private static func outside(_ number: Int) -> IPAddress { IPAddress(v4: 0xc633_0000 + UInt32(number)) }

    private static func request(client: IPAddress, to: String) -> RelayRequest {
        var request = RelayRequest(client: client, forwardPath: WrittenPath(.mailbox(mailbox(to))), now: now)
        request.reversePath = .mailbox(mailbox("someone@sender.example"))
        return request
    }

    private static func mailbox(_ text: String) -> Mailbox {
        let parts = text.split(separator: "@")
        return Mailbox(localPart: Array(parts[0].utf8), domain: domain(String(parts[1])))
    }

    private static func domain(_ text: String) -> Domain {
        guard let domain = Domain(text) else { fatalError("\(text) is no domain") }
        return domain
    }
}
