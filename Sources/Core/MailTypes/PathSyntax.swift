/// `[ A-d-l ":" ] Mailbox` or `Postmaster`, taken apart (RFC 5321 §4.1.1.3, §4.1.2).
///
/// Strict, since two programs that both guess do not guess the same: no comments, phrases, lists or white
/// space. What goes beyond the grammar are the forms that the tricks name (`u@r@t`, a leading dot), which are
/// understood only so that policy can refuse them by name.
struct PathSyntax {
    /// RFC 5321 §4.5.3.1.3, brackets included.
    static let longestPath = 256

    let route: [Domain]
    let address: ForwardPath
    /// More than one `@` outside quotes: the local part is everything before the last one.
    let isDoubleAt: Bool
    /// Without the quotes that the canonical form has: `u@r@t`, `.u@t`.
    let isBare: Bool

    /// What stands between the brackets. Judges single bytes before anything else looks at them.
    static func content(of bytes: [UInt8], allowingBareMailbox: Bool) throws(SyntaxFault) -> ArraySlice<UInt8> {
        try checkBytes(bytes)
        guard bytes.first == UInt8(ascii: "<") else {
            guard allowingBareMailbox, let first = bytes.first else { throw SyntaxFault("no < at the beginning") }
            guard first != UInt8(ascii: "@") else { throw SyntaxFault("route without angle brackets") }
            return bytes[...]
        }
        let end = try closingBracket(of: bytes)
        guard end == bytes.count - 1 else { throw SyntaxFault("text after the closing >") }
        return bytes[1..<end]
    }

    init(_ content: ArraySlice<UInt8>, allowing dots: LocalPart.Dots) throws(SyntaxFault) {
        guard !content.isEmpty else { throw SyntaxFault("empty address") }
        var rest = content
        route = try Self.readRoute(&rest)
        guard let at = try Self.lastAt(in: rest) else {
            guard route.isEmpty, ASCII.equal(rest, ignoringCase: "postmaster") else {
                throw SyntaxFault("unqualified address, no @ with a domain")
            }
            (address, isDoubleAt, isBare) = (.postmaster, false, false)
            return
        }
        let written = rest[..<at]
        let hasQuotes = written.first == UInt8(ascii: "\"")
        isDoubleAt = !hasQuotes && written.contains(UInt8(ascii: "@"))
        isBare = isDoubleAt || !hasQuotes && written.first == UInt8(ascii: ".")
        let localPart =
            isDoubleAt ? try Self.joinedParts(written) : try LocalPart.decode(written, allowing: dots)
        let domain = try Domain(reading: rest[(at + 1)...])
        address = .mailbox(Mailbox(localPart: localPart, domain: domain))
        // Both what came and what is sent on, in brackets: the canonical form may be the longer one.
        let roomForLocalPart = Self.longestPath - domain.bytes.count - "<@>".utf8.count
        guard content.count + 2 <= Self.longestPath, !LocalPart.isLonger(localPart, than: roomForLocalPart) else {
            throw SyntaxFault("path longer than 256 octets")
        }
    }

    /// Octets below 0x20 and 0x7F are refused before anything is parsed (RFC 5321 §4.1.2), and so is what is not
    /// UTF-8: an overlong `@` must not exist for anybody.
    private static func checkBytes(_ bytes: [UInt8]) throws(SyntaxFault) {
        var union: UInt8 = 0
        for byte in bytes {
            guard byte >= 0x20, byte != 0x7F else { throw SyntaxFault("control character") }
            union |= byte
        }
        guard union >= 0x80 else { return }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw SyntaxFault("invalid UTF-8") }
        for character in text.unicodeScalars where character.value >= 0x80 {
            // NEL, the line separator, no-break spaces: lines or blanks to string libraries behind us.
            if character.properties.isWhitespace || character.properties.generalCategory == .control {
                throw SyntaxFault("control or white space character")
            }
        }
    }

    /// The first `>` outside quotes, so that `<"a> ORCPT=x"@d>` is not cut in two.
    private static func closingBracket(of bytes: [UInt8]) throws(SyntaxFault) -> Int {
        var isQuoted = false
        var index = 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ">") where !isQuoted: return index
            default: break
            }
            index += 1
        }
        throw SyntaxFault(isQuoted ? "quoted local part without its end" : "no > at the end")
    }

    /// The last `@` outside quotes; a literal may follow it.
    static func lastAt(in bytes: ArraySlice<UInt8>) throws(SyntaxFault) -> Int? {
        var isQuoted = false
        var last: Int?
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "@") where !isQuoted: last = index
            default: break
            }
            index += 1
        }
        guard !isQuoted else { throw SyntaxFault("quoted local part without its end") }
        return last
    }

    /// `@a,@b:` at the beginning.
    private static func readRoute(_ rest: inout ArraySlice<UInt8>) throws(SyntaxFault) -> [Domain] {
        var hops: [Domain] = []
        while rest.first == UInt8(ascii: "@") {
            let hop = rest.dropFirst().prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ":") }
            guard hop.endIndex < rest.endIndex else { throw SyntaxFault("route without a mailbox") }
            hops.append(try Domain(readingName: hop))
            let separator = rest[hop.endIndex]
            rest = rest[(hop.endIndex + 1)...]
            if separator == UInt8(ascii: ":") {
                guard rest.first != UInt8(ascii: "@") else { throw SyntaxFault("empty local part") }
                return hops
            }
            guard rest.first == UInt8(ascii: "@") else { throw SyntaxFault("route with a hop without @") }
        }
        return hops
    }

    /// The local part of `u@r@t`: each piece as if it stood alone, unquoted.
    private static func joinedParts(_ written: ArraySlice<UInt8>) throws(SyntaxFault) -> [UInt8] {
        for piece in written.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false) {
            guard !piece.isEmpty else { throw SyntaxFault("two @ without anything between") }
            try LocalPart.checkDotString(piece, allowing: .leading)
        }
        let joined = Array(written)
        guard !LocalPart.isLonger(joined, than: LocalPart.longest) else {
            throw SyntaxFault("local part longer than 64 octets")
        }
        return joined
    }
}
