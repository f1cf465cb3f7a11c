extension JSONValue {
    /// Compact, in one line.
    public var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Indented by two spaces, for people.
    public var prettyText: String {
        var bytes: [UInt8] = []
        writePretty(to: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `text` in pieces of some `size` bytes: an answer can be hundreds of megabytes.
    public func write<Problem: Error>(
        inPiecesOf size: Int = 1 << 18, _ take: ([UInt8]) throws(Problem) -> Void
    ) throws(Problem) {
        var bytes: [UInt8] = []
        try write(inPiecesOf: size, &bytes, take)
        if !bytes.isEmpty { try take(bytes) }
    }

    private func write<Problem: Error>(
        inPiecesOf size: Int, _ bytes: inout [UInt8], _ take: ([UInt8]) throws(Problem) -> Void
    ) throws(Problem) {
        if bytes.count >= size {
            try take(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        switch self {
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try element.write(inPiecesOf: size, &bytes, take)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try member.value.write(inPiecesOf: size, &bytes, take)
            }
            bytes.append(UInt8(ascii: "}"))
        default:
            writeScalar(to: &bytes)
        }
    }

    /// Appends `text` as UTF-8.
    public func write(to bytes: inout [UInt8]) {
        write(inPiecesOf: .max, &bytes) { _ in }
    }

    private func writePretty(to bytes: inout [UInt8], indent: Int) {
        func startLine(_ indent: Int) {
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                startLine(indent + 2)
                element.writePretty(to: &bytes, indent: indent + 2)
            }
            startLine(indent)
            bytes.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                startLine(indent + 2)
                Self.write(member.name, to: &bytes)
                bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
                member.value.writePretty(to: &bytes, indent: indent + 2)
            }
            startLine(indent)
            bytes.append(UInt8(ascii: "}"))
        default:
            write(to: &bytes)
        }
    }

    private func writeScalar(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let value): bytes += Self.text(of: value).utf8
        case .string(let text): Self.write(text, to: &bytes)
        case .array, .object: preconditionFailure("\(self) is no scalar")
        }
    }

    /// Whole numbers without a fraction. JSON has no word for infinity and NaN; they become null, as in
    /// ECMAScript, and the parser never makes them.
    private static func text(of number: Double) -> String {
        if let integer = Int64(exactly: number), integer.magnitude <= 1 << 53 { return String(integer) }
        return number.isFinite ? number.description : "null"
    }

    /// Escapes what RFC 8259 §7 asks for, and DEL and the C1 controls too: a line of JSON is also shown on
    /// terminals, and the text in it comes from strangers.
    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            // What needs no escape is copied a run at a time.
            var runStart = 0
            var index = 0
            while index < utf8.count {
                let byte = utf8[index]
                let isC1 = byte == 0xc2 && index + 1 < utf8.count && utf8[index + 1] < 0xa0
                guard byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f || isC1 else {
                    index += 1
                    continue
                }
                bytes += utf8[runStart..<index]
                writeEscape(of: isC1 ? utf8[index + 1] : byte, to: &bytes)
                index += isC1 ? 2 : 1
                runStart = index
            }
            bytes += utf8[runStart...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `character` is a scalar below U+0100.
    private static func writeEscape(of character: UInt8, to bytes: inout [UInt8]) {
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), character]
        case UInt8(ascii: "\n"): bytes += "\\n".utf8
        case UInt8(ascii: "\r"): bytes += "\\r".utf8
        case UInt8(ascii: "\t"): bytes += "\\t".utf8
        default:
            bytes += "\\u00".utf8
            bytes += [hexadecimalDigit(character >> 4), hexadecimalDigit(character & 15)]
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
