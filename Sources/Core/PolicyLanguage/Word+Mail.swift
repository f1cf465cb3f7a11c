import Diagnostics
import MailTypes

extension Word {
    func domain() throws(Diagnostic) -> Domain {
        try domain(text)
    }

    /// `HOST` or `*.HOST`.
    func hostPattern() throws(Diagnostic) -> HostPattern {
        guard text.hasPrefix("*.") else { return HostPattern(domain: try domain(), isBelow: false) }
        let domain = try domain(String(text.dropFirst(2)))
        guard !domain.isLiteral else { throw problem("\(shown): nothing is below an address literal", fix: "write a name, or `from` for an address") }
        return HostPattern(domain: domain, isBelow: true)
    }

    /// A pattern for senders or recipients.
    func pathPattern() throws(Diagnostic) -> PathPattern {
        do {
            return try PathPattern(parsing: text)
        } catch {
            throw problem(error.message, fix: error.fix ?? "such as user@example.com, *@example.com, *.example.com, user@* or <>")
        }
    }

    /// Whether this can only be a name of `senders`: a domain of one label is written `*@localhost`.
    var canBeNameOfSenders: Bool {
        !text.utf8.contains {
            $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "[")
        }
            && text != "<>" && text != "*"
    }

    /// One mailbox, its local part in ASCII lower case.
    func mailbox() throws(Diagnostic) -> Mailbox {
        guard case .mailbox(let localPart, let domain) = try pathPattern() else {
            throw problem("\(shown) is not one mailbox", fix: "write it as user@example.com")
        }
        return Mailbox(localPart: localPart, domain: domain)
    }

    private func domain(_ text: String) throws(Diagnostic) -> Domain {
        do {
            return try Domain(parsing: Array(text.utf8))
        } catch {
            // Capitals beyond ASCII are in no IDNA label, and nothing is mapped unasked.
            let small = text.lowercased()
            let isMeant = small != text && (try? Domain(parsing: Array(small.utf8))) != nil
            throw problem(
                "`\(text)` is not a domain: \(error.message)",
                fix: isMeant
                    ? "write it in lower case: \(small)"
                    : "labels of letters, digits and hyphens with dots between them, such as mail.example.com")
        }
    }
}
