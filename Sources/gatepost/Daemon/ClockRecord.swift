import Glibc
import MailTypes
import Synchronization

/// The newest time that this node has seen, kept over restarts in `STATE/clock`. A clock that was set back would bring
/// permits to life again that have ended; while it stands more than an hour behind, whatever has a date is undecided
/// (language page, Meaning 8).
final class ClockRecord: Sendable {
    private struct State {
        var newest: Instant
        var written: Instant
    }

    private static let tolerance: Int64 = 3600
    private static let writtenEvery: Int64 = 600

    private let path: String
    private let state: Mutex<State>
    /// There is a record, and nobody can tell what it says: whatever has a date stays undecided, and the record stays.
    let isUnreadable: Bool

    init(_ directory: StateDirectory) {
        path = "\(directory.path)/clock"
        let start = Self.recorded(path)
        isUnreadable = start == nil
        state = Mutex(State(newest: start ?? Instant(seconds: 0), written: start ?? Instant(seconds: 0)))
    }

    /// Only a record that does not exist is none; nil for one that cannot be read.
    private static func recorded(_ path: String) -> Instant? {
        if access(path, F_OK) != 0, errno == ENOENT { return Instant(seconds: 0) }
        guard case .success(let bytes) = FileAccess.read(path) else { return nil }
        return Instant(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    /// Notes `now`, and says whether it lies more than an hour behind the newest time on record.
    func isBehind(_ now: Instant) -> Bool {
        if isUnreadable { return true }
        let (isBehind, isDue) = state.withLock { state in
            state.newest = max(state.newest, now)
            let isDue = state.newest.seconds - state.written.seconds >= Self.writtenEvery
            if isDue { state.written = state.newest }
            return (now.seconds + Self.tolerance < state.newest.seconds, isDue)
        }
        // Not on the event loop that asks.
        if isDue { OwnThread.run { self.write() } }
        return isBehind
    }

    /// A record that cannot be written is no reason to stop: the newest time is known until the end of the process.
    func write() {
        if isUnreadable { return }
        let text = state.withLock { $0.newest }.rfc3339() + "\n"
        let temporary = "\(path).new"
        unlink(temporary)
        guard FileAccess.create(temporary, Array(text.utf8)) == nil else { return }
        rename(temporary, path)
    }
}
