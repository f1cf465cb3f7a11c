/// A place in a text: `gatepost.conf:95:14`.
public struct SourceLocation: Hashable, Sendable {
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// How many scalars the caret underlines, at least 1.
    public var length: Int
    public init(file: String, line: Int, column: Int, length: Int = 1) {
        (self.file, self.line, self.column, self.length) = (file, line, column, length)
    }
    /// `file:line`, as decisions cite a rule.
    public var lineReference: String { "\(file):\(line)" }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:column`, which editors and terminals make clickable.
    public var description: String { "\(file):\(line):\(column)" }
}
