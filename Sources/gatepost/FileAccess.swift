import Glibc
import PolicyLanguage

/// Reading and writing whole files, without buffers of others between us and the error.
enum FileAccess {
    /// A configuration or list of this size is a mistake, and `/dev/zero` has no end.
    static let largestFile = 256 << 20

    static func read(_ path: String) -> Result<[UInt8], FileProblem> {
        // A pipe that nobody writes into would hold the daemon for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(FileProblem(errno: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(FileProblem(errno: errno)) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return .failure(FileProblem(errno: EISDIR))
        default: return .failure(FileProblem("it is no regular file"))
        }
        return readAll(of: descriptor)
    }

    static func readAll(of descriptor: Int32) -> Result<[UInt8], FileProblem> {
        var bytes: [UInt8] = []
        while true {
            switch readChunk(of: descriptor) {
            case .success(let chunk) where chunk.isEmpty: return .success(bytes)
            case .success(let chunk): bytes += chunk
            case .failure(let problem): return .failure(problem)
            }
            if bytes.count > largestFile { return .failure(FileProblem("larger than \(largestFile >> 20) MB")) }
        }
    }

    /// What can be had without waiting for more; empty at the end.
    static func readChunk(of descriptor: Int32) -> Result<[UInt8], FileProblem> {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            var result: Int
            repeat {
                result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(result, 0)
        }
        return failure == 0 ? .success(bytes) : .failure(FileProblem(errno: failure))
    }

    /// Nil when everything was written.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> FileProblem? {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let result = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if result < 0 {
                    if errno == EINTR { continue }
                    return FileProblem(errno: errno)
                }
                written += result
            }
            return nil
        }
    }

    /// Writes a file that must not exist yet.
    static func create(_ path: String, _ bytes: [UInt8]) -> FileProblem? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return FileProblem(errno: errno) }
        let problem = write(bytes, to: descriptor) ?? synchronised(descriptor)
        close(descriptor)
        if problem != nil { unlink(path) }
        return problem
    }

    /// Puts `bytes` in the place of a file, so that a reader sees the old text or the new and never a part. Owner and
    /// mode stay; a symbolic link stays one, and its target is replaced.
    static func replace(_ path: String, _ bytes: [UInt8]) -> FileProblem? {
        guard let resolved = realpath(path, nil) else { return FileProblem(errno: errno) }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { return FileProblem(errno: errno) }

        var template = Array((target + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return FileProblem(errno: errno) }
        let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var problem = write(bytes, to: descriptor)
        // The owner first: changing it clears set-id bits.
        if problem == nil, status.st_uid != geteuid() || status.st_gid != getegid(),
            fchown(descriptor, status.st_uid, status.st_gid) != 0
        {
            problem = FileProblem(errno: errno)
        }
        if problem == nil, fchmod(descriptor, status.st_mode & 0o7777) != 0 { problem = FileProblem(errno: errno) }
        problem = problem ?? synchronised(descriptor)
        close(descriptor)
        if problem == nil, rename(temporary, target) != 0 { problem = FileProblem(errno: errno) }
        if problem != nil { unlink(temporary) }
        return problem
    }

    private static func synchronised(_ descriptor: Int32) -> FileProblem? {
        fsync(descriptor) == 0 ? nil : FileProblem(errno: errno)
    }
}

extension FileProblem {
    static let exists = FileProblem("it exists already")

    /// In words that fit behind a colon.
    init(errno code: Int32) {
        switch code {
        case ENOENT: self.init("no such file")
        case EACCES: self.init("permission denied")
        case EISDIR: self.init("this is a folder")
        case EEXIST: self = .exists
        default: self.init(String(cString: strerror(code)).lowercased())
        }
    }
}
