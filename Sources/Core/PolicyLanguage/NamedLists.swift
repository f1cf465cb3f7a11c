import Diagnostics

/// The lists that `networks` and `senders` name. They are read when first asked for, since one may use another
/// that stands below it.
struct NamedLists<Value> {
    enum State {
        case unread(Statement)
        /// It is being read right now: to ask for it means that it contains itself.
        case reading
        /// Nil if it has errors.
        case read([Value]?)
    }

    /// Lists in lists in lists: deeper is no help to a reader, and recursion has to end somewhere.
    static var deepest: Int { 32 }

    private(set) var table: NameTable
    private(set) var order: [Word] = []
    var states: [String: State] = [:]
    /// What list files hold, by name; nil when that has errors.
    var files: [String: [Value]?] = [:]

    init(kind: String) { table = NameTable(kind: kind) }

    mutating func define(_ word: Word, as statement: Statement) throws(Diagnostic) {
        try table.define(word)
        order.append(word)
        states[word.text] = .unread(statement)
    }
}
