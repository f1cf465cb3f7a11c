/// Reads one JSON text (RFC 8259 §2) and nothing more lenient.
struct JSONParser {
    /// Deep enough for anything that we exchange; the parser recurses, so it must end somewhere.
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0

    /// Refuses bytes that are not UTF-8 before anything is read, so that every slice of them is text.
    init(_ bytes: [UInt8]) throws(JSONProblem) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONProblem(message: "not UTF-8", offset: error.byteOffsets.lowerBound)
        }
        self.bytes = bytes
    }

    mutating func document() throws(JSONProblem) -> JSONValue {
        // RFC 8259 §8.1 lets a parser ignore a byte order mark. We do not: who sends one sends another
        // encoding next time.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { throw problem("a byte order mark") }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw problem("text after the value") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
        guard depth < Self.maximumDepth else { throw problem("more than \(Self.maximumDepth) levels") }
        guard let byte = peek else { throw problem("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw problem("not a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        index += 1
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            guard peek == UInt8(ascii: "\"") else { throw problem("a name in quotes is missing") }
            let start = index
            let name = try string()
            guard names.insert(name).inserted else {
                throw JSONProblem(message: "a second member of the same name", offset: start)
            }
            skipSpace()
            guard take(":") else { throw problem("`:` is missing") }
            skipSpace()
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw problem("`,` or `}` is missing") }
            skipSpace()
        }
    }

    private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
        var elements: [JSONValue] = []
        index += 1
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw problem("`,` or `]` is missing") }
            skipSpace()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        let end = index + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { end <= bytes.count && bytes[index..<end].elementsEqual($0) }
        guard matches else { throw problem("not a value") }
        index = end
        return value
    }
}

// Strings and numbers.
extension JSONParser {
    private mutating func string() throws(JSONProblem) -> String {
        index += 1
        var text = ""
        var runStart = index
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                text += String(decoding: bytes[runStart..<index], as: UTF8.self)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[runStart..<index], as: UTF8.self)
                index += 1
                text.unicodeScalars.append(try escape())
                runStart = index
            case 0..<0x20:
                throw problem("a control character in a string")
            default:
                index += 1
            }
        }
        throw problem("a string without its end")
    }

    /// What follows a backslash (RFC 8259 §7).
    private mutating func escape() throws(JSONProblem) -> Unicode.Scalar {
        guard let byte = peek else { throw problem("a string without its end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            index -= 1
            throw problem("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(JSONProblem) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Only surrogates are left. Half of a pair is no character, and who compares texts would see one.
        guard first < 0xdc00, take("\\"), take("u") else { throw problem("half of a surrogate pair") }
        let second = try fourHexDigits()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw problem("half of a surrogate pair") }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONProblem) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Self.hexDigit(byte) else {
                throw problem("four hexadecimal digits are missing")
            }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private mutating func number() throws(JSONProblem) -> Double {
        let start = index
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)), value.isFinite else {
            throw JSONProblem(message: "a number too large", offset: start)
        }
        return value
    }

    private mutating func digits() throws(JSONProblem) {
        let start = index
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw problem("a digit is missing") }
    }
}

// One byte.
extension JSONParser {
    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    private func problem(_ message: String) -> JSONProblem { JSONProblem(message: message, offset: index) }
}
