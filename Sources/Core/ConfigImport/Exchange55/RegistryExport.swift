/// A `.reg` file: `REGEDIT4`, whose lists of strings are single bytes, or `Windows Registry Editor Version 5.00`, whose
/// lists are UTF-16LE whatever the file itself is written in.
struct RegistryExport {
    enum Data: Hashable {
        case text(String)
        case number(UInt32)
        /// `hex(KIND):`; `isCut` if the file ends within it.
        case bytes(kind: UInt32, [UInt8], isCut: Bool)
        /// `"name"=-`: taken out of the registry.
        case deletion
        case unreadable
    }

    struct Value {
        /// The path of its key, in lower case.
        var key: String
        /// In lower case; empty for `@`.
        var name: String
        var data: Data
        /// As it is written, at most its first line.
        var text: String
        var origin: Origin
    }

    /// Whether lists are UTF-16LE.
    let listsAreWide: Bool
    private(set) var values: [Value] = []
    /// Lines that are no part of the format.
    private(set) var strays: [(key: String, text: String, origin: Origin)] = []
    /// Keys that `[-KEY]` takes out, in lower case.
    private(set) var deletedKeys: [(key: String, text: String, origin: Origin)] = []

    static func isExport(_ file: ConfigFile) -> Bool { heading(of: file) != nil }

    private static func heading(of file: ConfigFile) -> String? {
        let first = file.lines.prefix(20).first { !OldAddressForms.trimmed($0.text).isEmpty }
        let text = first.map { OldAddressForms.trimmed($0.text).lowercased() }
        return text == "regedit4" || text?.hasPrefix("windows registry editor version") ?? false ? text : nil
    }

    init(_ file: ConfigFile) {
        listsAreWide = Self.heading(of: file) != "regedit4"
        var key = ""
        var index = 0
        var isHeading = true
        while index < file.lines.count {
            let line = file.lines[index]
            index += 1
            let text = OldAddressForms.trimmed(line.text)
            guard !text.isEmpty, !text.hasPrefix(";") else { continue }
            if isHeading {
                isHeading = false
            } else if text.hasPrefix("["), text.hasSuffix("]") {
                key = text.dropFirst().dropLast().lowercased()
                if key.hasPrefix("-") {
                    key.removeFirst()
                    deletedKeys.append((key, text, file.origin(line)))
                }
            } else {
                var whole = text
                var isCut = false
                // Only lists of bytes go on behind a backslash; in a string it is a character.
                if Self.isBytes(text) {
                    while whole.hasSuffix("\\") {
                        whole.removeLast()
                        guard index < file.lines.count else {
                            isCut = true
                            break
                        }
                        whole += OldAddressForms.trimmed(file.lines[index].text)
                        index += 1
                    }
                }
                let isLast = index == file.lines.count
                add(whole, text, key, isCut: isCut || isLast && Self.isCutNumber(text), at: file.origin(line))
            }
        }
    }

    /// Exports write eight digits, of which those that say something come last.
    private static func isCutNumber(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return lowered.firstRange(of: "=dword:").map { range in
            lowered[range.upperBound...].utf8.count < 8 && lowered[range.upperBound...].utf8.allSatisfy { $0 == UInt8(ascii: "0") }
        } ?? false
    }

    private static func isBytes(_ text: String) -> Bool { text.lowercased().contains("=hex") }

    private mutating func add(_ whole: String, _ text: String, _ key: String, isCut: Bool, at origin: Origin) {
        guard let (name, rest) = Self.name(of: whole) else { return strays.append((key, text, origin)) }
        values.append(
            Value(key: key, name: name.lowercased(), data: Self.data(rest, isCut: isCut), text: text, origin: origin))
    }

    /// `"name"=` or `@=` at the beginning, and what follows.
    private static func name(of text: String) -> (String, Substring)? {
        if text.hasPrefix("@=") { return ("", text.dropFirst(2)) }
        guard text.hasPrefix("\"") else { return nil }
        let body = text.dropFirst()
        guard let (name, end) = quoted(body), body[end...].hasPrefix("=") else { return nil }
        return (name, body[end...].dropFirst())
    }

    /// What stands before the next `"`, and the place behind it.
    private static func quoted(_ text: Substring) -> (String, Substring.Index)? {
        var said = ""
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            index = text.index(after: index)
            if character == "\"" { return (said, index) }
            if character == "\\", index < text.endIndex {
                said.append(text[index])
                index = text.index(after: index)
            } else {
                said.append(character)
            }
        }
        return nil
    }

    private static func data(_ text: Substring, isCut: Bool) -> Data {
        if text == "-" { return .deletion }
        if text.hasPrefix("\"") {
            let body = text.dropFirst()
            guard let (said, end) = quoted(body), body[end...].isEmpty else { return .unreadable }
            return .text(said)
        }
        guard let colon = text.firstIndex(of: ":") else { return .unreadable }
        let (type, digits) = (text[..<colon].lowercased(), text[text.index(after: colon)...])
        if type == "dword" {
            return isCut ? .unreadable : UInt32(hexadecimal: digits, digits: 1...8).map(Data.number) ?? .unreadable
        }
        guard let kind = kind(type) else { return .unreadable }
        guard let bytes = bytes(digits, isCut: isCut) else { return .unreadable }
        if kind == 4, bytes.count == 4, !isCut {
            return .number(bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
        return .bytes(kind: kind, bytes, isCut: isCut)
    }

    private static func kind(_ type: String) -> UInt32? {
        if type == "hex" { return 3 }
        guard type.hasPrefix("hex("), type.hasSuffix(")") else { return nil }
        return UInt32(hexadecimal: type.dropFirst(4).dropLast(), digits: 1...8)
    }

    private static func bytes(_ text: Substring, isCut: Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        let parts = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            let digits = OldAddressForms.trimmed(String(part) ?? "")
            if digits.isEmpty, place == parts.count - 1 { break }
            guard let byte = UInt32(hexadecimal: digits, digits: 1...2) else {
                // A file that ends within a byte.
                if isCut, place == parts.count - 1 { break }
                return nil
            }
            bytes.append(UInt8(byte))
        }
        return bytes
    }

    /// The strings of a list of kind 7, and whether it ends as it should: each string with a NUL, the list with one
    /// more.
    func strings(_ bytes: [UInt8]) -> (strings: [String], isWhole: Bool) {
        var units: [UInt16] = []
        if listsAreWide {
            for index in stride(from: 0, to: bytes.count - 1, by: 2) {
                units.append(UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            }
        } else {
            units = bytes.map(UInt16.init)
        }
        var strings = units.split(separator: 0, omittingEmptySubsequences: false)[...]
        let endsWithNUL = units.last == 0
        if endsWithNUL { strings.removeLast() }
        // The list's own NUL is a string without characters.
        let hasEnd = endsWithNUL && strings.last?.isEmpty ?? false
        let isWhole = (hasEnd || units.isEmpty) && (!listsAreWide || bytes.count % 2 == 0)
        return (strings.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF16.self) }, isWhole)
    }
}

extension UInt32 {
    /// Hexadecimal digits alone, without a sign.
    fileprivate init?(hexadecimal text: some StringProtocol, digits: ClosedRange<Int>) {
        guard digits.contains(text.utf8.count), text.utf8.first != UInt8(ascii: "+"), text.utf8.first != UInt8(ascii: "-"),
            let number = UInt32(text, radix: 16)
        else { return nil }
        self = number
    }
}
