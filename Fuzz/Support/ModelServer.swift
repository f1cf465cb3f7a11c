/// A protected server that keeps to the protocol or does not, as the script of a run says. It notes what reached it.
public final class ModelServer {
    /// What it answers to one command, or to mail data.
    public enum Mood: UInt8, CaseIterable {
        case good, refuse, later, closing, wrong, several, garbage, twice, withheld, hangUp, anyCode
    }

    public struct Message {
        public var recipients: [String]
        public var data: [UInt8]
        /// It said 250...252.
        public var isTaken: Bool
    }

    public let upstream: String
    public private(set) var commands: [String] = []
    /// Recipients of the transaction that it has accepted.
    public private(set) var recipients: [String] = []
    public private(set) var messages: [Message] = []
    public private(set) var isInData = false
    public private(set) var hasHungUp = false
    /// It has said more than it was asked for, so that its replies may be taken for those to other commands.
    public private(set) var isConfusing = false
    /// What it has said and the gate has not read yet.
    private var output: [UInt8] = []
    private var isWithholding = false
    private var input: [UInt8] = []
    private var hasMail = false
    private let nextChoice: () -> UInt8

    /// `nextChoice` gives the next byte of the script.
    public init(upstream: String, nextChoice: @escaping () -> UInt8) {
        (self.upstream, self.nextChoice) = (upstream, nextChoice)
        _ = answer(220, "hello")
    }

    /// Nothing while it withholds its answers.
    public func takeOutput() -> [UInt8] {
        guard !isWithholding else { return [] }
        defer { output = [] }
        return output
    }

    /// What was withheld is said now.
    public func speak() { isWithholding = false }

    public func received(_ bytes: [UInt8]) {
        guard !hasHungUp else { return }
        input += bytes
        while !input.isEmpty, !hasHungUp, isInData ? takeData() : takeCommand() {}
    }

    // MARK: Commands

    private func takeCommand() -> Bool {
        guard let end = input.firstIndex(of: 0x0a) else { return false }
        let line = input[..<end]
        require(line.last == 0x0d && !line.dropLast().contains(0x0d), "\(Array(line).shown) is a line")
        let command = String(decoding: line.dropLast(), as: UTF8.self)
        input.removeFirst(end + 1)
        commands.append(command)
        obey(command)
        return true
    }

    private func obey(_ command: String) {
        if command.hasPrefix("EHLO ") { return sayHello() }
        if command.hasPrefix("MAIL FROM:<") {
            require(!hasMail || isConfusing, "no MAIL within a transaction")
            hasMail = isGood(answer(250, "sender ok"))
        } else if command.hasPrefix("RCPT TO:<") {
            if isGood(answer(250, "recipient ok")), hasMail { recipients.append(command) }
        } else if command == "RSET" {
            (hasMail, recipients) = (false, [])
            _ = answer(250, "reset")
        } else if command == "DATA" {
            require(hasMail && !recipients.isEmpty || isConfusing, "DATA with an accepted recipient")
            isInData = answer(354, "go on") == 354
            if !isInData { (hasMail, recipients) = (false, []) }
        } else {
            require(command == "QUIT" || command.hasPrefix("HELO ") || isConfusing, "\(command) is a command of a gateway")
            _ = answer(250, "ok")
        }
    }

    private func sayHello() {
        let words = ["PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"]
        let choice = nextChoice()
        if choice == 255 { return _ = answer(502, "no EHLO") }
        // Zero is everything, so that a short script is a good server.
        let kept = ["hello"] + words.enumerated().filter { choice >> UInt8($0.offset) & 1 == 0 }.map(\.element)
        for word in kept.dropLast() { output += Array("250-\(word)\r\n".utf8) }
        output += Array("250 \(kept.last ?? "")\r\n".utf8)
    }

    // MARK: Mail data

    private func takeData() -> Bool {
        guard let length = endOfData else {
            speakWithinData()
            return false
        }
        let data = Array(input.prefix(length))
        input.removeFirst(length)
        (isInData, hasMail) = (false, false)
        let isTaken = isGood(answer(250, "queued"))
        messages.append(Message(recipients: recipients, data: data, isTaken: isTaken))
        recipients = []
        return true
    }

    private var endOfData: Int? {
        input.indices.first { $0 >= 4 && input[$0 - 4...$0].elementsEqual("\r\n.\r\n".utf8) }.map { $0 + 1 }
    }

    /// While data come it may break in.
    private func speakWithinData() {
        switch nextChoice() {
        case UInt8(ascii: "!"): output += Array("552 5.3.4 too much\r\n".utf8)
        case UInt8(ascii: "?"): output += Array("250 2.0.0 a lie\r\n".utf8)
        case UInt8(ascii: "/"): hasHungUp = true
        default: break
        }
    }

    // MARK: Answers

    private func isGood(_ code: Int) -> Bool { (250...252).contains(code) }

    /// Says `code`, or what the script wants instead; returns the code that was said first, 0 for none.
    private func answer(_ code: Int, _ text: String) -> Int {
        let choice = nextChoice()
        switch Mood(rawValue: choice % UInt8(Mood.allCases.count)) ?? .good {
        case .good: return say(code, text)
        case .refuse: return say(550, "5.7.1 no \(text)")
        case .later: return say(451, "4.3.0 not now")
        case .closing: return say(421, "4.3.2 closing")
        case .wrong: return say(code == 354 ? 250 : 354, "wrong")
        case .several:
            output += Array("\(code)-\(text)\r\n".utf8)
            return say(code, "and more")
        case .garbage:
            isConfusing = true
            output += [nextChoice(), nextChoice(), 0x0d, 0x0a]
            return 0
        case .twice:
            isConfusing = true
            _ = say(code, text)
            return say(code, text)
        case .withheld:
            isWithholding = true
            return say(code, text)
        case .hangUp:
            hasHungUp = true
            return 0
        case .anyCode: return say(200 + Int(nextChoice()) * 2 % 400, text)
        }
    }

    private func say(_ code: Int, _ text: String) -> Int {
        output += Array("\(code) \(text)\r\n".utf8)
        return code
    }
}
