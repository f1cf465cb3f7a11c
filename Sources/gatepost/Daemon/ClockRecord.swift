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

    init(_ directory: StateDirectory) {
        path = "\(directory.path)/clock"
        let written = (try? FileAccess.read(path).get())
            .flatMap { Instant(String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) }
        let start = Instant(seconds: 0)
        state = Mutex(State(newest: written ?? start, written: written ?? start))
    }

    /// Notes `now`, and says whether it lies more than an hour behind the newest time on record.
    func isBehind(_ now: Instant) -> Bool {
        let (isBehind, isDue) = state.withLock { state in
            state.newest = max(state.newest, now)
            let isDue = state.newest.seconds - state.written.seconds >= Self.writtenEvery
            if isDue { state.written = state.newest }
            return (now.seconds + Self.tolerance < state.newest.seconds, isDue)
        }
        // Not on the event loop that asks.
        if isDue { Threads.start { self.write() } }
        return isBehind
    }

    /// A record that cannot be written is no reason to stop: the newest time is known until the end of the process.
    func write() {
        let text = state.withLock { $0.newest }.rfc3339() + "\n"
        let temporary = "\(path).new"
        unlink(temporary)
        guard FileAccess.create(temporary, Array(text.utf8)) == nil else { return }
        rename(temporary, path)
    }
}
