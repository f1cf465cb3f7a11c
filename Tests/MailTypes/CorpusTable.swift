import Foundation
import Testing

/// A table of cases in `Corpus/addresses`: columns separated by tabs, `#` lines are comments, `-` is nothing,
/// `\xNN` a byte and `\\` a backslash.
enum CorpusTable {
    /// The rows, each with its line for messages. Traps if the file is not there or a row lacks columns.
    static func rows(_ name: String, columns: Int) -> [Row] {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Corpus/addresses/\(name)")
        guard let data = try? Data(contentsOf: file) else { fatalError("no \(file.path)") }
        let lines = [UInt8](data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { number, line in
            if line.isEmpty || line.first == UInt8(ascii: "#") { return nil }
            let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(unescape)
            precondition(cells.count == columns, "\(name):\(number + 1) has \(cells.count) columns")
            return Row(at: "\(name):\(number + 1)", cells: cells)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let at: String
        let cells: [[UInt8]]
        func text(_ column: Int) -> String { String(decoding: cells[column], as: UTF8.self) }
        var testDescription: String { "\(at) \(text(0))" }
    }

    private static func unescape(_ cell: ArraySlice<UInt8>) -> [UInt8] {
        if cell.elementsEqual("-".utf8) { return [] }
        var bytes: [UInt8] = []
        var rest = cell
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "x"),
                let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(rest.popFirst() ?? byte)
            }
        }
        return bytes
    }
}
