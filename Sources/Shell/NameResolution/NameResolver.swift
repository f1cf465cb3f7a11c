import CCares
import Glibc
import MailTypes
import NIOConcurrencyHelpers
import NameLookups
import RelayPolicy

/// Looks up names of clients: from the cache, or by asking the DNS on a thread of its own, which is not there before
/// somebody asks, sleeps while nobody does, and ends with the process. Every question is answered once, and within
/// `deadline`.
public final class NameResolver: Sendable {
    public struct Server: Hashable, Sendable, CustomStringConvertible {
        public var address: IPAddress
        public var port: UInt16
        public init(address: IPAddress, port: UInt16 = 53) { (self.address, self.port) = (address, port) }
        public var description: String { address.description(withPort: port) }
    }

    /// For one question, however many DNS questions it takes.
    public static let deadline = 5
    /// Questions that are being looked up at once; one more could not be found out.
    public static let mostAtOnce = 1_000

    /// So many lookups in a row without an answer of the DNS are its fault and not that of some zone.
    public static let silentLookups = 20

    public typealias Callback = @Sendable (NameAnswer) -> Void

    private struct State {
        var cache = NameCache()
        /// Who waits for a question that is being looked up, however many there are.
        var waiting: [NameQuestion: [Callback]] = [:]
        /// For the thread, oldest first.
        var new: [NameQuestion] = []
        var servers: [Server]
        var serversChanged = false
        var threadIsThere = false
        /// Lookups in a row without an answer.
        var silent = 0
    }

    private let state: NIOLockedValueBox<State>
    /// Wakes the thread.
    private let bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

    /// False: `silentLookups` had no answer. True: there is one again.
    private let report: @Sendable (_ works: Bool) -> Void

    /// Without servers those of the system, from `/etc/resolv.conf`. `report` is called when it is down, and when it is well
    /// again.
    public init(_ servers: [Server] = [], report: @escaping @Sendable (_ works: Bool) -> Void = { _ in }) {
        state = NIOLockedValueBox(State(servers: servers))
        self.report = report
    }

    /// Answers at once where it is known, else later, on another thread.
    public func find(_ question: NameQuestion, then: @escaping Callback) {
        let now = Self.now
        let known: NameAnswer? = state.withLockedValue { state in
            if let known = state.cache.answer(to: question, at: now) { return known }
            if state.waiting[question] != nil {
                state.waiting[question]?.append(then)
                return nil
            }
            guard state.waiting.count < Self.mostAtOnce, startThread(&state) else { return .unknown(question) }
            state.waiting[question] = [then]
            state.new.append(question)
            return nil
        }
        if let known { then(known) } else { ring() }
    }

    /// Asks others from now on. What is known of the former ones is forgotten, if they are others.
    public func use(_ servers: [Server]) {
        state.withLockedValue { state in
            guard state.servers != servers else { return }
            (state.servers, state.serversChanged) = (servers, true)
            state.cache.removeAll()
        }
        ring()
    }

    // MARK: The thread's side

    /// What there is to do since the last time.
    struct Work {
        var questions: [NameQuestion]
        /// Nil: as before.
        var servers: [Server]?
    }

    func takeWork() -> Work {
        state.withLockedValue { state in
            defer { (state.new, state.serversChanged) = ([], false) }
            return Work(questions: state.new, servers: state.serversChanged ? state.servers : nil)
        }
    }

    /// Tells everybody who waits. `seconds` as the DNS has it; an answer that says nothing of the DNS is not kept.
    func found(_ answer: NameAnswer, to question: NameQuestion, seconds: UInt32?, keep: Bool = true) {
        let now = Self.now
        let (callbacks, change) = state.withLockedValue { state in
            if keep { state.cache.keep(answer, to: question, seconds: seconds, at: now) }
            let before = state.silent
            state.silent = seconds == nil ? before + 1 : 0
            let change: Bool? =
                state.silent == Self.silentLookups ? false : state.silent == 0 && before >= Self.silentLookups ? true : nil
            return (state.waiting.removeValue(forKey: question) ?? [], change)
        }
        if let change { report(change) }
        for callback in callbacks { callback(answer) }
    }

    var bellDescriptor: Int32 { bell }

    /// Seconds of a clock that never goes back.
    private static var now: UInt64 { Milliseconds.now / 1_000 }

    private func ring() {
        var one: UInt64 = 1
        write(bell, &one, 8)
    }

    /// False where the system has no thread to give.
    private func startThread(_ state: inout State) -> Bool {
        if state.threadIsThere { return true }
        let thread = Unmanaged.passRetained(ResolverThread(self, servers: state.servers))
        var id = pthread_t()
        let result = pthread_create(&id, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<ResolverThread>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, thread.toOpaque())
        guard result == 0 else {
            thread.release()
            return false
        }
        pthread_detach(id)
        state.threadIsThere = true
        return true
    }
}
