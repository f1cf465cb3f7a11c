import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import RelayPolicy

/// The table of decisions, and how a record becomes a row of it. What is asked for has a column; what is rarely there
/// stands in `more`, a JSON object.
enum DecisionColumns {
    /// Of the file (`user_version`); a file with a higher one is left alone.
    static let schema = 1
    /// Of a row: one that this version cannot read in full has a higher one.
    static let format: Int64 = 1

    static let names = [
        "format", "id", "time", "via", "listener", "client", "port", "local", "helo", "sender", "given", "path",
        "login", "tls", "verdict", "reason", "rule", "place", "reply", "outcome", "would", "policy", "more",
    ]

    /// The key is in the order of writing. Without indexes: they would cost more at each record than a search gains.
    static let definition = """
        CREATE TABLE decisions (
            key INTEGER PRIMARY KEY, format INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL,
            via TEXT NOT NULL, listener TEXT, client NOT NULL, port INTEGER, local, helo TEXT, sender TEXT NOT NULL, given TEXT NOT NULL,
            path TEXT, login TEXT, tls TEXT, verdict TEXT NOT NULL, reason TEXT NOT NULL, rule TEXT, place TEXT,
            reply TEXT NOT NULL, outcome TEXT, would TEXT, policy TEXT, more TEXT)
        """

    static let insertion: String = {
        let places = names.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO decisions (\(names.joined(separator: ", "))) VALUES (\(places))"
    }()
}

extension DecisionRows {
    /// `policy` tells one text of the configuration from another.
    mutating func append(_ record: DecisionRecord, policy: String?) { appendRow { $0.addFields(of: record, policy) } }

    private mutating func addFields(of record: DecisionRecord, _ policy: String?) {
        // Never the request or the decision as a whole: a copy of one counts some twenty references up and down.
        add(DecisionColumns.format)
        add(record.id)
        add(record.time.storedNumber)
        add(record.via.rawValue)
        add(record.request.listener)
        add(record.request.client)
        add(record.clientPort.map(Int64.init))
        if let local = record.request.localAddress { add(local) } else { add(nil as Int64?) }
        add(record.request.helo)
        if let unreadable = record.unreadableReversePath {
            add(unreadable)
        } else {
            addText { record.request.reversePath.appendWireForm(to: &$0) }
        }
        add(record.forwardPathGiven)
        if let path = record.decision.forwardPath { addText { path.appendPath(to: &$0) } } else { add(nil as Int64?) }
        if case .known(let login) = record.request.login { add(login.name) } else { add(nil as Int64?) }
        add(record.request.tlsVersion)
        add(record.decision.verdict.rawValue)
        add(record.decision.reason.rawValue)
        add(record.decision.rule?.name)
        if let at = record.decision.rule?.at { addText { Self.append(at, to: &$0) } } else { add(nil as Int64?) }
        addText { record.decision.reply.appendStoredText(to: &$0) }
        if let outcome = record.outcome { addText { outcome.appendStoredText(to: &$0) } } else { add(nil as Int64?) }
        add(record.decision.wouldHaveBeen?.verdict.rawValue)
        add(policy)
        if record.hasRareFacts { add(RareFacts(record).json?.text) } else { add(nil as Int64?) }
    }

    /// As `lineReference`.
    private static func append(_ place: SourceLocation, to bytes: inout [UInt8]) {
        bytes.append(text: place.file)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(number: UInt64(clamping: place.line))
    }

    /// IPv4 as a number, IPv6 as 16 bytes: each family is one range of SQLite's order.
    mutating func add(_ address: IPAddress) {
        switch address.family {
        case .v4: add(Int64(address.value))
        case .v6: add(blob: address.storedBytes)
        }
    }
}

extension IPAddress {
    /// 16 bytes, the highest first.
    var storedBytes: [UInt8] { (0..<16).map { UInt8(truncatingIfNeeded: value >> UInt128(120 - 8 * $0)) } }
}

extension Instant {
    /// Nanoseconds since 1970; the last number there is for times after 2262.
    var storedNumber: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, tooMuch) = product.addingReportingOverflow(Int64(nanoseconds))
        return tooMuch ? .max : sum
    }

    init(storedNumber: Int64) {
        let (quotient, remainder) = storedNumber.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(
            seconds: remainder < 0 ? quotient - 1 : quotient,
            nanoseconds: Int32(remainder < 0 ? remainder + 1_000_000_000 : remainder))
    }
}

extension Reply {
    /// `550 5.7.1 Relaying denied`, its lines separated by LF.
    func appendStoredText(to bytes: inout [UInt8]) {
        appendCode(to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes += text
    }

    init?(storedText: [UInt8]) {
        guard storedText.count >= 4, let code = UInt16(String(decoding: storedText[..<3], as: UTF8.self)),
            (200...599).contains(code), storedText[3] == UInt8(ascii: " ")
        else { return nil }
        self.init(code: code, text: Array(storedText[4...]))
    }
}
