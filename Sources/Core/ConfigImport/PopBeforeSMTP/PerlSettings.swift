/// Assignments of a pop-before-smtp-conf.pl, which is a Perl file. Code is not run.
struct PerlSettings {
    struct Setting {
        /// With its sign: `$grace`, `@mynets`.
        var name: String
        /// What stands between `=` and `;`, lines joined.
        var value: String
        var origin: Origin
    }

    private(set) var settings: [Setting] = []
    /// Names of subroutines that are defined.
    private(set) var subroutines: [Sourced<String>] = []

    /// Lines from one that begins with `=` and a letter to one that begins with `=cut` are documentation; the file
    /// itself switches sections off in that way.
    init(_ file: ConfigFile) {
        var isDocumentation = false
        var open: Setting?
        for line in file.lines {
            if isDocumentation || open == nil && Self.beginsDocumentation(line.text) {
                if isDocumentation, line.text.hasPrefix("=cut") { isDocumentation = false } else { isDocumentation = true }
                continue
            }
            let text = OldAddressForms.trimmed(line.text)
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            if text == "__END__" { break }
            let statement = Self.statement(text)
            if open != nil { open?.value += statement.text } else { open = begin(statement.text, file.origin(line)) }
            guard let setting = open, statement.isEnded || setting.value.utf8.count > 65_536 else { continue }
            settings.append(setting)
            open = nil
        }
        if let open { settings.append(open) }
    }

    /// What stands before a `;` or a comment, both outside of quotes.
    private static func statement(_ text: String) -> (text: String, isEnded: Bool) {
        var quote: UInt8?
        var isEscaped = false
        for (index, byte) in zip(text.utf8.indices, text.utf8) {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "#") {
                return (OldAddressForms.trimmed(text[..<index]), byte == UInt8(ascii: ";"))
            }
        }
        return (text, false)
    }

    private static func beginsDocumentation(_ text: String) -> Bool {
        text.hasPrefix("=") && text.dropFirst().first.map { $0.isASCII && $0.isLetter } == true
    }

    private mutating func begin(_ text: String, _ origin: Origin) -> Setting? {
        if text.hasPrefix("sub ") {
            subroutines.append(Sourced(String(text.dropFirst(4).prefix { $0.isLetter || $0.isNumber || $0 == "_" }), origin))
            return nil
        }
        let bare = text.hasPrefix("my ") || text.hasPrefix("our ") ? String(text.drop { $0 != " " }.dropFirst()) : text
        guard let sign = bare.first, "$@%".contains(sign), let equals = bare.firstIndex(of: "="), !bare.hasPrefix("$_ ") else { return nil }
        let name = OldAddressForms.trimmed(bare[..<equals])
        // A comparison or a match is no assignment.
        guard !name.hasSuffix("!"), !name.contains("("), !bare[equals...].hasPrefix("=~"), !bare[equals...].hasPrefix("==")
        else { return nil }
        return Setting(name: name, value: OldAddressForms.trimmed(bare[bare.index(after: equals)...]), origin: origin)
    }

    /// The value of a product of whole numbers (`30*60`); nil for anything else or where it is too large.
    static func product(_ text: String) -> Int? {
        var product = 1
        for factor in text.split(separator: "*", omittingEmptySubsequences: false) {
            guard let number = OldAddressForms.decimal(OldAddressForms.trimmed(factor).filter { $0 != "_" }) else { return nil }
            let (result, isTooLarge) = product.multipliedReportingOverflow(by: number)
            guard !isTooLarge else { return nil }
            product = result
        }
        return product
    }
}
