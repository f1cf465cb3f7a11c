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
        do {
            let version: Int
            (queue, version) = try Self.opened(path)
            guard version <= DecisionColumns.schema else {
                throw DecisionStoreProblem(.newer, "a newer version of gatepost has written it")
            }
            guard version > 0 else { throw DecisionStoreProblem(.missing, "no decision was kept yet") }
        } catch {
            throw DecisionStoreProblem(error)
        }
        (self.path, identity) = (path, FileIdentity(path))
    }

    /// The file with its `user_version`.
    private static func opened(_ path: String) throws -> (DatabaseQueue, Int) {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        func open(_ name: String) throws -> (DatabaseQueue, Int) {
            let queue = try DatabaseQueue(path: name, configuration: configuration)
            return (queue, try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 })
        }
        do {
            return try open(path)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            // Reading takes a file beside it for the locks, which cannot be made on a file system that is read-only.
            // Without a write-ahead log nobody is writing, and it can be read as it lies there.
            guard access("\(path)-wal", F_OK) != 0 else { throw error }
            return try open("file:\(percentEncoded(path))?immutable=1")
        }
    }

    private static func percentEncoded(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"), 0x80...: "%" + String(byte, radix: 16)
            default: String(UnicodeScalar(byte))
            }
        }.joined()
    }

    /// Another file has its name now, so that nothing more will come into this one.
    public var wasReplaced: Bool {
        let current = FileIdentity(path)
        return current != nil && current != identity
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
