import Diagnostics

extension Configuration.Node {
    /// The `node` block of a file whose other parts may have errors, as far as it can be read: commands find the
    /// running daemon by `state`, and must find it to tell of those errors.
    public static func readLeniently(_ bytes: [UInt8], file: String) -> Configuration.Node {
        let tree = StatementParser.parse(SourceText(bytes, file: file))
        var node = Configuration.Node()
        for statement in tree.statements where statement.keyword.says("node") {
            for inner in statement.block?.statements ?? [] {
                guard let value = inner.values.first, !value.text.isEmpty else { continue }
                switch inner.keyword.text {
                case "hostname": node.hostname = node.hostname ?? (try? value.domain()).map { "\($0)" }
                case "state": node.state = node.state ?? value.text
                default: break
                }
            }
        }
        return node
    }
}
