import Glibc
import NameLookups
import RelayPolicy

/// The thread that asks the DNS: the lookups under way, and the wait for what comes first, an answer or a deadline.
final class ResolverThread {
    private let resolver: NameResolver
    private var servers: [NameResolver.Server]
    private var channel: AresChannel?
    private var systemFile = SystemResolverFile()

    private struct Running {
        var lookup: NameLookup
        let question: NameQuestion
        let deadline: UInt64
    }

    /// By the token under which c-ares answers. Tokens count up and all have the same time, so the first is due first.
    private var running: [UInt64: Running] = [:]
    private var lastToken: UInt64 = 0
    /// No lookup has a lower token.
    private var firstToken: UInt64 = 1

    /// Questions that c-ares may still be busy with, of lookups that are over too.
    private static let mostOutstanding = 2 * NameResolver.mostAtOnce

    init(_ resolver: NameResolver, servers: [NameResolver.Server]) { (self.resolver, self.servers) = (resolver, servers) }

    func run() {
        while true {
            let work = resolver.takeWork()
            if let new = work.servers { use(new) }
            for question in work.questions { begin(question) }
            takeAnswers()
            endLate()
            wait()
        }
    }

    private func use(_ servers: [NameResolver.Server]) {
        self.servers = servers
        closeChannel()
    }

    private func closeChannel() {
        channel?.close()
        takeAnswers()
        channel = nil
    }

    private func begin(_ question: NameQuestion) {
        // The system's servers may be others by now; a channel that is at work is left alone.
        if servers.isEmpty, channel?.outstanding == 0, systemFile.hasChanged(at: Milliseconds.now) { closeChannel() }
        if channel == nil { channel = AresChannel(servers) }
        guard let channel, channel.outstanding < Self.mostOutstanding else {
            return resolver.found(.unknown(question), to: question, seconds: nil, keep: false)
        }
        let (lookup, step) = NameLookup.begin(question)
        lastToken += 1
        running[lastToken] = Running(
            lookup: lookup, question: question, deadline: Milliseconds.now + UInt64(NameResolver.deadline) * 1_000)
        go(step, lastToken)
    }

    private func go(_ step: NameLookup.Step, _ token: UInt64) {
        switch step {
        case .ask(let question): channel?.ask(question, token: token)
        case .found(let answer, let seconds):
            guard let over = running.removeValue(forKey: token) else { return }
            resolver.found(answer, to: over.question, seconds: seconds)
        }
    }

    /// An answer may lead to a question that is answered at once.
    private func takeAnswers() {
        while let answers = channel?.takeAnswers(), !answers.isEmpty {
            for (token, answer) in answers {
                guard let step = running[token]?.lookup.answered(answer) else { continue }
                go(step, token)
            }
        }
    }

    private func endLate() {
        let now = Milliseconds.now
        while let late = first, late.running.deadline <= now {
            running[late.token] = nil
            resolver.found(.unknown(late.running.question), to: late.running.question, seconds: nil)
        }
    }

    /// The lookup that is due first.
    private var first: (token: UInt64, running: Running)? {
        while firstToken <= lastToken {
            if let found = running[firstToken] { return (firstToken, found) }
            firstToken += 1
        }
        return nil
    }

    private func wait() {
        var descriptors = [pollfd(fd: resolver.bellDescriptor, events: Int16(POLLIN), revents: 0)]
        for (socket, events) in channel?.sockets ?? [:] { descriptors.append(pollfd(fd: socket, events: events, revents: 0)) }
        poll(&descriptors, nfds_t(descriptors.count), timeout)
        if descriptors[0].revents != 0 {
            var count: UInt64 = 0
            read(resolver.bellDescriptor, &count, 8)
        }
        channel?.process(descriptors.dropFirst())
        takeAnswers()
    }

    /// Milliseconds; -1 while nobody asks.
    private var timeout: Int32 {
        var timeout = channel?.timeout ?? -1
        if let first {
            let now = Milliseconds.now
            let left = Int32(clamping: first.running.deadline > now ? first.running.deadline - now : 0)
            timeout = timeout < 0 ? left : min(timeout, left)
        }
        return timeout
    }
}

/// A clock that never goes back.
enum Milliseconds {
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }
}

/// Whether `/etc/resolv.conf` has been written since it was read: c-ares reads it at its beginning alone.
private struct SystemResolverFile {
    private var identity: [Int] = []
    private var lookedAt: UInt64 = 0

    init() { identity = Self.current }

    mutating func hasChanged(at now: UInt64) -> Bool {
        guard now >= lookedAt + 5_000 else { return false }
        let before = identity
        (lookedAt, identity) = (now, Self.current)
        return identity != before
    }

    private static var current: [Int] {
        var found = stat()
        guard stat("/etc/resolv.conf", &found) == 0 else { return [] }
        return [Int(found.st_ino), Int(found.st_mtim.tv_sec), Int(found.st_mtim.tv_nsec), Int(found.st_size)]
    }
}
