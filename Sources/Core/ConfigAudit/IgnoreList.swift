import ConfigImport
import Diagnostics
import MailTypes
import PolicyLanguage

/// Findings that somebody has looked at and lives with, until a day and for a reason.
///
///     mercury-refuse-everybody  at MERCURY.INI:14  until 2027-06-30  because "inbound mail comes by the backup MX"
public struct IgnoreList: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var id: String
        /// `FILE:LINE`; nil for every place.
        public var at: String?
        /// The last day (UTC).
        public var until: CalendarDay
        public var because: String
        public var line: Int
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    /// `file` is the name that problems cite.
    public init(_ text: String, file: String) throws(ImportTrouble) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            guard !trimmed.isEmpty, trimmed.first != "#", trimmed != "\r" else { continue }
            entries.append(try Self.entry(String(line), at: "\(file):\(index + 1)", line: index + 1))
        }
    }

    /// The entry that covers a finding on a day; one that has run out covers nothing.
    public func entry(for finding: AuditFinding, on day: CalendarDay) -> Entry? {
        entries.first { entry in
            entry.id == finding.id && day <= entry.until && (entry.at == nil || entry.at == finding.at.at?.lineReference)
        }
    }

    /// Entries that have run out.
    public func expired(on day: CalendarDay) -> [Entry] { entries.filter { $0.until < day } }

    private static func entry(_ text: String, at place: String, line: Int) throws(ImportTrouble) -> Entry {
        let form = "write: ID [at FILE:LINE] until 2027-06-30 because \"REASON\""
        guard let words = RuleText.words(text), let id = words.first else { throw ImportTrouble("\(place): \(form)") }
        var values: [String: String] = [:]
        var rest = words.dropFirst()
        while let keyword = rest.popFirst() {
            guard ["at", "until", "because"].contains(keyword), values[keyword] == nil, let value = rest.popFirst() else {
                throw ImportTrouble("\(place): `\(keyword)` is not expected here; \(form)")
            }
            values[keyword] = value
        }
        guard let until = values["until"].flatMap({ CalendarDay($0) }) else {
            throw ImportTrouble("\(place): an expiry is missing; \(form)")
        }
        guard let because = values["because"] else { throw ImportTrouble("\(place): a reason is missing; \(form)") }
        let reason = because.hasPrefix("\"") ? String(because.dropFirst().dropLast()) : because
        return Entry(id: id, at: values["at"], until: until, because: reason, line: line)
    }
}
