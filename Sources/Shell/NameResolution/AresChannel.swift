import CCares
import Glibc
import NameLookups

/// Questions to the DNS by c-ares: it chooses ids and ports, tries again and another server, and goes to TCP where an
/// answer is truncated. What an answer means is not its business: messages are read by `DNSAnswer`. Only one thread touches
/// it, and ends it by `close`.
final class AresChannel {
    /// What is waited for: the file descriptors of c-ares, and whether each is to be read or written.
    private(set) var sockets: [Int32: Int16] = [:]
    /// Questions that c-ares has not answered yet.
    private(set) var outstanding = 0
    private var channel: OpaquePointer?
    private var answers: [(token: UInt64, answer: DNSAnswer)] = []

    /// How long a server is given for its first answer. The second time it is twice that.
    static let patience = 1_000
    static let tries = 2

    /// Nil where c-ares cannot begin. Without servers those of `/etc/resolv.conf`.
    init?(_ servers: [NameResolver.Server]) {
        var options = ares_options()
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES
        options.timeout = Int32(Self.patience)
        options.tries = Int32(Self.tries)
        options.sock_state_cb = { data, socket, reads, writes in
            guard let data else { return }
            Unmanaged<AresChannel>.fromOpaque(data).takeUnretainedValue().watch(socket, reads: reads != 0, writes: writes != 0)
        }
        options.sock_state_cb_data = Unmanaged.passUnretained(self).toOpaque()
        let given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
        guard AresChannel.libraryIsReady, ares_init_options(&channel, &options, given) == Self.success else { return nil }
        guard !servers.isEmpty else { return }
        let list = servers.map(\.description).joined(separator: ",")
        guard ares_set_servers_ports_csv(channel, list) == Self.success else {
            close()
            return nil
        }
    }

    /// ARES_SUCCESS and ARES_ENOTFOUND, which have another type in later versions.
    private static let (success, notFound): (Int32, Int32) = (0, 4)

    /// Once for the process.
    private static let libraryIsReady = ares_library_init(ARES_LIB_INIT_ALL) == success

    /// Every question that is still open fails.
    func close() {
        if let channel { ares_destroy(channel) }
        channel = nil
        sockets = [:]
    }

    /// The answer comes by `takeAnswers`, under the same token.
    func ask(_ question: DNSQuestion, token: UInt64) {
        guard let channel else { return answers.append((token, .failed)) }
        outstanding += 1
        let asked = Unmanaged.passRetained(Asked(question: question, token: token, channel: self))
        let (internet, type) = (Int32(1), Int32(question.type.rawValue))
        // c-ares calls back exactly once, perhaps at once.
        ares_query(
            channel, question.name.description, internet, type,
            { argument, status, _, message, count in
                guard let argument else { return }
                let asked = Unmanaged<Asked>.fromOpaque(argument).takeRetainedValue()
                asked.channel.outstanding -= 1
                asked.channel.answers.append((asked.token, asked.answer(status, message, Int(count))))
            }, asked.toOpaque())
    }

    func takeAnswers() -> [(token: UInt64, answer: DNSAnswer)] {
        defer { answers.removeAll(keepingCapacity: true) }
        return answers
    }

    /// Milliseconds until c-ares wants to look at its clock; nil when it waits for nothing.
    var timeout: Int32? {
        guard outstanding > 0 else { return nil }
        var time = timeval()
        guard ares_timeout(channel, nil, &time) != nil else { return nil }
        return Int32(clamping: Int(time.tv_sec) * 1_000 + (Int(time.tv_usec) + 999) / 1_000)
    }

    /// After a wait: what is ready, and the clock.
    func process(_ ready: some Sequence<pollfd>) {
        var nothingWasReady = true
        for descriptor in ready where descriptor.revents != 0 {
            nothingWasReady = false
            let reads = descriptor.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0
            let writes = descriptor.revents & Int16(POLLOUT | POLLERR) != 0
            ares_process_fd(channel, reads ? descriptor.fd : -1, writes ? descriptor.fd : -1)
        }
        if nothingWasReady { ares_process_fd(channel, -1, -1) }
    }

    private func watch(_ socket: Int32, reads: Bool, writes: Bool) {
        let events = (reads ? Int16(POLLIN) : 0) | (writes ? Int16(POLLOUT) : 0)
        sockets[socket] = events == 0 ? nil : events
    }

    /// What c-ares keeps for us with a question.
    private final class Asked {
        let question: DNSQuestion
        let token: UInt64
        let channel: AresChannel

        init(question: DNSQuestion, token: UInt64, channel: AresChannel) {
            (self.question, self.token, self.channel) = (question, token, channel)
        }

        /// c-ares asks nobody for names that it knows not to be there (`onion`, RFC 7686 §2).
        func answer(_ status: Int32, _ message: UnsafeMutablePointer<UInt8>?, _ count: Int) -> DNSAnswer {
            guard let message else { return status == AresChannel.notFound ? .none(seconds: 3600) : .failed }
            return DNSAnswer(UnsafeRawBufferPointer(start: message, count: count), to: question)
        }
    }
}
