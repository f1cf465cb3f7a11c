import MailTypes

/// Who may do what on which of the server's addresses. The connector with the fewest addresses around a client is the
/// client's; which port and which of several servers it connects to is the client's own choice, so what one of them
/// grants is granted.
struct ReceiveConnectorGrants {
    /// Clients of a connector at a local address.
    struct Share: Hashable {
        var connector: Int
        /// Nil for every address that no connector names.
        var localAddress: IPAddress?
        var clients: AddressSet
    }

    private(set) var shares: [Share] = []
    private let model: ReceiveConnectorModel

    init(_ model: ReceiveConnectorModel) {
        self.model = model
        let doors = Set(model.connectors.flatMap { connector in connector.bindings.map { Door(server: connector.server, port: $0.port) } })
        var places: [Place: Int] = [:]
        for localAddress in model.localAddresses.map(Optional.some) + [nil] {
            for door in doors.sorted(by: { ($0.server, $0.port) < ($1.server, $1.port) }) {
                for (connector, clients) in Self.partition(model, door, localAddress) {
                    let place = Place(connector: connector, localAddress: localAddress)
                    if let known = places[place] {
                        shares[known].clients = shares[known].clients.union(clients)
                    } else {
                        places[place] = shares.count
                        shares.append(Share(connector: connector, localAddress: localAddress, clients: clients))
                    }
                }
            }
        }
    }

    private struct Door: Hashable {
        var server: String
        var port: Int
    }

    private struct Place: Hashable {
        var connector: Int
        var localAddress: IPAddress?
    }

    private struct Candidate {
        var size: UInt128
        /// A binding to the address itself goes before one to every address.
        var isForEveryAddress: Bool
        var place: Int
        var connector: Int
        var range: IPRange
    }

    /// Each client's connector at one door.
    private static func partition(
        _ model: ReceiveConnectorModel, _ door: Door, _ localAddress: IPAddress?
    ) -> [(connector: Int, clients: AddressSet)] {
        var candidates: [Candidate] = []
        for (index, connector) in model.connectors.enumerated() where connector.isEnabled && connector.server == door.server {
            for family in IPAddress.Family.allCases where localAddress.map({ $0.family == family }) ?? true {
                let bindings = connector.bindings.filter {
                    $0.port == door.port && $0.family == family && ($0.address == nil || $0.address == localAddress)
                }
                guard !bindings.isEmpty else { continue }
                let isForEveryAddress = bindings.allSatisfy { $0.address == nil }
                for range in connector.ranges where range.value.family == family {
                    candidates.append(
                        Candidate(
                            size: range.value.last.value - range.value.first.value, isForEveryAddress: isForEveryAddress,
                            place: candidates.count, connector: index, range: range.value))
                }
            }
        }
        candidates.sort { a, b in
            (a.size, a.isForEveryAddress ? 1 : 0, a.place) < (b.size, b.isForEveryAddress ? 1 : 0, b.place)
        }
        var left = AddressSet.everything
        var clients: [Int: AddressSet] = [:]
        var next = candidates[...]
        while let first = next.first {
            // Neighbours of one connector are taken together: scripts list thousands of addresses.
            let run = next.prefix { $0.connector == first.connector }
            next = next[run.endIndex...]
            let taken = AddressSet(run.map(\.range)).intersection(left)
            left = left.subtracting(taken)
            clients[first.connector] = (clients[first.connector] ?? AddressSet()).union(taken)
        }
        return clients.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: Answers

    /// Whether the same clients are the connector's at every address of the server.
    func isEverywhere(_ share: Share) -> Bool {
        shares.count { $0.connector == share.connector && $0.clients == share.clients } == model.localAddresses.count + 1
    }

    /// Clients with `right` at `localAddress` without logging in.
    func anonymous(_ right: ReceiveConnectorModel.Right, at localAddress: IPAddress?) -> AddressSet {
        clients(at: localAddress) { $0.anonymousMay(.submit) && $0.anonymousMay(right) }
    }

    /// Clients with `right` at `localAddress` once they have logged in, or without.
    func authenticated(_ right: ReceiveConnectorModel.Right, at localAddress: IPAddress?) -> AddressSet {
        clients(at: localAddress) { connector in
            connector.sessionMay(.submit) && connector.sessionMay(right)
        }
    }

    private func clients(at localAddress: IPAddress?, _ fits: (ReceiveConnectorModel.Connector) -> Bool) -> AddressSet {
        let fitting = shares.filter { $0.localAddress == localAddress && fits(model.connectors[$0.connector]) }
        return AddressSet(fitting.flatMap(\.clients.ranges))
    }
}
