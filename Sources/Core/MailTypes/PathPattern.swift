/// One pattern of the language for senders or recipients. ASCII case is folded everywhere.
public enum PathPattern: Hashable, Sendable {
    /// `<>`
    case null
    /// `user@domain`
    case mailbox(localPart: [UInt8], domain: Domain)
    /// `*@domain`, `domain`
    case domain(Domain)
    /// `*@*.domain`, `*.domain`: names below it, not itself.
    case below(Domain)
    /// `user@*`
    case localPart([UInt8])
    /// `ends-with:TEXT`: the domain's canonical bytes end in these.
    case endsWith([UInt8])

    /// The same with ASCII letters in lower case: patterns that match the same paths are equal.
    public var folded: PathPattern {
        switch self {
        case .mailbox(let localPart, let domain): .mailbox(localPart: ASCII.lowercased(localPart), domain: domain)
        case .localPart(let localPart): .localPart(ASCII.lowercased(localPart))
        case .endsWith(let text): .endsWith(ASCII.lowercased(text))
        case .null, .domain, .below: self
        }
    }
}

extension PathPattern {
    /// The meaning, one pattern at a time. `PathPatternIndex` is the fast way to ask many.
    public func matches(_ path: ReversePath) -> Bool {
        switch path {
        case .null: self == .null
        case .mailbox(let mailbox): matches(mailbox)
        }
    }

    /// `<postmaster>` without a domain is matched by `postmaster@*` alone.
    public func matches(_ path: ForwardPath) -> Bool {
        switch path {
        case .postmaster: folded == .postmaster
        case .mailbox(let mailbox): matches(mailbox)
        }
    }

    /// `postmaster@*`
    static let postmaster = PathPattern.localPart(Array("postmaster".utf8))

    private func matches(_ mailbox: Mailbox) -> Bool {
        let localPart = ASCII.lowercased(mailbox.localPart)
        return switch folded {
        case .null: false
        case .mailbox(let wanted, let domain): wanted == localPart && domain == mailbox.domain
        case .domain(let domain): domain == mailbox.domain
        case .below(let domain): mailbox.domain.isBelow(domain)
        case .localPart(let wanted): wanted == localPart
        case .endsWith(let text): mailbox.domain.bytes.suffix(text.count) == text[...]
        }
    }
}

extension PathPattern: CustomStringConvertible {
    /// In the words of the language, so that reading it gives the pattern again: `*@domain`, `*.domain`.
    public var description: String {
        switch self {
        case .null: "<>"
        case .mailbox(let localPart, let domain): "\(Self.written(localPart))@\(domain)"
        case .domain(let domain): "*@\(domain)"
        case .below(let domain): "*.\(domain)"
        case .localPart(let localPart): "\(Self.written(localPart))@*"
        case .endsWith(let text): "ends-with:" + String(decoding: text, as: UTF8.self)
        }
    }

    /// A `*` that means itself has to be quoted here, though not in SMTP.
    private static func written(_ localPart: [UInt8]) -> String {
        var bytes: [UInt8] = []
        if localPart.contains(UInt8(ascii: "*")) {
            LocalPart.appendQuoted(localPart, to: &bytes)
        } else {
            LocalPart.appendWireForm(of: localPart, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
