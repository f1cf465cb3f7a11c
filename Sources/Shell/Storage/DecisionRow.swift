import GRDB
import GRDBSQLite

/// The values of one row, gathered in one buffer that is used again for the next.
struct DecisionRow {
    enum Field {
        case null
        case integer(Int64)
        /// A part of `bytes`.
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    private(set) var bytes: [UInt8] = []
    private(set) var fields: [Field] = []

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
    }

    mutating func add(_ number: Int64?) { fields.append(number.map(Field.integer) ?? .null) }

    mutating func add(_ text: (some Sequence<UInt8>)?) {
        guard let text else { return fields.append(.null) }
        let start = bytes.count
        bytes.append(contentsOf: text)
        fields.append(.text(start..<bytes.count))
    }

    /// What `append` appends.
    mutating func addText(_ append: (inout [UInt8]) -> Void) {
        let start = bytes.count
        append(&bytes)
        fields.append(.text(start..<bytes.count))
    }

    mutating func add(_ text: String?) { add(text?.utf8) }

    mutating func add(blob: [UInt8]) {
        fields.append(.blob(bytes.count..<bytes.count + blob.count))
        bytes += blob
    }

    /// Runs `statement`, which has a `?` for each field.
    ///
    /// Straight to SQLite: its text may hold bytes that are not UTF-8, which a Swift string would not keep, and nothing
    /// is copied once more.
    func insert(with statement: Statement) throws {
        let pointer = statement.sqliteStatement
        let code = bytes.withUnsafeBytes { buffer in
            for (index, field) in fields.enumerated() {
                bind(field, at: Int32(index + 1), of: pointer, buffer)
            }
            let code = sqlite3_step(pointer)
            sqlite3_reset(pointer)
            return code
        }
        guard code == SQLITE_DONE else {
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer)))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    private func bind(_ field: Field, at index: Int32, of statement: OpaquePointer, _ buffer: UnsafeRawBufferPointer) {
        switch field {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .text(let range):
            // No destructor: the bytes outlive the step.
            let start = buffer.baseAddress?.advanced(by: range.lowerBound).assumingMemoryBound(to: CChar.self)
            if let start {
                sqlite3_bind_text(statement, index, start, Int32(range.count), nil)
            } else {
                sqlite3_bind_text(statement, index, "", 0, nil)
            }
        case .blob(let range):
            sqlite3_bind_blob(
                statement, index, buffer.baseAddress?.advanced(by: range.lowerBound), Int32(range.count), nil)
        }
    }
}
