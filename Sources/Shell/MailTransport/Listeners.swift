import Glibc
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// What those who come in at an address meet there.
struct Door: Hashable, Sendable {
    var listener: String
    /// From the first byte on.
    var hasTLS: Bool
    /// STARTTLS.
    var offersTLS: Bool

    init(_ listener: GatewaySettings.Listener, at address: GatewaySettings.Address) {
        (self.listener, offersTLS) = (listener.name, listener.offersTLS)
        hasTLS = listener.addressesWithTLS.contains(address)
    }
}

/// The door of an address, as its sockets know it: a reload may give an address to another listener without binding it
/// again.
final class CurrentDoor: Sendable {
    private let door: NIOLockedValueBox<Door>
    init(_ door: Door) { self.door = NIOLockedValueBox(door) }

    var current: Door {
        get { door.withLockedValue { $0 } }
        set { door.withLockedValue { $0 = newValue } }
    }
}

/// The listening sockets. An address that a reload keeps is not bound again.
actor Listeners {
    fileprivate struct Bound: Sendable {
        let door: CurrentDoor
        let address: GatewaySettings.Address
        let channels: [any Channel]
    }

    /// What a commit will do: sockets that are bound and wait, doors that change, sockets to close.
    struct Change: Sendable {
        fileprivate var added: [Bound] = []
        fileprivate var changed: [(CurrentDoor, to: Door)] = []
        fileprivate var removed: [Bound] = []
    }

    private var sockets: [Bound] = []

    var bound: [(listener: String, address: GatewaySettings.Address)] {
        sockets.map { ($0.door.current.listener, $0.address) }
    }

    /// Binds what is new, or nothing.
    func prepare(
        _ listeners: [GatewaySettings.Listener], _ workers: [Worker]
    ) async throws(ListeningProblem) -> Change {
        var change = Change()
        let wanted = listeners.flatMap { listener in listener.addresses.map { (Door(listener, at: $0), $0) } }
        for (door, address) in wanted {
            if let socket = sockets.first(where: { $0.address == address }) {
                if socket.door.current != door { change.changed.append((socket.door, to: door)) }
                continue
            }
            do {
                change.added.append(try await bind(address, CurrentDoor(door), workers))
            } catch {
                for socket in change.added { await close(socket) }
                let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
                throw ListeningProblem(listener: door.listener, address: address, message: reason)
            }
        }
        change.removed = sockets.filter { socket in !wanted.contains { $0.1 == socket.address } }
        return change
    }

    /// Begins to accept on the new sockets, and closes those that are no longer wanted.
    func commit(_ change: Change) async {
        for (door, new) in change.changed { door.current = new }
        for socket in change.added {
            for channel in socket.channels { try? await channel.setOption(.autoRead, value: true).get() }
        }
        for socket in change.removed { await close(socket) }
        sockets.removeAll { socket in change.removed.contains { $0.address == socket.address } }
        sockets += change.added
    }

    /// A socket for each event loop. SO_REUSEPORT would let two daemons share a port without a word, so a plain socket
    /// has to get it first.
    private func bind(
        _ address: GatewaySettings.Address, _ door: CurrentDoor, _ workers: [Worker]
    ) async throws -> Bound {
        try Self.checkIsFree(address)
        var channels: [any Channel] = []
        do {
            for worker in workers { channels.append(try await worker.listen(address, door).get()) }
        } catch {
            for channel in channels { try? await channel.close() }
            throw error
        }
        return Bound(door: door, address: address, channels: channels)
    }

    /// Binds a plain socket for a moment. It does not listen, so nobody is accepted and dropped.
    private static func checkIsFree(_ address: GatewaySettings.Address) throws {
        let family = address.host.family == .v6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        defer { Glibc.close(descriptor) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        let target = try SocketAddress(ipAddress: address.host.description, port: Int(address.port))
        let result = target.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) }
        guard result == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
    }

    private func close(_ socket: Bound) async {
        for channel in socket.channels { try? await channel.close() }
    }

    func closeAll() async {
        for socket in sockets { await close(socket) }
        sockets.removeAll()
    }
}

extension ServerBootstrap {
    /// An IPv6 socket takes IPv6 alone: IPv4 has sockets of its own, and the same client has one address, not two.
    func onlyIPv6(on address: GatewaySettings.Address) -> ServerBootstrap {
        guard address.host.family == .v6 else { return self }
        return serverChannelOption(
            ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
    }
}
