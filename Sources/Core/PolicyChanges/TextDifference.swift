/// The lines in which two texts differ, as `diff -u` shows them: what was changed together is one stretch.
public struct TextDifference: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public enum Sign: String, Hashable, Sendable {
            case kept = " "
            case removed = "-"
            case added = "+"
        }
        public var sign: Sign
        /// Without its line end.
        public var text: String
    }

    /// With `context` unchanged lines around.
    public private(set) var lines: [Line] = []
    /// The number of the first of `lines` in the old text, from 1.
    public private(set) var firstLine = 1

    public init(from old: [UInt8], to new: [UInt8], context: Int = 2) {
        let (old, new) = (Self.lines(of: old), Self.lines(of: new))
        guard old != new else { return }
        var head = 0
        while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        let start = max(head - context, 0)
        firstLine = start + 1
        lines = old[start..<head].map { Line(sign: .kept, text: $0) }
        lines += old[head..<old.count - tail].map { Line(sign: .removed, text: $0) }
        lines += new[head..<new.count - tail].map { Line(sign: .added, text: $0) }
        lines += old[(old.count - tail)...].prefix(context).map { Line(sign: .kept, text: $0) }
    }

    /// `+    permit "printers" {`
    public var text: [String] { lines.map { $0.sign.rawValue + $0.text } }

    private static func lines(of bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
