import MailTypes
import RelayPolicy

/// What has been spent of the limits of rules, for one node.
///
/// A window begins with the first charge behind the end of the last one, so a limit of N for each hour lets at most
/// N through between the two, and at most 2N in any hour. Memory is bounded: when there is no room for another
/// subject, its limit cannot be read, and what cannot be read is not permitted (language page, Meaning 8).
public struct LimitCounters: Sendable {
    public enum Outcome: Equatable, Sendable {
        case charged
        case spent(Limit, of: Rule)
        /// There is no room to count, or the fact that the limit counts for is not known.
        case unreadable(of: Rule)
    }

    /// Whose use is counted.
    struct Key: Hashable, Sendable {
        let rule: String
        let limit: Int
        let subject: String
    }

    struct Window: Sendable {
        var ends: Instant
        var used: UInt64
    }

    private var windows: BoundedTable<Key, Window>

    /// `capacity`: subjects counted at once.
    public init(capacity: Int = 1_000_000) { windows = BoundedTable(capacity: capacity) }

    public var count: Int { windows.count }

    /// Charges one recipient to every limit of `rules`, or nothing at all; and one message to each of them, but for
    /// those that the message of this transaction was charged to before (`counted`, their names).
    public mutating func charge(_ rules: [Rule], for request: RelayRequest, counted: Set<String> = []) -> Outcome {
        var charges: [(Key, Window)] = []
        for rule in rules {
            for (index, limit) in rule.limits.enumerated() {
                if limit.unit == .messages, counted.contains(rule.name) { continue }
                guard let subject = Self.subject(of: limit, in: request) else { return .unreadable(of: rule) }
                let key = Key(rule: rule.name, limit: index, subject: subject)
                guard var window = window(key, limit, at: request.now) else { return .unreadable(of: rule) }
                guard window.used < limit.count else { return .spent(limit, of: rule) }
                // Bytes are known, and charged, when the message is over.
                if limit.unit != .bytes { window.used += 1 }
                charges.append((key, window))
            }
        }
        for (key, window) in charges { windows.put(window, for: key) }
        return .charged
    }

    /// Charges the bytes of a message that was delivered.
    public mutating func charge(bytes: UInt64, to rules: [Rule], for request: RelayRequest) {
        for rule in rules {
            for (index, limit) in rule.limits.enumerated() where limit.unit == .bytes {
                guard let subject = Self.subject(of: limit, in: request) else { continue }
                let key = Key(rule: rule.name, limit: index, subject: subject)
                guard var window = window(key, limit, at: request.now) else { continue }
                window.used = window.used.addingReportingOverflow(bytes).overflow ? .max : window.used + bytes
                windows.put(window, for: key)
            }
        }
    }

    private mutating func window(_ key: Key, _ limit: Limit, at now: Instant) -> Window? {
        if let window = windows[key], now < window.ends { return window }
        guard windows.hasRoom(for: key, at: now, counts: { now < $0.ends }) else { return nil }
        return Window(ends: now.advanced(by: limit.window), used: 0)
    }

    private static func subject(of limit: Limit, in request: RelayRequest) -> String? {
        switch limit.subject {
        case .client: return request.clientIsUnknown ? nil : request.client.description
        case .rule: return ""
        case .sender: return String(decoding: request.reversePath.wireForm, as: UTF8.self).lowercased()
        case .certificate: return request.certificates.first
        case .login:
            if case .known(let login) = request.login { return login.name.lowercased() }
            if case .known(let login) = request.popLogin { return login.name?.lowercased() }
            return nil
        }
    }
}
