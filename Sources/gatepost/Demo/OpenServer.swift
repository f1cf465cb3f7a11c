import Glibc
import NIOConcurrencyHelpers

/// A mail server as they were delivered in the 1990s, for the demonstration: it takes mail from anybody for anybody,
/// follows every old form of address, and ends a message where it thinks it ends. It listens on loopback, sends
/// nothing on, and remembers what it would have delivered where.
final class OpenServer: Sendable {
    struct Arrival: Sendable, Equatable {
        /// Value of the `X-Demo:` line, which tells the attempts apart; empty without one.
        let tag: String
        /// Where the message would have gone.
        let destination: String
    }

    let port: UInt16
    private let descriptor: Int32
    private let arrivals = NIOLockedValueBox<[Arrival]>([])
    private static let ourDomain = "ours.test"

    init() throws(Trouble) {
        guard let socket = LoopbackSocket.listening() else {
            throw Trouble("cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        (descriptor, port) = (socket.descriptor, socket.port)
    }

    /// What has arrived outside of our domain.
    var relayed: [Arrival] { arrivals.withLockedValue { $0.filter { !$0.destination.hasSuffix("@\(Self.ourDomain)") } } }
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

    private func serve(_ client: Int32) {
        defer { close(client) }
        var lines = LineReader(descriptor: client)
        func say(_ text: String) { _ = FileAccess.write(Array("\(text)\r\n".utf8), to: client) }
        var recipients: [String] = []
        say("220 old.ours.test ESMTP, open to all")
        while let line = lines.next() {
            let verb = line.prefix(4).uppercased()
            switch verb {
            case "EHLO":
                say("250-old.ours.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE")
            case "RCPT":
                recipients.append(Self.destination(of: line))
                say("250 ok")
            case "DATA":
                say("354 go on")
                guard let tag = readMessage(&lines) else { return }
                arrivals.withLockedValue { $0 += recipients.map { Arrival(tag: tag, destination: $0) } }
                recipients = []
                say("250 taken")
            case "QUIT":
                return say("221 bye")
            case "MAIL", "RSET":
                recipients = []
                say("250 ok")
            default:
                say("250 ok")
            }
        }
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

    /// Route, quotes, percent, bang and double `@` resolved, as long as the domain on the right is ours.
    private static func destination(of line: String) -> String {
        var path = line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }.filter { $0 != "\"" }
        if path.hasPrefix("@"), let colon = path.firstIndex(of: ":") { path = String(path[colon...].dropFirst()) }
        while let at = path.lastIndex(of: "@"), path[at...].dropFirst() == ourDomain {
            let local = path[..<at]
            if local.contains("@") {
                path = String(local)
            } else if let percent = local.lastIndex(of: "%") {
                path = local[..<percent] + "@" + local[percent...].dropFirst()
            } else if let bang = local.firstIndex(of: "!") {
                path = local[bang...].dropFirst() + "@" + local[..<bang]
            } else {
                break
            }
        }
        return path
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
