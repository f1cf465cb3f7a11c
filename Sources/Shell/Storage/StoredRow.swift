import DecisionRecords
import Diagnostics
import GRDBSQLite
import JSONText
import MailTypes
import RelayPolicy

/// The row that a statement stands at: `key`, then `DecisionColumns.names`.
struct StoredRow {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    var key: Int64 { sqlite3_column_int64(statement, 0) }

    /// Nil for a row that this version cannot read in full.
    var decision: KeptDecision? {
        guard number("format") ?? 0 <= DecisionColumns.format, let record else { return nil }
        return KeptDecision(key: key, record: record, policy: text("policy"))
    }

    private var record: DecisionRecord? {
        guard let id = text("id"), let time = number("time"), let via = text("via").flatMap(DecisionRecord.Via.init),
            let given = bytes("given"), let more, let decision = decision(more), let request = request(more)
        else { return nil }
        let senderIsNoPath = more["senderIsNoPath"] == .bool(true)
        var record = DecisionRecord(
            id: id, time: Instant(storedNumber: time), via: via,
            clientPort: number("port").flatMap { UInt16(exactly: $0) }, request: request,
            unreadableReversePath: senderIsNoPath ? bytes("sender") : nil, forwardPathGiven: given, decision: decision)
        record.outcome = bytes("outcome").flatMap(Reply.init(storedText:))
        return record
    }

    /// Nil if it is damaged.
    private var more: JSONValue? {
        guard let bytes = bytes("more") else { return .object([]) }
        return try? JSONValue(parsing: bytes)
    }

    private func request(_ more: JSONValue) -> RelayRequest? {
        guard let client = address("client"), let time = number("time"), let given = bytes("given"),
            let sender = bytes("sender")
        else { return nil }
        // What was no path has no reading now either.
        let forwardPath = (try? WrittenPath(parsing: given, allowingBareMailbox: true)) ?? WrittenPath(.postmaster)
        var request = RelayRequest(client: client, forwardPath: forwardPath, now: Instant(storedNumber: time))
        request.reversePath = (try? ReversePath(parsing: sender, allowingBareMailbox: true)) ?? .null
        request.localAddress = address("local")
        request.listener = text("listener")
        request.helo = bytes("helo")
        request.tlsVersion = text("tls")
        if let login = text("login") {
            request.login = .known(RelayRequest.Login(name: login, mechanism: more.text("mechanism")))
        } else if more["loginUnknown"] == .bool(true) {
            request.login = .unknown
        }
        more.setRareFacts(of: &request)
        return request
    }

    private func decision(_ more: JSONValue) -> Decision? {
        guard let verdict = text("verdict").flatMap(Verdict.init), let reason = text("reason").flatMap(Reason.init),
            let reply = bytes("reply").flatMap(Reply.init(storedText:))
        else { return nil }
        var decision = Decision(
            verdict: verdict, reason: reason, rule: Self.rule(text("rule"), text("place")), reply: reply,
            forwardPath: bytes("path").flatMap { try? WrittenPath(parsing: [0x3c] + $0 + [0x3e]).path },
            observed: more["observed"] == .bool(true))
        if let would = text("would") {
            guard let verdict = Verdict(rawValue: would), let reason = more.text("wouldReason").flatMap(Reason.init)
            else { return nil }
            decision.wouldHaveBeen = Decision.Outcome(
                Decision(
                    verdict: verdict, reason: reason,
                    rule: Self.rule(more.text("wouldRule"), more.text("wouldPlace")), reply: reply))
        }
        return decision
    }

    private static func rule(_ name: String?, _ place: String?) -> Decision.RuleReference? {
        guard let name, let place else { return nil }
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        let file = parts.dropLast().joined(separator: ":")
        return Decision.RuleReference(
            name: name, at: SourceLocation(file: file, line: parts.last.flatMap { Int($0) } ?? 0, column: 1))
    }
}

// The columns.
extension StoredRow {
    private static let indexes = Dictionary(
        uniqueKeysWithValues: DecisionColumns.names.enumerated().map { ($1, Int32($0 + 1)) })

    private func index(_ column: String) -> Int32 {
        guard let index = Self.indexes[column] else { preconditionFailure("there is no column \(column)") }
        return index
    }

    private func number(_ column: String) -> Int64? {
        let index = index(column)
        return sqlite3_column_type(statement, index) == SQLITE_INTEGER ? sqlite3_column_int64(statement, index) : nil
    }

    private func bytes(_ column: String) -> [UInt8]? {
        let index = index(column)
        let type = sqlite3_column_type(statement, index)
        guard type == SQLITE_TEXT || type == SQLITE_BLOB else { return nil }
        guard let start = sqlite3_column_blob(statement, index) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))))
    }

    private func text(_ column: String) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }

    private func address(_ column: String) -> IPAddress? {
        if let number = number(column) { return UInt32(exactly: number).map(IPAddress.init(v4:)) }
        guard let bytes = bytes(column), bytes.count == 16 else { return nil }
        return IPAddress(v6: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }
}

extension JSONValue {
    fileprivate func text(_ name: String) -> String? {
        if case .string(let text)? = self[name] { text } else { nil }
    }

    /// The reverse of `RareFacts`.
    fileprivate func setRareFacts(of request: inout RelayRequest) {
        let name = text("name").flatMap { Domain($0) }
        switch (text("nameStatus"), name) {
        case ("forged", _): request.clientName = .forged
        case ("temporary", let name): request.clientName = .temporary(name)
        case (_, let name?): request.clientName = .confirmed(name)
        case (_, nil): request.clientName = .absent
        }
        switch text("heloStatus") {
        case "verified": request.heloStatus = .verified
        case "unverified": request.heloStatus = .unverified
        case "temporary": request.heloStatus = .temporary
        default: request.heloStatus = .unasked
        }
        switch self["pop"] {
        case .string(let name)?: request.popLogin = .known(RelayRequest.POPLogin(name: name))
        case .bool(true)?: request.popLogin = .known(RelayRequest.POPLogin(name: nil))
        default: request.popLogin = self["popUnknown"] == .bool(true) ? .unknown : .absent
        }
        if case .array(let words)? = self["certificates"] {
            request.certificates = words.compactMap { if case .string(let word) = $0 { word } else { nil } }
        }
        request.clockIsBehind = self["clockIsBehind"] == .bool(true)
    }
}
