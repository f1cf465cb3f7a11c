import GRDB
import GRDBSQLite

/// Rows that wait to be written, one behind the other in one array: whoever hands a decision over has nothing of it kept
/// alive, and the memory is used again for the next rows.
///
/// A field is a tag, then a number of eight bytes, or a length of four and so many bytes.
struct DecisionRows: Sendable {
    private enum Tag: UInt8 { case null, integer, text, blob }

    /// Where a row begins.
    struct Position: Sendable { fileprivate var offset = 0 }

    private var bytes: [UInt8] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// What is kept for the next rows; after a burst the rest is given back.
    private static let mostKept = 4 << 20

    mutating func removeAll() {
        if bytes.capacity > Self.mostKept { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
        count = 0
    }

    /// A row of the fields that `add` adds.
    mutating func appendRow(_ add: (inout DecisionRows) -> Void) {
        add(&self)
        count += 1
    }

    // MARK: Fields

    mutating func add(_ number: Int64?) {
        guard let number else { return bytes.append(Tag.null.rawValue) }
        bytes.append(Tag.integer.rawValue)
        appendBytes(of: number)
    }

    mutating func add(_ text: (some Sequence<UInt8>)?) {
        guard let text else { return bytes.append(Tag.null.rawValue) }
        addText { $0.append(contentsOf: text) }
    }

    mutating func add(_ text: String?) { add(text?.utf8) }
    mutating func add(blob: [UInt8]) { add(.blob) { $0 += blob } }

    /// What `append` appends.
    mutating func addText(_ append: (inout [UInt8]) -> Void) { add(.text, append) }

    private mutating func add(_ tag: Tag, _ append: (inout [UInt8]) -> Void) {
        bytes.append(tag.rawValue)
        let start = bytes.count
        appendBytes(of: UInt32(0))
        append(&bytes)
        let length = UInt32(bytes.count - start - 4)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: UInt32.self) }
    }

    private mutating func appendBytes(of number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    // MARK: Writing

    /// Runs `statement`, which has `fields` places, for `rows` rows from `position` on, and says where the next begins.
    ///
    /// Straight to SQLite: its text may hold bytes that are not UTF-8, which a Swift string would not keep, and nothing
    /// is copied once more.
    func insert(_ rows: Int, from position: Position, fields: Int, with statement: Statement) throws -> Position {
        let pointer = statement.sqliteStatement
        var offset = position.offset
        try bytes.withUnsafeBytes { bytes in
            for _ in 0..<rows {
                for place in 1...Int32(fields) { Self.bind(&offset, of: bytes, at: place, of: pointer) }
                let code = sqlite3_step(pointer)
                sqlite3_reset(pointer)
                guard code == SQLITE_DONE else {
                    let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer)))
                    throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
                }
            }
        }
        return Position(offset: offset)
    }

    /// Binds the field at `offset`, and goes on behind it.
    private static func bind(
        _ offset: inout Int, of bytes: UnsafeRawBufferPointer, at place: Int32, of statement: OpaquePointer
    ) {
        func next<Number: FixedWidthInteger>(_: Number.Type) -> Number {
            defer { offset += MemoryLayout<Number>.size }
            return bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
        }
        guard let tag = Tag(rawValue: next(UInt8.self)) else { preconditionFailure("a row has no such field") }
        switch tag {
        case .null: sqlite3_bind_null(statement, place)
        case .integer: sqlite3_bind_int64(statement, place, next(Int64.self))
        case .text, .blob:
            let length = Int32(next(UInt32.self))
            // No destructor: the bytes outlive the step.
            let start = bytes.baseAddress?.advanced(by: offset)
            if tag == .blob {
                sqlite3_bind_blob(statement, place, start, length, nil)
            } else {
                sqlite3_bind_text(statement, place, start?.assumingMemoryBound(to: CChar.self), length, nil)
            }
            offset += Int(length)
        }
    }
}
