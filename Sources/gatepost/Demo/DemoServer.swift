import Glibc
import NIOConcurrencyHelpers

/// A mail server for the demonstration, with the manners of the 1990s: it ends a message where it thinks it ends. Who may
/// send what, its `judge` says. It listens on loopback, sends nothing on, and remembers what it would have delivered where.
final class DemoServer: Sendable {
    /// One recipient as it came.
    struct Envelope: Sendable {
        /// The client's address.
        let client: String
        let helo: String
        /// What stands between the angle brackets.
        let sender: String
        let recipient: String
    }

    enum Answer: Sendable {
        case taken(destination: String, isRelayed: Bool)
        /// A whole reply.
        case refused(String)
        case refusedConnection(String)
    }

    struct Arrival: Sendable, Equatable {
        /// Value of the `X-Demo:` line, which tells the attempts apart; empty without one.
        let tag: String
        /// Where the message would have gone.
        let destination: String
        /// Whether that is another server.
        let isRelayed: Bool
    }

    let port: UInt16
    private let descriptor: Int32
    private let arrivals = NIOLockedValueBox<[Arrival]>([])
    private let greeting: String
    private let judge: @Sendable (Envelope) -> Answer

    init(greeting: String, judge: @escaping @Sendable (Envelope) -> Answer) throws(Trouble) {
        (self.greeting, self.judge) = (greeting, judge)
        guard let socket = LoopbackSocket.listening() else {
            throw Trouble("cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        (descriptor, port) = (socket.descriptor, socket.port)
    }

    var all: [Arrival] { arrivals.withLockedValue { $0 } }

    func start() {
        OwnThread.run {
            while true {
                let client = accept(self.descriptor, nil, nil)
                guard client >= 0 else { return }
                OwnThread.run { self.serve(client) }
            }
        }
    }

    private func serve(_ descriptor: Int32) {
        defer { close(descriptor) }
        var lines = LineReader(descriptor: descriptor)
        func say(_ text: String) { _ = FileAccess.write(Array("\(text)\r\n".utf8), to: descriptor) }
        let client = LoopbackSocket.peer(of: descriptor)
        var (helo, sender) = ("", "")
        var recipients: [(destination: String, isRelayed: Bool)] = []
        say("220 \(greeting)")
        while let line = lines.next() {
            let verb = line.prefix(4).uppercased()
            switch verb {
            case "EHLO":
                helo = String(line.dropFirst(5))
                say("250-old.ours.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE")
            case "RCPT":
                switch judge(Envelope(client: client, helo: helo, sender: sender, recipient: Self.path(of: line))) {
                case .taken(let destination, let isRelayed):
                    recipients.append((destination, isRelayed))
                    say("250 ok")
                case .refused(let reply): say(reply)
                case .refusedConnection(let reply): return say(reply)
                }
            case "DATA" where recipients.isEmpty:
                say("503 no recipients")
            case "DATA":
                say("354 go on")
                guard let tag = readMessage(&lines) else { return }
                arrivals.withLockedValue {
                    $0 += recipients.map { Arrival(tag: tag, destination: $0.destination, isRelayed: $0.isRelayed) }
                }
                recipients = []
                say("250 taken")
            case "QUIT":
                return say("221 bye")
            case "MAIL", "RSET":
                if verb == "MAIL" { sender = Self.path(of: line) }
                recipients = []
                say("250 ok")
            default:
                say("250 ok")
            }
        }
    }

    /// What stands between the first `<` and the last `>`.
    private static func path(of line: String) -> String {
        let start = line.drop { $0 != "<" }.dropFirst()
        return String(start[..<(start.lastIndex(of: ">") ?? start.endIndex)])
    }

    /// Reads to a line with a dot alone, whatever its line ends are: that is what makes smuggling possible. Nil when the
    /// client is gone before.
    private func readMessage(_ lines: inout LineReader) -> String? {
        var tag = ""
        while let line = lines.next() {
            if line == "." { return tag }
            if line.hasPrefix("X-Demo: ") { tag = String(line.dropFirst(8)) }
        }
        return nil
    }
}

/// Lines of a socket, ended by LF with or without CR.
struct LineReader {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    mutating func next() -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<end]
                buffer.removeSubrange(...end)
                return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            guard buffer.count < 1 << 20, case .success(let bytes) = FileAccess.readChunk(of: descriptor), !bytes.isEmpty
            else { return nil }
            buffer += bytes
        }
    }
}
