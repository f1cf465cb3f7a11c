import Glibc
import JSONText

/// The socket in the state directory by which `reload` and `status` reach the daemon: a word and what it is about in a
/// line, a JSON answer in a line. Only who may enter the directory (mode 0700) gets to it.
enum ControlSocket {
    enum Request: String { case reload, status, shadow }

    static func path(state: String) -> String { "\(state)/control.sock" }

    /// A socket, bound or connected to `path`; nil with `errno` set where it cannot be.
    static func make(_ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return descriptor }
        let problem = errno
        close(descriptor)
        errno = problem
        return nil
    }

    /// Asks the daemon whose state directory this is.
    static func ask(_ request: Request, about subject: String? = nil, state: String) throws(Trouble) -> JSONValue {
        guard let descriptor = make(path(state: state), connect) else {
            let reason = String(cString: strerror(errno))
            throw Trouble("no daemon answers at \(path(state: state)): \(reason); start one with `gatepost run`")
        }
        defer { close(descriptor) }
        let question = subject.map { "\(request.rawValue) \($0)" } ?? request.rawValue
        if let problem = FileAccess.write(Array("\(question)\n".utf8), to: descriptor) {
            throw Trouble("cannot ask the daemon: \(problem.message)")
        }
        guard case .success(let bytes) = FileAccess.readAll(of: descriptor), let answer = try? JSONValue(parsing: bytes)
        else { throw Trouble("the daemon gave no answer; its log may say why") }
        return answer
    }

    /// Whether a daemon answers there already.
    static func isAnswered(state: String) -> Bool {
        guard let descriptor = make(path(state: state), connect) else { return false }
        close(descriptor)
        return true
    }
}
