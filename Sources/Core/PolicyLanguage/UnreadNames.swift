import Diagnostics

/// Names that stand in statements which cannot be read, and where other statements use them: whoever misspells
/// `networks` should not hear of every line that names the network.
struct UnreadNames {
    private var names: Set<String> = []
    /// The words that use such a name, as values.
    private(set) var uses: Set<SourceLocation> = []

    init(_ tree: StatementTree) {
        collect(tree.statements, in: .top)
        if !names.isEmpty { find(tree.statements, in: .top) }
    }

    private mutating func collect(_ statements: [Statement], in kind: BlockKind) {
        for statement in statements {
            let keyword = statement.keyword.text
            let isUnread = !kind.keywords.contains(keyword) || statement.keyword.isQuoted
            switch kind {
            case .top where isUnread, .refuse where isUnread, .relay where isUnread:
                if let name = statement.values.first { names.insert(name.text) }
            case .unknown where BlockKind.ruleVerbs.contains(keyword):
                if let name = statement.values.first { names.insert(name.text) }
            case .refuse, .relay: collectRuleName(statement)
            default: break
            }
            collect(statement.block?.statements ?? [], in: kind.block(of: keyword))
        }
    }

    /// A name of several words without quotes, or with a brace in quotes that have no end.
    private mutating func collectRuleName(_ statement: Statement) {
        if statement.values.count > 1 { names.insert(statement.values.map(\.text).joined(separator: " ")) }
        if let name = statement.values.last, name.isQuoted, name.text.hasSuffix("{") {
            names.insert(String(name.text.dropLast()).trimmedAtEnd)
        }
    }

    private mutating func find(_ statements: [Statement], in kind: BlockKind) {
        for statement in statements {
            // What a rule at its own place is called is no use of the name.
            let values = kind == .refuse || kind == .relay || kind == .top && statement.block != nil ? [] : statement.values
            for value in values where names.contains(value.text) { uses.insert(value.at) }
            find(statement.block?.statements ?? [], in: kind.block(of: statement.keyword.text))
        }
    }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
