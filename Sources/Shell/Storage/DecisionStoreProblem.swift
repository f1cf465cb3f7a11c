import GRDB

/// Why decisions cannot be kept or read. For people, lower case, no full stop.
public struct DecisionStoreProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// There is no such file.
        case missing
        /// It is no database, or a damaged one.
        case broken
        /// A newer version of the program wrote it.
        case newer
        /// Anything that may pass: a full disk, missing rights, another program that holds it.
        case other
    }

    public let kind: Kind
    public let message: String
    public var description: String { message }

    init(_ kind: Kind, _ message: String) { (self.kind, self.message) = (kind, message) }

    init(_ error: any Error) {
        switch error {
        case let problem as DecisionStoreProblem: self = problem
        case let error as DatabaseError: self.init(error)
        default: self.init(.other, "\(error)")
        }
    }

    private init(_ error: DatabaseError) {
        switch error.resultCode.primaryResultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(.broken, "it is no database, or a damaged one")
        case .SQLITE_FULL: self.init(.other, "the disk is full")
        case .SQLITE_READONLY: self.init(.other, "it is read-only")
        case .SQLITE_CANTOPEN: self.init(.other, "it cannot be opened or created")
        case .SQLITE_PERM, .SQLITE_AUTH: self.init(.other, "permission denied")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.other, "another program holds it")
        default: self.init(.other, "\(error.message ?? "SQLite") (code \(error.extendedResultCode.rawValue))")
        }
    }
}
