/// Why a person's text is no pattern, and what to write instead.
public struct PatternProblem: Error, Hashable, Sendable {
    /// Names the text. Lower case, no full stop.
    public let message: String
    public let fix: String?
    public init(message: String, fix: String? = nil) { (self.message, self.fix) = (message, fix) }
}

extension PathPattern {
    /// Reads a pattern of the language: `user@domain`, `*@domain`, `*@*.domain`, `domain`, `*.domain`, `user@*`,
    /// `<>`, `ends-with:TEXT`. Nothing but a whole local part or the labels in front can be a `*`.
    public init(parsing text: String) throws(PatternProblem) {
        self = try PatternText(text: text).read().folded
    }
}

private struct PatternText {
    let text: String

    func problem(_ what: String, fix: String? = nil) -> PatternProblem {
        PatternProblem(message: "`\(text)` \(what)", fix: fix)
    }

    func read() throws(PatternProblem) -> PathPattern {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw PatternProblem(message: "a pattern is missing") }
        if text == "<>" { return .null }
        if bytes.first == UInt8(ascii: "<") {
            let inner = bytes.dropFirst().prefix { $0 != UInt8(ascii: ">") }
            let isPostmaster = ASCII.equal(inner, ignoringCase: "postmaster")
            throw problem(
                "has angle brackets",
                fix: "write " + (isPostmaster ? "postmaster@*" : String(decoding: inner, as: UTF8.self)))
        }
        let mark = "ends-with:"
        if bytes.starts(with: mark.utf8) { return try readEnd(bytes[mark.utf8.count...]) }
        let lastAt = try inWords { () throws(SyntaxFault) in try PathSyntax.lastAt(in: bytes[...]) }
        guard let at = lastAt else { return try readDomain(bytes[...]) }
        return try readMailbox(bytes[..<at], bytes[(at + 1)...])
    }

    private func readEnd(_ end: ArraySlice<UInt8>) throws(PatternProblem) -> PathPattern {
        let isDomainText = end.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        guard !end.isEmpty, isDomainText else {
            throw problem("has no end of a domain after the colon", fix: "write ends-with:example.com")
        }
        return .endsWith(Array(end))
    }

    private func readMailbox(
        _ localPart: ArraySlice<UInt8>, _ domain: ArraySlice<UInt8>
    ) throws(PatternProblem) -> PathPattern {
        let domainText = String(decoding: domain, as: UTF8.self)
        if localPart.isEmpty { throw problem("has nothing before the @", fix: "write *@\(domainText)") }
        let anyone = localPart.elementsEqual("*".utf8)
        if domain.elementsEqual("*".utf8) {
            guard !anyone else {
                throw problem("means everyone", fix: "leave the condition out: it then does not exist")
            }
            return .localPart(try read(localPart))
        }
        if anyone { return try readDomain(domain) }
        if domain.starts(with: "*.".utf8) {
            throw problem("has a local part at many domains", fix: "write user@domain, *@*.domain or user@*")
        }
        return .mailbox(localPart: try read(localPart), domain: try readName(domain))
    }

    private func readDomain(_ written: ArraySlice<UInt8>) throws(PatternProblem) -> PathPattern {
        if written.elementsEqual("*".utf8) {
            throw problem("means everyone", fix: "leave the condition out: it then does not exist")
        }
        if written.starts(with: "*.".utf8) {
            let domain = try readName(written.dropFirst(2))
            guard !domain.isLiteral else { throw problem("asks for names below an address") }
            return .below(domain)
        }
        if written.first == UInt8(ascii: "."), let domain = try? Domain(reading: written.dropFirst()) {
            throw problem("begins with a dot", fix: "write *.\(domain) for the names below, \(domain) for itself")
        }
        return .domain(try readName(written))
    }

    private func readName(_ written: ArraySlice<UInt8>) throws(PatternProblem) -> Domain {
        guard !written.contains(UInt8(ascii: "*")) else {
            throw problem("has a * inside a domain", fix: "write *.example.com for every name below example.com")
        }
        return try inWords { () throws(SyntaxFault) in try Domain(reading: written) }
    }

    private func read(_ written: ArraySlice<UInt8>) throws(PatternProblem) -> [UInt8] {
        guard written.first == UInt8(ascii: "\"") || !written.contains(UInt8(ascii: "*")) else {
            throw problem(
                "has a * inside a local part", fix: "write *@domain, or quotes around a local part that has a * in it")
        }
        // A space between quotes is fine, a control character never: no path can hold one.
        guard written.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw problem("has a control character") }
        return try inWords { () throws(SyntaxFault) in
            try LocalPart.decode(written, allowing: .doubledAndTrailing)
        }
    }

    private func inWords<Part>(_ read: () throws(SyntaxFault) -> Part) throws(PatternProblem) -> Part {
        do {
            return try read()
        } catch {
            throw problem("is not a pattern: \(error.message)")
        }
    }
}
