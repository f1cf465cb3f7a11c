/// Values filed under patterns, found by path in time that does not grow with their number.
///
/// A matcher files every rule's patterns here once and asks once for each recipient.
public struct PathPatternIndex<Value: Sendable>: Sendable {
    private var null: [Value] = []
    private var mailboxes: [Mailbox: Filed<Value>] = [:]
    private var domains: [Domain: Filed<Value>] = [:]
    private var below: [Domain: Filed<Value>] = [:]
    private var localParts: [[UInt8]: Filed<Value>] = [:]
    private var ends: [[UInt8]: Filed<Value>] = [:]
    /// The lengths of the keys of `below` and `ends`, so that only ends which can be there are looked up.
    private var belowLengths = LengthSet()
    private var endLengths = LengthSet()

    public init() {}

    /// Files `value` under `pattern`; several values under one pattern are kept in order.
    public mutating func insert(_ value: Value, for pattern: PathPattern) {
        switch pattern.folded {
        case .null:
            null.append(value)
        case .mailbox(let localPart, let domain):
            mailboxes[Mailbox(localPart: localPart, domain: domain), default: .none].append(value)
        case .domain(let domain):
            domains[domain, default: .none].append(value)
        case .below(let domain):
            below[domain, default: .none].append(value)
            belowLengths.insert(domain.bytes.count)
        case .localPart(let localPart):
            localParts[localPart, default: .none].append(value)
        case .endsWith(let text):
            ends[text, default: .none].append(value)
            endLengths.insert(text.count)
        }
    }

    /// Whether `body` says true of a value whose pattern matches; it is asked no more after that.
    public func contains(matching path: ReversePath, where body: (Value) -> Bool) -> Bool {
        switch path {
        case .null: null.contains(where: body)
        case .mailbox(let mailbox): contains(matching: mailbox, where: body)
        }
    }

    /// The same for a forward-path: `<postmaster>` without a domain is matched by `postmaster@*` alone.
    public func contains(matching path: ForwardPath, where body: (Value) -> Bool) -> Bool {
        switch path {
        case .postmaster:
            guard case .localPart(let postmaster) = PathPattern.postmaster else { return false }
            return localParts[postmaster]?.contains(where: body) ?? false
        case .mailbox(let mailbox):
            return contains(matching: mailbox, where: body)
        }
    }

    private func contains(matching mailbox: Mailbox, where body: (Value) -> Bool) -> Bool {
        let domain = mailbox.domain
        if let values = domains[domain], values.contains(where: body) { return true }
        if !mailboxes.isEmpty || !localParts.isEmpty {
            let localPart = ASCII.lowercased(mailbox.localPart)
            if !mailboxes.isEmpty, let values = mailboxes[Mailbox(localPart: localPart, domain: domain)],
                values.contains(where: body)
            {
                return true
            }
            if let values = localParts[localPart], values.contains(where: body) { return true }
        }
        return containsBelow(domain, where: body) || containsEnd(domain, where: body)
    }

    private func containsBelow(_ domain: Domain, where body: (Value) -> Bool) -> Bool {
        guard !below.isEmpty, !domain.isLiteral else { return false }
        let bytes = domain.bytes
        for index in bytes.indices where bytes[index] == UInt8(ascii: ".") {
            let start = index + 1
            guard belowLengths.contains(bytes.count - start),
                let values = below[Domain(canonical: Array(bytes[start...]))]
            else { continue }
            if values.contains(where: body) { return true }
        }
        return false
    }

    private func containsEnd(_ domain: Domain, where body: (Value) -> Bool) -> Bool {
        guard !ends.isEmpty else { return false }
        return domain.bytes.indices.contains { start in
            endLengths.contains(domain.bytes.count - start)
                && ends[Array(domain.bytes[start...])]?.contains(where: body) == true
        }
    }
}

/// The values under one pattern, in order. Mostly it is one, which takes no array of its own.
private enum Filed<Value: Sendable>: Sendable {
    case none
    case one(Value)
    case several([Value])

    mutating func append(_ value: Value) {
        switch self {
        case .none: self = .one(value)
        case .one(let first): self = .several([first, value])
        case .several(var values):
            self = .none
            values.append(value)
            self = .several(values)
        }
    }

    func contains(where body: (Value) -> Bool) -> Bool {
        switch self {
        case .none: false
        case .one(let value): body(value)
        case .several(let values): values.contains(where: body)
        }
    }
}

/// Lengths of texts that a domain can end in: 0...255.
private struct LengthSet: Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    mutating func insert(_ length: Int) {
        let bit: UInt64 = 1 << UInt64(length & 63)
        switch length >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        case 3: words.3 |= bit
        // Longer than any domain: nothing ends in it.
        default: break
        }
    }

    func contains(_ length: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(length & 63)
        return switch length >> 6 {
        case 0: words.0 & bit != 0
        case 1: words.1 & bit != 0
        case 2: words.2 & bit != 0
        case 3: words.3 & bit != 0
        default: false
        }
    }
}
