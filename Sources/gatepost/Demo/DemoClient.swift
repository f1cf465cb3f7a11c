import Glibc

/// Sends one attempt and says how far it got.
struct DemoClient {
    enum Outcome: Sendable, Equatable {
        /// Every command, and the message, were answered 2xx.
        case taken
        /// The first reply that was not positive.
        case refused(String)
        case noAnswer

        /// Of a reply's text, code and enhanced status code.
        var text: String {
            switch self {
            case .taken: "taken"
            case .refused(let reply): reply
            case .noAnswer: "no answer"
            }
        }
    }

    let attempt: DemoAttempt
    let port: UInt16
    /// Stands in the message, so that its arrival is known for its own.
    let tag: String

    func send() -> Outcome {
        guard let descriptor = LoopbackSocket.connected(from: attempt.client.address, to: port) else { return .noAnswer }
        defer { close(descriptor) }
        var replies = LineReader(descriptor: descriptor)
        guard let greeting = reply(&replies) else { return .noAnswer }
        if !greeting.hasPrefix("2") { return .refused(Self.short(greeting)) }
        let commands = [
            "EHLO \(attempt.helo ?? "\(attempt.client.rawValue).test")", "MAIL FROM:\(attempt.sender)", "RCPT TO:\(attempt.to)", "DATA",
            "X-Demo: \(tag)\r\n\(attempt.body).",
        ]
        for command in commands {
            _ = FileAccess.write(Array("\(command)\r\n".utf8), to: descriptor)
            guard let reply = reply(&replies) else { return .noAnswer }
            guard reply.hasPrefix("2") || reply.hasPrefix("3") else { return .refused(Self.short(reply)) }
        }
        _ = FileAccess.write(Array("QUIT\r\n".utf8), to: descriptor)
        // The server may only now get to what was smuggled.
        while replies.next() != nil {}
        return .taken
    }

    /// The last line of a reply.
    private func reply(_ lines: inout LineReader) -> String? {
        while let line = lines.next() {
            if line.dropFirst(3).first != "-" { return line }
        }
        return nil
    }

    /// `550 5.7.1`
    private static func short(_ reply: String) -> String {
        let words = reply.split(separator: " ").prefix(2)
        let hasStatus = words.count == 2 && words[1].contains(".") && words[1].allSatisfy { $0.isNumber || $0 == "." }
        return hasStatus ? words.joined(separator: " ") : String(words.first ?? "")
    }
}
