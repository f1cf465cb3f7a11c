import Diagnostics

/// The bytes of one file, made valid UTF-8, with its name and with what was wrong with the encoding.
struct SourceText {
    /// As people know it.
    let file: String
    /// Valid UTF-8 without a byte order mark: editors on Windows write one, and it means nothing.
    let bytes: [UInt8]
    /// The same as text.
    let string: String
    /// One for each stretch of bytes that is no UTF-8; U+FFFD stands in its place.
    let problems: [Diagnostic]

    init(_ raw: [UInt8], file: String) {
        self.file = file
        let start = raw.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        let body = raw[start...]
        if let text = String(validating: body, as: UTF8.self) {
            (bytes, string, problems) = (start == 0 ? raw : Array(body), text, [])
        } else {
            (bytes, problems) = Self.repaired(body, file: file)
            string = String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func repaired(_ raw: ArraySlice<UInt8>, file: String) -> ([UInt8], [Diagnostic]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var problems: [Diagnostic] = []
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = raw.makeIterator()
        var (line, column) = (1, 1)
        var lastBadLine = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput:
                return (bytes, problems)
            case .valid(let encoded):
                bytes += encoded
                if encoded.first == 0x0a { (line, column) = (line + 1, 1) } else { column += 1 }
            case .error:
                bytes += [0xef, 0xbf, 0xbd]
                if line != lastBadLine {
                    problems.append(
                        Diagnostic(
                            .error, "this line is not UTF-8",
                            at: SourceLocation(file: file, line: line, column: column),
                            fix: "save the file as UTF-8"))
                    lastBadLine = line
                }
                column += 1
            }
        }
    }
}
