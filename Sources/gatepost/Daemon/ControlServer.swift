import Dispatch
import Glibc
import JSONText
import NIOConcurrencyHelpers

/// Answers the control socket, each connection on a thread of its own: who asks nothing, or does not read its answer,
/// keeps nobody else waiting.
final class ControlServer: Sendable {
    private enum Stage { case silent, answered, closing }

    /// Connections in the order of their coming. Whoever closes one takes it out of here first, under the lock, so that
    /// no descriptor is touched that has become another's.
    private typealias Connections = [(descriptor: Int32, stage: Stage)]

    private let descriptor: Int32
    private let path: String
    private let answer: @Sendable (ControlSocket.Request, String?) async -> JSONValue
    private let connections = NIOLockedValueBox(Connections())

    /// A question is a word; whoever sends more, or nothing, is not waited for.
    private static let patience = timeval(tv_sec: 5, tv_usec: 0)
    /// At once; for one more the longest silent one is closed.
    static let mostConnections = 16

    init(
        state: String, answer: @escaping @Sendable (ControlSocket.Request, String?) async -> JSONValue
    ) throws(Trouble) {
        path = ControlSocket.path(state: state)
        unlink(path)
        let mask = umask(0o077)
        defer { umask(mask) }
        guard let bound = ControlSocket.make(path, bind), listen(bound, 8) == 0 else {
            throw Trouble("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        (descriptor, self.answer) = (bound, answer)
    }

    func start() { OwnThread.run { self.serve() } }

    private func serve() {
        while true {
            let client = accept(descriptor, nil, nil)
            if client < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno == EMFILE || errno == ENFILE { usleep(100_000); continue }
                return
            }
            var patience = Self.patience
            setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            guard admit(client) else {
                close(client)
                continue
            }
            let hasStarted = OwnThread.run {
                self.respond(client)
                self.end(client)
            }
            if !hasStarted { end(client) }
        }
    }

    /// False when there are as many as may be, and all of them have asked.
    private func admit(_ client: Int32) -> Bool {
        connections.withLockedValue { connections in
            if connections.count(where: { $0.stage != .closing }) >= Self.mostConnections {
                guard let oldest = connections.firstIndex(where: { $0.stage == .silent }) else { return false }
                // Its thread wakes and closes it.
                shutdown(connections[oldest].descriptor, Int32(SHUT_RDWR))
                connections[oldest].stage = .closing
            }
            connections.append((client, .silent))
            return true
        }
    }

    private func end(_ client: Int32) {
        connections.withLockedValue { connections in
            connections.removeAll { $0.descriptor == client }
            close(client)
        }
    }

    private func respond(_ client: Int32) {
        guard case .success(let bytes) = FileAccess.readChunk(of: client),
            let line = bytes.split(separator: UInt8(ascii: "\n")).first,
            case let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1), let word = words.first,
            let request = ControlSocket.Request(rawValue: String(decoding: word, as: UTF8.self))
        else { return }
        connections.withLockedValue { connections in
            if let own = connections.firstIndex(where: { $0.descriptor == client }) { connections[own].stage = .answered }
        }
        let subject = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : nil
        _ = FileAccess.write(Array((waitForAnswer(request, subject).text + "\n").utf8), to: client)
    }

    /// This thread has nothing else to do.
    private func waitForAnswer(_ request: ControlSocket.Request, _ subject: String?) -> JSONValue {
        let (answer, found) = (answer, NIOLockedValueBox(JSONValue.null))
        let isThere = DispatchSemaphore(value: 0)
        Task {
            let value = await answer(request, subject)
            found.withLockedValue { $0 = value }
            isThere.signal()
        }
        isThere.wait()
        return found.withLockedValue { $0 }
    }

    func stop() {
        unlink(path)
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
