import Glibc
import Synchronization

/// Shares out the file descriptors of the process, so that no crowd of clients takes the last ones from the mail of those
/// who are there already, or from whoever asks what is the matter.
final class Descriptors: Sendable {
    /// Not for connections: the control socket, files that a reload reads, the DNS.
    private static let keptForTheRest = 12
    /// Of those for connections one in so many is kept for the protected servers.
    private static let shareOfServers = 3

    /// Is there to be duplicated.
    private let own = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    private let usedAtStart = Atomic(0)

    deinit { close(own) }

    /// What is open now is open for as long as the gateway runs.
    func gatewayStarts() { usedAtStart.store(next ?? 0, ordering: .relaxed) }

    /// Whether a client more may be accepted.
    var sufficeForClient: Bool {
        let used = usedAtStart.load(ordering: .relaxed)
        let forConnections = max(limit - Self.keptForTheRest - used, 2)
        return next.map { $0 < used + forConnections - forConnections / Self.shareOfServers } ?? false
    }

    /// Whether a protected server may be dialled.
    var sufficeForServer: Bool {
        let used = usedAtStart.load(ordering: .relaxed)
        return next.map { $0 < max(limit - Self.keptForTheRest, used + 2) } ?? false
    }

    /// `ulimit -n`, which may be changed while we run.
    var limit: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// The number that the next one will have, the lowest that is free: all below it are in use. Nil where there is none.
    private var next: Int? {
        let descriptor = fcntl(own, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        close(descriptor)
        return Int(descriptor)
    }
}
