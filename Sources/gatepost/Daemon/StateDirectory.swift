import Glibc

/// The only place that the daemon writes (mode 0700).
struct StateDirectory {
    static let standard = "/var/lib/gatepost"
    let path: String
    private let lock: Int32

    /// Creates it where it is missing, and takes the lock that keeps a second daemon out.
    init(_ path: String) throws(Trouble) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw Trouble("cannot create the state directory \(path): \(String(cString: strerror(errno)))")
        }
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Trouble("cannot write in the state directory \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Trouble("another gatepost runs with the state directory \(path); `gatepost status` shows it")
        }
        lock = descriptor
    }
}
