import Diagnostics

/// A text file of another server's configuration, in lines that know where they stand.
public struct ConfigFile: Hashable, Sendable {
    public enum Encoding: Hashable, Sendable {
        case utf8, utf16
        /// Neither, so each byte is the character of that number. Old systems wrote the code page of their country;
        /// what decides about relay is ASCII in all of them.
        case latin1
    }

    /// As people know it.
    public let path: String
    public let encoding: Encoding
    /// Without line ends; LF, CR LF and CR end a line.
    public let lines: [Line]

    /// One line with its place.
    public struct Line: Hashable, Sendable {
        /// From 1.
        public var number: Int
        public var text: String
        public init(number: Int, text: String) { (self.number, self.text) = (number, text) }
    }

    /// Why bytes are no text file of a configuration; the text is for people and follows `FILE: `.
    public enum Problem: Error, Hashable, Sendable {
        case isCompiledMap, isBinary
        public var message: String {
            switch self {
            case .isCompiledMap: "this is a compiled map (.db), which is made from a text file of the same name without `.db`; give that"
            case .isBinary: "this is no text file"
            }
        }
    }

    public init(_ bytes: [UInt8], path: String) throws(Problem) {
        self.path = path
        let (text, encoding) = try Self.decode(bytes)
        // No configuration has a NUL; what is full of them was never a text.
        if encoding == .utf16, text.utf8.contains(0) { throw .isBinary }
        self.encoding = encoding
        lines = Self.cut(text)
    }

    /// The last component of the path, in lower case.
    public var baseName: String {
        let base = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? path
        return base.lowercased()
    }

    /// The place of a line, or of a part of one.
    public func place(_ line: Line, column: Int = 1, length: Int = 1) -> SourceLocation {
        SourceLocation(file: path, line: line.number, column: column, length: length)
    }

    public func origin(_ line: Line, note: String? = nil) -> Origin { Origin(place(line), note: note) }

    // MARK: Bytes

    private static func decode(_ bytes: [UInt8]) throws(Problem) -> (String, Encoding) {
        if bytes.starts(with: [0xff, 0xfe]) { return (utf16(bytes.dropFirst(2), isLittleEndian: true), .utf16) }
        if bytes.starts(with: [0xfe, 0xff]) { return (utf16(bytes.dropFirst(2), isLittleEndian: false), .utf16) }
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        if isCompiledMap(body) { throw .isCompiledMap }
        if body.prefix(4096).contains(0) {
            // ASCII in UTF-16 without its mark has a NUL in every second byte.
            let head = body.prefix(4096)
            let odd = head.enumerated().filter { $0.offset % 2 == 1 && $0.element == 0 }.count
            guard odd * 10 >= head.count / 2 * 9 else { throw .isBinary }
            return (utf16(body, isLittleEndian: true), .utf16)
        }
        if let text = String(validating: body, as: UTF8.self) { return (text, .utf8) }
        var scalars = String.UnicodeScalarView()
        for byte in body { scalars.append(Unicode.Scalar(byte)) }
        return (String(scalars), .latin1)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isLittleEndian ? first | second << 8 : first << 8 | second)
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Berkeley DB and its forerunners keep a magic number in the first page, in either byte order.
    private static func isCompiledMap(_ bytes: ArraySlice<UInt8>) -> Bool {
        let magics: [[UInt8]] = [[0x00, 0x06, 0x15, 0x61], [0x00, 0x05, 0x31, 0x62], [0x13, 0x57, 0x9a, 0xce]]
        for offset in [0, 12] {
            let found = Array(bytes.dropFirst(offset).prefix(4))
            if magics.contains(where: { $0 == found || Array($0.reversed()) == found }) { return true }
        }
        return false
    }

    private static func cut(_ text: String) -> [Line] {
        var lines: [Line] = []
        var utf8 = text.utf8[...]
        while !utf8.isEmpty {
            let end = utf8.firstIndex { $0 == 0x0a || $0 == 0x0d } ?? utf8.endIndex
            lines.append(Line(number: lines.count + 1, text: String(utf8[..<end]) ?? ""))
            guard end < utf8.endIndex else { break }
            var next = utf8.index(after: end)
            if utf8[end] == 0x0d, next < utf8.endIndex, utf8[next] == 0x0a { next = utf8.index(after: next) }
            utf8 = utf8[next...]
        }
        return lines
    }
}
