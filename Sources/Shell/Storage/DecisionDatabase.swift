import DecisionRecords
import GRDB
import Glibc
import MailTypes

/// The file of decisions, open for writing. Of one thread.
final class DecisionDatabase {
    private let queue: DatabaseQueue
    private let path: String
    private let identity: FileIdentity?

    /// How long a lock of another program is waited for.
    private static let patience = 2.0

    /// Creates the file where it is missing.
    init(_ path: String) throws(DecisionStoreProblem) {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(Self.patience)
        configuration.journalMode = .wal
        configuration.label = "gatepost decisions"
        // Of a new file. Fewer calls of the system for each record than with the 4096 that are usual.
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA page_size = 8192") }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { db in try db.execute(sql: "PRAGMA synchronous = NORMAL") }
            try queue.write { db in try Self.prepare(db) }
        } catch {
            throw DecisionStoreProblem(error)
        }
        (self.path, identity) = (path, FileIdentity(path))
    }

    /// Somebody has taken the file away, or put another in its place: what is written now nobody would find.
    var wasReplaced: Bool { FileIdentity(path) != identity }

    private static func prepare(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= DecisionColumns.schema else {
            throw DecisionStoreProblem(.newer, "a newer version of gatepost has written it; it is left as it is")
        }
        guard version == 0 else { return }
        try db.execute(sql: DecisionColumns.definition)
        try db.execute(sql: "PRAGMA user_version = \(DecisionColumns.schema)")
    }

    /// All or none of `count` rows from `position` on. Where the next begins.
    func insert(
        _ count: Int, of rows: DecisionRows, from position: DecisionRows.Position
    ) throws(DecisionStoreProblem) -> DecisionRows.Position {
        do {
            return try queue.write { db in
                let statement = try db.cachedStatement(sql: DecisionColumns.insertion)
                return try rows.insert(count, from: position, fields: DecisionColumns.names.count, with: statement)
            }
        } catch {
            throw DecisionStoreProblem(error)
        }
    }

    /// Deletes at most `step` of the oldest records that are older than `cutoff`, or too many for `size` bytes. Whether
    /// there were any, so that there may be more.
    ///
    /// The newest record stays: the keys of those to come go on from its key, and whoever follows the log relies on
    /// that.
    func trim(olderThan cutoff: Instant, size: UInt64, step: Int) throws(DecisionStoreProblem) -> Bool {
        do {
            return try queue.write { db in
                let first = "SELECT key, time FROM decisions ORDER BY key LIMIT 1"
                guard let oldest = try Row.fetchOne(db, sql: first),
                    let newest = try Int64.fetchOne(db, sql: "SELECT max(key) FROM decisions")
                else { return false }
                let last = min((oldest["key"] as Int64) + Int64(step), newest)
                if try Self.usedBytes(db) > size {
                    try db.execute(sql: "DELETE FROM decisions WHERE key < ?", arguments: [last])
                } else if (oldest["time"] as Int64) < cutoff.storedNumber {
                    try db.execute(
                        sql: "DELETE FROM decisions WHERE key < ? AND time < ?", arguments: [last, cutoff.storedNumber])
                } else {
                    return false
                }
                return db.changesCount > 0
            }
        } catch {
            throw DecisionStoreProblem(error)
        }
    }

    private static func usedBytes(_ db: Database) throws -> UInt64 {
        let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
        return UInt64(max(0, (pages - free) * size))
    }

    func close() { try? queue.close() }

    /// Moves a broken file out of the way, with what belongs to it. Its new name, or nil if it cannot be moved.
    static func putAside(_ path: String, at time: Instant) -> String? {
        let stamp = time.rfc3339().filter { $0 != ":" && $0 != "-" }
        let aside = "\(path).broken-\(stamp)"
        guard access(aside, F_OK) != 0, rename(path, aside) == 0 else { return nil }
        for suffix in ["-wal", "-shm"] { _ = rename(path + suffix, aside + suffix) }
        return aside
    }
}
