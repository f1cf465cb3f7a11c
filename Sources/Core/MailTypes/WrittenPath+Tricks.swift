extension WrittenPath {
    /// What in it some server reads as more than a mailbox, in the order of `AddressTrick.allCases`.
    /// Which rule set counts for `slash` and `pipe` depends on whether the domain is local.
    ///
    /// VERP (`bounce-u=r@t`), sub-addressing (`u+tag@t`), BATV (`prvs=…`) and encoded-words are no tricks: they
    /// are plain local parts, and mailing lists depend on them.
    public func tricks(whenLocal isLocal: Bool) -> [AddressTrick] {
        guard case .mailbox(let mailbox) = path else { return route.isEmpty ? [] : [.route] }
        let signs = LocalPartSigns(mailbox.localPart)
        guard signs.areSuspicious || isDoubleAt || !route.isEmpty else { return [] }
        return AddressTrick.allCases.filter { trick in
            switch trick {
            case .route: !route.isEmpty
            case .doubleAt: isDoubleAt
            case .encapsulated: signs.isEncapsulated
            // The `@` of a double-at is said by that name; treating one form must not hide in the other.
            case .quoted: signs.hasSpecial || signs.hasAt && !isDoubleAt
            case .percent: signs.hasPercent
            case .bang: signs.hasBang
            case .slash: isLocal ? signs.hasSlash : signs.beginsWithSlash || signs.hasDirectoryAbove
            case .pipe: isLocal ? signs.hasPipe : signs.beginsWithPipe
            case .leadingDot: signs.beginsWithDot
            }
        }
    }

    /// Whether the local part is one that a forwarder rewrote (`SRS0=…`, `SRS1=…`). A host that turns such an
    /// address back without checking its hash relays for whoever wrote it, so it is taken with `<>` only.
    public var isSRS: Bool {
        guard case .mailbox(let mailbox) = path, mailbox.localPart.count > 4 else { return false }
        let (tag, separator) = (mailbox.localPart[..<4], mailbox.localPart[4])
        return (ASCII.equal(tag, ignoringCase: "srs0") || ASCII.equal(tag, ignoringCase: "srs1"))
            && "=+-".utf8.contains(separator)
    }
}

/// What stands in a decoded local part.
private struct LocalPartSigns {
    private(set) var hasAt = false
    /// One of `, ; : < > ( ) [ ] \ "`: the next parser takes it for a list, a route, a comment or a quote.
    private(set) var hasSpecial = false
    private(set) var hasPercent = false
    private(set) var hasBang = false
    private(set) var hasSlash = false
    private(set) var hasPipe = false
    let beginsWithDot: Bool
    private let localPart: [UInt8]

    init(_ localPart: [UInt8]) {
        self.localPart = localPart
        beginsWithDot = localPart.first == UInt8(ascii: ".")
        var isASCII = true
        for byte in localPart {
            switch byte {
            case UInt8(ascii: "@"): hasAt = true
            case UInt8(ascii: "%"): hasPercent = true
            case UInt8(ascii: "!"): hasBang = true
            case UInt8(ascii: "/"): hasSlash = true
            case UInt8(ascii: "|"): hasPipe = true
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"),
                UInt8(ascii: "\""):
                hasSpecial = true
            case 0x80...: isASCII = false
            default: break
            }
        }
        if !isASCII { noteCompatibilityForms() }
    }

    /// Characters that become `@`, `%` or `!` in whatever normalises with NFKC.
    private mutating func noteCompatibilityForms() {
        for character in String(decoding: localPart, as: UTF8.self).unicodeScalars {
            switch character {
            case "\u{FE6B}", "\u{FF20}": hasAt = true
            case "\u{FE6A}", "\u{FF05}": hasPercent = true
            case "\u{203C}", "\u{2048}", "\u{2049}", "\u{FE15}", "\u{FE57}", "\u{FF01}": hasBang = true
            default: break
            }
        }
    }

    /// False for almost every local part: then nothing else need be asked.
    var areSuspicious: Bool {
        hasAt || hasSpecial || hasPercent || hasBang || hasSlash || hasPipe || beginsWithDot || isIMCEA
    }

    var beginsWithSlash: Bool { localPart.first == UInt8(ascii: "/") }
    var beginsWithPipe: Bool { localPart.first == UInt8(ascii: "|") }
    var hasDirectoryAbove: Bool { hasSlash && contains("/../") }
    var isEncapsulated: Bool { isIMCEA || isX400 || isMAIL11 }

    /// `IMCEASMTP-`, `IMCEAEX-`, `IMCEAX400-`: Exchange unpacks them, whatever their case.
    private var isIMCEA: Bool {
        guard localPart.count > 5, ASCII.equal(localPart[..<5], ignoringCase: "imcea") else { return false }
        let kind = localPart[5...].prefix { ASCII.isLetter($0) || ASCII.isDigit($0) }
        return kind.endIndex < localPart.endIndex && localPart[kind.endIndex] == UInt8(ascii: "-")
    }

    /// `/c=us/admd= /…/` (RFC 2156 §4.1).
    private var isX400: Bool { beginsWithSlash && localPart.contains(UInt8(ascii: "=")) }

    /// `node::user`.
    private var isMAIL11: Bool { hasSpecial && contains("::") }

    private func contains(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            localPart.indices.contains { localPart[$0...].starts(with: word) }
        }
    }
}
