import Glibc

/// The only place that the daemon writes (mode 0700).
struct StateDirectory {
    static let standard = "/var/lib/gatepost"
    let path: String
    /// Why nothing can be written there: the file system is read-only or full. Mail goes on without.
    let problem: String?
    /// Nil where there is none and none can be made.
    private let lock: Int32?

    /// Creates it where it is missing, and takes the lock that keeps a second daemon out.
    init(_ path: String) throws(Trouble) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw Trouble("cannot create the state directory \(path): \(String(cString: strerror(errno)))")
        }
        var descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        let cannotWrite = descriptor < 0 && [EROFS, ENOSPC, EDQUOT].contains(errno)
        problem = cannotWrite ? String(cString: strerror(errno)).lowercased() : nil
        if cannotWrite {
            descriptor = open("\(path)/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else {
                lock = nil
                return
            }
        }
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
