extension Configuration.Node {
    /// `node { }` alone, whatever else is wrong in the file: commands for the running daemon must find it also
    /// when the file has an error.
    public init(leniently bytes: [UInt8]) {
        self.init()
        let tree = StatementParser.parse(SourceText(bytes, file: ""))
        let node = tree.statements.first { $0.keyword.says("node") }?.block?.statements ?? []
        hostname = node.first { $0.keyword.says("hostname") }?.values.first?.text
        state = node.first { $0.keyword.says("state") }?.values.first?.text
    }
}
