import MailTypes

/// The rules of REJMAN in their order, with what it takes to remove one again.
struct MXRejectionList {
    private struct Entry: Hashable {
        var id: Int
        var key: Key
        /// Nil for a rule about headers, and for one that is not understood.
        var rejection: MXModel.Rejection?
    }

    private struct Key: Hashable {
        var sender: String
        var recipient: String
        var clients: String
    }

    private var entries: [Entry] = []
    private var ids: [Key: Int] = [:]
    private var positions: [Int: Int] = [:]
    private var lastID = 0

    var all: [MXModel.Rejection] { entries.compactMap(\.rejection) }

    /// A rule that is there already is not added again.
    mutating func add(_ texts: (sender: String, recipient: String, clients: String), _ rejection: MXModel.Rejection?) {
        let key = Key(
            sender: texts.sender.uppercased(), recipient: texts.recipient.uppercased(), clients: texts.clients.uppercased())
        guard ids[key] == nil else { return }
        lastID += 1
        (ids[key], positions[lastID]) = (lastID, entries.count)
        entries.append(Entry(id: lastID, key: key, rejection: rejection))
    }

    mutating func remove(_ texts: (sender: String, recipient: String, clients: String)) {
        let key = Key(
            sender: texts.sender.uppercased(), recipient: texts.recipient.uppercased(), clients: texts.clients.uppercased())
        if let id = ids[key] { remove(id: id) }
    }

    /// Rules are numbered from 1 as they are added.
    mutating func remove(id: Int) {
        guard let position = positions.removeValue(forKey: id) else { return }
        ids[entries[position].key] = nil
        entries[position].rejection = nil
    }
}

extension MXReader {
    /// `ADD REJECTION sender [recipient]` with its qualifiers.
    mutating func addRejection(_ command: DCLCommand) {
        var switches = RejectionSwitches()
        for item in command.qualifiers {
            if let problem = switches.read(item) { return obscure(command, problem) }
        }
        let words = command.words.dropFirst(2).map(\.text)
        // Headers are judged behind the envelope, and a message that they stop has been accepted no further.
        if switches.isAboutHeaders {
            rejections.add((words.joined(separator: " "), "header", ""), nil)
            return notes.ignore()
        }
        guard words.count == 1 || words.count == 2, words.allSatisfy({ !$0.isEmpty }) else {
            return obscure(command, "not of the form ADD REJECTION sender [recipient]")
        }
        let rejection = rejection(words, switches, command)
        rejections.add((words[0], words.count > 1 ? words[1] : "", switches.clients ?? ""), rejection)
        if rejection != nil { notes.model() }
    }

    /// Nil for a rule that is not understood, which is said.
    private mutating func rejection(
        _ words: [String], _ switches: RejectionSwitches, _ command: DCLCommand
    ) -> MXModel.Rejection? {
        if switches.isRegex, release < .v53 {
            obscure(command, "releases before 5.3 have no /REGEX")
            return nil
        }
        var patterns: [VMSPattern] = []
        for word in words {
            guard let pattern = switches.isRegex ? VMSPattern(regularExpression: word) : VMSPattern(word, hasEscapes: true) else {
                obscure(command, "a regular expression that no pattern of a policy says")
                return nil
            }
            patterns.append(pattern)
        }
        if switches.isAcceptance, patterns.count == 1 {
            obscure(command, "/ACCEPT is for rules with a sender and a recipient; what it does with one of them is not certain")
            return nil
        }
        return MXModel.Rejection(
            sender: patterns[0], recipient: patterns.count > 1 ? patterns[1] : nil,
            clients: switches.clients.map { VMSPattern($0, hasEscapes: true) }, isAcceptance: switches.isAcceptance,
            reply: switches.reply, origin: Origin(command.at))
    }

    /// `DELETE REJECTION sender [recipient]`, `DELETE REJECTION/IDENTIFIER=n`
    mutating func removeRejection(_ command: DCLCommand) {
        var switches = RejectionSwitches()
        for item in command.qualifiers {
            if let problem = switches.read(item) { return obscure(command, problem) }
        }
        notes.model()
        let words = command.words.dropFirst(2).map(\.text)
        if let id = switches.id { return rejections.remove(id: id) }
        if switches.isAboutHeaders { return rejections.remove((words.joined(separator: " "), "header", "")) }
        rejections.remove((words.first ?? "", words.count > 1 ? words[1] : "", switches.clients ?? ""))
    }
}

/// Qualifiers of `ADD REJECTION` and `DELETE REJECTION`.
private struct RejectionSwitches {
    var isAboutHeaders = false
    var isRegex = false
    var isAcceptance = false
    var clients: String?
    var reply: String?
    var id: Int?

    /// What is wrong with it, in words; nil if nothing is.
    mutating func read(_ item: DCLCommand.Item) -> String? {
        guard let keyword = MXVocabulary.rejectionQualifiers.keyword(item.text) else {
            return "`/\(item.text)` is no qualifier of it"
        }
        let value = item.values.first
        switch keyword {
        case "HEADER": isAboutHeaders = true
        case "REGEX": isRegex = true
        case "ADDRESS":
            guard let value, !value.isEmpty else { return "/ADDRESS has no pattern" }
            clients = value
        case "MESSAGE": reply = value
        case "IDENTIFIER":
            guard let value, let number = OldAddressForms.decimal(value) else { return "/IDENTIFIER has no number" }
            id = number
        case "ACCEPT":
            let word = value?.prefix { $0 != ":" && $0 != "=" } ?? "AS_IS"
            guard MXVocabulary.acceptances.keyword(word.uppercased()) != nil else {
                return "`\(word)` is nothing that /ACCEPT knows"
            }
            isAcceptance = true
        default: break
        }
        return nil
    }
}

extension VMSPattern {
    /// A regular expression that says what some pattern says: text, `.`, `.*`, and anchors. Addresses stand in angle
    /// brackets there, and without an anchor an expression fits anywhere in them. Nil for others.
    init?(regularExpression text: String) {
        var bytes = Array(text.utf8)[...]
        var tokens: [Token] = []
        if bytes.first == UInt8(ascii: "^") { bytes = bytes.dropFirst() } else { tokens.append(.text) }
        var isEnded = false
        while let byte = bytes.popFirst() {
            let repeats = bytes.first
            switch byte {
            case UInt8(ascii: "\\"):
                guard let next = bytes.popFirst(), !Self.isWordByte(next), !Self.isRepetition(bytes.first) else { return nil }
                tokens.append(.byte(next))
            case UInt8(ascii: "."):
                if repeats == UInt8(ascii: "*") || repeats == UInt8(ascii: "+") {
                    if repeats == UInt8(ascii: "+") { tokens.append(.character) }
                    tokens.append(.text)
                    bytes = bytes.dropFirst()
                    guard !Self.isRepetition(bytes.first) else { return nil }
                } else {
                    guard !Self.isRepetition(repeats) else { return nil }
                    tokens.append(.character)
                }
            case UInt8(ascii: "$") where bytes.isEmpty: isEnded = true
            default:
                guard !"[](){}|*+?^$".utf8.contains(byte), !Self.isRepetition(repeats) else { return nil }
                tokens.append(.byte(Self.lowercased(byte)))
            }
        }
        if !isEnded { tokens.append(.text) }
        self.init(tokens: Self.withBracket(tokens))
    }

    /// The same pattern with the `<` that every address begins with spelled out, by which it is compared with the address
    /// in its brackets.
    private static func withBracket(_ tokens: [Token]) -> [Token] {
        let open = Token.byte(UInt8(ascii: "<"))
        switch (tokens.first, tokens.dropFirst().first) {
        case (open, _): return tokens
        case (.character, _): return [open] + tokens.dropFirst()
        case (.text, open): return Array(tokens.dropFirst())
        case (.text, .character): return [open, .text] + tokens.dropFirst(2)
        case (.text, _): return [open] + tokens
        // No address begins so.
        default: return [open, open]
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    private static func isRepetition(_ byte: UInt8?) -> Bool { byte.map { "*+?{".utf8.contains($0) } ?? false }
}
