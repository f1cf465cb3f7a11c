import MailTypes

/// A pattern of OpenVMS: `*` is any text, `%` one character, all else itself in any case of letters.
public struct VMSPattern: Hashable, Sendable {
    public enum Token: Hashable, Sendable {
        /// `*`: any text, none too.
        case text
        /// `%`: any one character.
        case character
        /// ASCII lower case.
        case byte(UInt8)
    }

    public let tokens: [Token]

    /// Reads a pattern; where `\` is an escape it takes the next character literally.
    public init(_ pattern: some StringProtocol, hasEscapes: Bool = false) {
        var tokens: [Token] = []
        var isEscaped = false
        for byte in pattern.utf8 {
            if isEscaped {
                isEscaped = false
                tokens.append(.byte(Self.lowercased(byte)))
            } else if byte == UInt8(ascii: "\\"), hasEscapes {
                isEscaped = true
            } else if byte == UInt8(ascii: "*") {
                tokens.append(.text)
            } else {
                tokens.append(byte == UInt8(ascii: "%") ? .character : .byte(Self.lowercased(byte)))
            }
        }
        self.init(tokens: tokens)
    }

    public init(tokens: [Token]) {
        // Two `*` side by side mean what one does.
        self.tokens = tokens.indices.filter { $0 == 0 || tokens[$0] != .text || tokens[$0 - 1] != .text }.map { tokens[$0] }
    }

    public func matches(_ text: some Sequence<UInt8>) -> Bool {
        var states = PatternStates(self)
        for byte in text {
            states.read(byte, self)
            if states.isDead { return false }
        }
        return states.isAccepting(self)
    }

    /// Whether some text fits both. The work is bounded by the product of their lengths.
    public func intersects(_ other: VMSPattern) -> Bool {
        let (a, b) = (tokens, other.tokens)
        var row = [Bool](repeating: false, count: b.count + 1)
        for i in 0...a.count {
            var next = [Bool](repeating: false, count: b.count + 1)
            for j in 0...b.count {
                var isReached = i == 0 && j == 0
                if i > 0, a[i - 1] == .text { isReached = isReached || row[j] }
                if j > 0, b[j - 1] == .text { isReached = isReached || next[j - 1] }
                if i > 0, j > 0, row[j - 1] { isReached = isReached || Self.agree(a[i - 1], b[j - 1]) }
                // A `*` swallows what the other pattern asks for.
                if i > 0, j > 0, a[i - 1] == .text, next[j - 1] { isReached = true }
                if i > 0, j > 0, b[j - 1] == .text, row[j] { isReached = true }
                next[j] = isReached
            }
            row = next
        }
        return row[b.count]
    }

    private static func agree(_ a: Token, _ b: Token) -> Bool {
        switch (a, b) {
        case (.byte(let one), .byte(let other)): one == other
        default: true
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    // MARK: What it says

    /// The bytes if it has neither `*` nor `%`.
    public var literal: [UInt8]? { Self.bytes(tokens[...]) }

    /// The bytes behind a `*` that is its only sign.
    public var ending: [UInt8]? { tokens.first == .text ? Self.bytes(tokens.dropFirst()) : nil }

    /// Whether every text fits.
    public var isEverything: Bool { tokens == [.text] }

    static func bytes(_ tokens: ArraySlice<Token>) -> [UInt8]? {
        var bytes: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

extension VMSPattern: CustomStringConvertible {
    public var description: String {
        String(
            decoding: tokens.map { token in
                switch token {
                case .text: UInt8(ascii: "*")
                case .character: UInt8(ascii: "%")
                case .byte(let byte): byte
                }
            }, as: UTF8.self)
    }
}

/// The places of a pattern at which a text may stand, all at once: time grows with the text and the pattern, never with
/// the ways to fit them.
struct PatternStates: Hashable {
    /// Positions in the pattern's tokens, ascending; the number of tokens is its end.
    private(set) var positions: [Int]

    init(_ pattern: VMSPattern) { positions = Self.closed([0], pattern) }

    var isDead: Bool { positions.isEmpty }
    func isAccepting(_ pattern: VMSPattern) -> Bool { positions.last == pattern.tokens.count }

    /// Whether every further text fits.
    func acceptsAnything(_ pattern: VMSPattern) -> Bool {
        pattern.tokens.last == .text && positions.last == pattern.tokens.count
    }

    mutating func read(_ byte: UInt8, _ pattern: VMSPattern) {
        var next: [Int] = []
        for position in positions where position < pattern.tokens.count {
            switch pattern.tokens[position] {
            case .text: next.append(position)
            case .character: next.append(position + 1)
            case .byte(let wanted): if wanted == VMSPattern.lowercased(byte) { next.append(position + 1) }
            }
        }
        positions = Self.closed(next, pattern)
    }

    private static func closed(_ positions: [Int], _ pattern: VMSPattern) -> [Int] {
        var closed: [Int] = []
        for start in positions {
            var position = start
            if closed.last.map({ $0 >= position }) ?? false { continue }
            closed.append(position)
            while position < pattern.tokens.count, pattern.tokens[position] == .text {
                position += 1
                if closed.last.map({ $0 < position }) ?? true { closed.append(position) }
            }
        }
        return closed
    }
}
