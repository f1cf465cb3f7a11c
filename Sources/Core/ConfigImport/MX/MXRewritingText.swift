import MailTypes

/// Rewriting rules of the forms that name one domain: `<{user}@NAME>` and `<{user}@{host}.NAME>`.
enum MXRewritingText {
    /// Nil for other forms, and for results with `%`, which another setting judges.
    static func rewriting(_ left: String, _ right: String, _ origin: Origin) -> MXModel.Rewriting? {
        guard let from = source(left), let nextHop = nextHop(right), !right.contains("%") else { return nil }
        return MXModel.Rewriting(from: from, nextHop: nextHop, origin: origin)
    }

    private static func source(_ text: String) -> HostPattern? {
        guard let inner = withoutBrackets(text), let rest = behindVariable(inner), rest.first == "@" else { return nil }
        let domain = rest.dropFirst()
        if let name = Domain(String(domain)) { return HostPattern(domain: name, isBelow: false) }
        guard let rest = behindVariable(domain), rest.first == ".", let name = Domain(String(rest.dropFirst())) else {
            return nil
        }
        return HostPattern(domain: name, isBelow: true)
    }

    /// The first hop of a route, or the domain.
    private static func nextHop(_ text: String) -> Domain? {
        guard let inner = withoutBrackets(text) else { return nil }
        if inner.first == "@" { return Domain(String(inner.dropFirst().prefix { $0 != "," && $0 != ":" })) }
        guard let at = inner.lastIndex(of: "@"), !inner[..<at].contains("@") else { return nil }
        return Domain(String(inner[inner.index(after: at)...]))
    }

    private static func withoutBrackets(_ text: String) -> Substring? {
        text.hasPrefix("<") && text.hasSuffix(">") && text.count > 2 ? text.dropFirst().dropLast() : nil
    }

    /// What follows `{name}`.
    private static func behindVariable(_ text: Substring) -> Substring? {
        guard text.first == "{", let end = text.firstIndex(of: "}") else { return nil }
        return text[text.index(after: end)...]
    }
}
