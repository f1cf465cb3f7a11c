import GRDB
import GRDBSQLite
import Glibc

/// The file of decisions, open for reading: beside a running daemon, or without one.
public final class DecisionArchive {
    public struct Found: Sendable {
        /// The oldest first.
        public var decisions: [KeptDecision] = []
        /// Rows that this version cannot read: a newer one wrote them, or they are damaged.
        public var unreadable = 0
        /// The last key that was looked at, in the order of the search.
        public var lastKey: Int64?
    }

    private let queue: DatabaseQueue
    private let path: String
    private let identity: FileIdentity?

    public init(_ path: String) throws(DecisionStoreProblem) {
        guard access(path, F_OK) == 0 else {
            guard errno == ENOENT else {
                throw DecisionStoreProblem(.other, String(cString: strerror(errno)).lowercased())
            }
            throw DecisionStoreProblem(.missing, "there is no such file yet")
        }
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let version = try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
            guard version <= DecisionColumns.schema else {
                throw DecisionStoreProblem(.newer, "a newer version of gatepost has written it")
            }
            guard version > 0 else { throw DecisionStoreProblem(.missing, "no decision was kept yet") }
        } catch {
            throw DecisionStoreProblem(error)
        }
        (self.path, identity) = (path, FileIdentity(path))
    }

    /// Another file has its name now, so that nothing more will come into this one.
    public var wasReplaced: Bool {
        let current = FileIdentity(path)
        return current != nil && current != identity
    }

    /// Every row that fits, one by one, in the order of the search; nil for one that this version cannot read.
    public func forEach(
        _ search: DecisionSearch, _ body: (_ key: Int64, KeptDecision?) throws -> Void
    ) throws {
        do {
            try queue.read { db in
                let (text, arguments) = search.sql
                let statement = try db.makeStatement(sql: text)
                try statement.setArguments(arguments)
                try Self.read(statement, body)
            }
        } catch let error as DatabaseError {
            throw DecisionStoreProblem(error)
        }
    }

    public func find(_ search: DecisionSearch) throws(DecisionStoreProblem) -> Found {
        do {
            var found = try queue.read { db in
                let (text, arguments) = search.sql
                let statement = try db.makeStatement(sql: text)
                try statement.setArguments(arguments)
                var found = Found()
                try Self.read(statement) { key, decision in
                    found.lastKey = key
                    if let decision { found.decisions.append(decision) } else { found.unreadable += 1 }
                }
                return found
            }
            if search.after == nil { found.decisions.reverse() }
            return found
        } catch {
            throw DecisionStoreProblem(error)
        }
    }

    /// The newest key there is; nil in an empty file.
    public func newestKey() throws(DecisionStoreProblem) -> Int64? {
        do {
            return try queue.read { db in try Int64.fetchOne(db, sql: "SELECT max(key) FROM decisions") }
        } catch {
            throw DecisionStoreProblem(error)
        }
    }

    private static func read(_ statement: Statement, _ body: (Int64, KeptDecision?) throws -> Void) throws {
        let pointer = statement.sqliteStatement
        defer { sqlite3_reset(pointer) }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW:
                let row = StoredRow(pointer)
                try body(row.key, row.decision)
            case SQLITE_DONE: return
            case let code:
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code),
                    message: String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer))))
            }
        }
    }
}
