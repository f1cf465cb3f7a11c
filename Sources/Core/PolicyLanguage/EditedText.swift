import Diagnostics

/// The bytes of a file with its statements, and where its lines are.
struct EditedText {
    let bytes: [UInt8]
    /// The byte order mark, if there is one.
    let mark: [UInt8]
    let tree: StatementTree
    /// LF or CRLF, as the file's first line has it.
    let lineEnd: String
    private let lines: [Int]

    init(_ raw: [UInt8], file: String) throws(EditableConfiguration.Problem) {
        let source = SourceText(raw, file: file)
        tree = StatementParser.parse(source)
        guard tree.problems.isEmpty else {
            throw EditableConfiguration.Problem("\(file) cannot be cut into statements; `gatepost check` says where")
        }
        bytes = source.bytes
        mark = Array(raw.prefix(raw.count - bytes.count))
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == 0x0a { starts.append(offset + 1) }
        lines = starts
        let first = starts.count > 1 ? starts[1] : 0
        lineEnd = first > 1 && bytes[first - 2] == 0x0d ? "\r\n" : "\n"
    }

    /// Of a line from 1; the end of the text for one behind the last.
    func start(ofLine line: Int) -> Int { line <= lines.count ? lines[line - 1] : bytes.count }

    func offset(of place: SourceLocation) -> Int { skip(place.column - 1, from: start(ofLine: place.line)) }

    func end(of place: SourceLocation) -> Int { skip(place.length, from: offset(of: place)) }

    private func skip(_ scalars: Int, from start: Int) -> Int {
        var offset = start
        for _ in 0..<scalars {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
        }
        return min(offset, bytes.count)
    }

    func spaceBefore(_ offset: Int) -> Range<Int> {
        var start = offset
        while start > 0, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") { start -= 1 }
        return start..<offset
    }

    /// Comments directly above a rule belong to it.
    func firstLine(withCommentsAbove line: Int) -> Int {
        var first = line
        while first > 1 {
            let above = bytes[start(ofLine: first - 1)..<start(ofLine: first)]
            guard above.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) == UInt8(ascii: "#")
            else {
                break
            }
            first -= 1
        }
        return first
    }
}
