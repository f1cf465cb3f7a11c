/// Start tags of an XML file with their attributes, without a tree: what settings files of that form need.
public struct MarkupTags {
    public struct Tag: Hashable, Sendable {
        public var name: String
        /// Names in lower case; of one that comes twice the last counts.
        public var attributes: [String: String]
        public var origin: Origin
        public init(name: String, attributes: [String: String], origin: Origin) {
            (self.name, self.attributes, self.origin) = (name, attributes, origin)
        }
    }

    public private(set) var tags: [Tag] = []
    /// Whether the file ends within a tag or a comment.
    public private(set) var isCut = false

    public init(_ file: ConfigFile) {
        var scanner = Scanner(file)
        while let tag = scanner.next(isCut: &isCut) { tags.append(tag) }
    }
}

private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private let file: ConfigFile

    init(_ file: ConfigFile) {
        self.file = file
        var bytes: [UInt8] = []
        for line in file.lines {
            bytes += line.text.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        self.bytes = bytes
    }

    /// The next start tag; nil at the end.
    mutating func next(isCut: inout Bool) -> MarkupTags.Tag? {
        while skip(to: UInt8(ascii: "<")) {
            let origin = file.origin(ConfigFile.Line(number: line, text: ""))
            advance()
            if starts(with: "!--") {
                guard skipComment() else {
                    isCut = true
                    return nil
                }
                continue
            }
            let name = word()
            // End tags, declarations and instructions have no name here.
            guard !name.isEmpty else { continue }
            guard let attributes = attributes() else {
                isCut = true
                return nil
            }
            return MarkupTags.Tag(name: name, attributes: attributes, origin: origin)
        }
        return nil
    }

    /// Up to and with `>`; nil where the file ends before it.
    private mutating func attributes() -> [String: String]? {
        var attributes: [String: String] = [:]
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") {
                advance()
                return attributes
            }
            let name = word()
            guard !name.isEmpty else {
                advance()
                continue
            }
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
            advance()
            skipBlanks()
            guard index < bytes.count else { return nil }
            let quote = bytes[index]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { continue }
            advance()
            let start = index
            guard skip(to: quote) else { return nil }
            attributes[name.lowercased()] = Self.decoded(bytes[start..<index])
            advance()
        }
        return nil
    }

    private mutating func word() -> String {
        let start = index
        while index < bytes.count, Self.isNameByte(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }

    private mutating func skipBlanks() { while index < bytes.count, [0x20, 0x09, 0x0a].contains(bytes[index]) { advance() } }

    private mutating func skip(to sign: UInt8) -> Bool {
        while index < bytes.count, bytes[index] != sign { advance() }
        return index < bytes.count
    }

    private mutating func skipComment() -> Bool {
        while index < bytes.count {
            if starts(with: "-->") {
                index += 3
                return true
            }
            advance()
        }
        return false
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private mutating func advance() {
        if bytes[index] == 0x0a { line += 1 }
        index += 1
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.contains(UInt8(ascii: "&")) else { return text }
        var decoded = ""
        var rest = text[...]
        let entities: [(String, Character)] = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        while let first = rest.first {
            if first == "&", let (name, character) = entities.first(where: { rest.hasPrefix($0.0) }) {
                decoded.append(character)
                rest = rest.dropFirst(name.count)
            } else {
                decoded.append(first)
                rest.removeFirst()
            }
        }
        return decoded
    }
}
