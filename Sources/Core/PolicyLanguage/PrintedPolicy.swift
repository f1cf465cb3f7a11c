import MailTypes
import RelayPolicy

/// A policy as text of the language, with the list files that it names: reading it gives the policy again, but for
/// places and for the words in which addresses were written.
///
/// Listeners and routes are no part of it: they belong to an installation, not to who may relay.
public struct PrintedPolicy: Hashable, Sendable {
    public struct List: Hashable, Sendable {
        /// As the text names it.
        public var name: String
        public var text: String
    }

    public private(set) var text = "version 1\n"
    public private(set) var lists: [List] = []

    public init(_ policy: Policy) {
        if policy.observes { append(["node {", "    observe", "}"]) }
        append(localBlock(policy))
        if !policy.ownership.isEmpty {
            let users = policy.ownership.sorted { $0.key < $1.key }.map { login, owned in
                ([Self.word(login), "-"] + owned.patterns.map { Self.word("\($0)") }).joined(separator: " ")
            }
            append(["auth {", "    users  file:\(list("users", users))", "}"])
        }
        append(block("refuse", policy.connectionRules, connection: true, policy.refuse))
        append(block("relay", [], connection: false, policy.relay))
    }

    private mutating func append(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        text += "\n" + lines.joined(separator: "\n") + "\n"
    }

    /// Keeps a list file; its name is made different from those before it.
    private mutating func list(_ name: String, _ lines: [String]) -> String {
        var unique = name
        var number = 1
        while lists.contains(where: { $0.name == unique }) {
            number += 1
            unique = "\(name)-\(number)"
        }
        lists.append(List(name: unique, text: lines.map { $0 + "\n" }.joined()))
        return unique
    }

    // MARK: local

    private mutating func localBlock(_ policy: Policy) -> [String] {
        var lines: [String] = []
        /// Domains that stand on one line have all else in common.
        var pending: (words: [String], rest: String) = ([], "")
        func flush() {
            if !pending.words.isEmpty {
                lines.append("    domains  \(pending.words.joined(separator: " "))\(pending.rest)")
            }
            pending.words = []
        }
        for entry in policy.local.entries {
            var rest = entry.upstream.map { " via \(Self.word($0))" } ?? ""
            if let recipients = entry.recipients {
                let file = list("recipients.list", recipients.map { Self.word("\($0)") }.sorted())
                rest += " recipients file:\(file)" + (recipients.isEmpty ? " may-be-empty" : "")
            }
            let pattern = HostPattern(domain: entry.domain, isBelow: entry.isWildcard)
            if PublicSuffixes.isMailboxProvider(entry.domain)
                || entry.isWildcard && PublicSuffixes.contains(entry.domain)
            {
                rest += " really-ours"
            }
            if pending.rest != rest || pending.words.count == 8 || entry.recipients != nil { flush() }
            pending.rest = rest
            pending.words.append(pattern.isBelow ? "*.\(pattern.domain)" : "\(pattern.domain)")
        }
        flush()
        lines += Self.treatments(policy.tricks.everywhere, suffix: "")
        for (domain, treatments) in policy.tricks.at.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            lines += Self.treatments(treatments, suffix: " at \(domain)")
        }
        return ["local {"] + lines + ["}"]
    }

    private static func treatments(
        _ treatments: [AddressTrick: TrickTreatment.Treatment], suffix: String
    ) -> [String] {
        [TrickTreatment.Treatment.reject, .resolve, .asWritten].compactMap { treatment in
            let tricks = AddressTrick.allCases.filter { treatments[$0] == treatment }.map(\.rawValue)
            return tricks.isEmpty
                ? nil : "    address-tricks  \(tricks.joined(separator: " ")) \(treatment.rawValue)\(suffix)"
        }
    }

    // MARK: Rules

    private mutating func block(_ name: String, _ first: [Rule], connection: Bool, _ rules: [Rule]) -> [String] {
        guard !first.isEmpty || !rules.isEmpty else { return [] }
        var lines = ["\(name) {"]
        for rule in first { lines += self.lines(of: rule, verb: "\(rule.verb.rawValue) connection") }
        for rule in rules { lines += self.lines(of: rule, verb: rule.verb.rawValue) }
        return lines + ["}"]
    }

    private mutating func lines(of rule: Rule, verb: String) -> [String] {
        let statements = conditions(rule.conditions) + Self.rest(of: rule)
        let width = (statements.map(\.keyword.utf8.count).max() ?? 0) + 2
        let body = statements.map { statement in
            let gap = String(repeating: " ", count: statement.values.isEmpty ? 0 : width - statement.keyword.utf8.count)
            return "        " + statement.keyword + gap + statement.values
        }
        return ["    \(verb) \(Self.quoted(rule.name)) {"] + body + ["    }"]
    }

    private typealias Line = (keyword: String, values: String)

    private mutating func conditions(_ conditions: Conditions) -> [Line] {
        var lines: [Line] = []
        if let from = conditions.from { lines.append(("from", addresses(from.set))) }
        switch conditions.name {
        case .oneOf(let exact, let below): lines.append(("name", Self.hosts(exact, below)))
        case .some(.none): lines.append(("name", "none"))
        case nil: break
        }
        if let address = conditions.localAddress { lines.append(("local-address", addresses(address.set))) }
        if let listeners = conditions.listeners { lines.append(("listener", Self.words(listeners))) }
        switch conditions.helo {
        case .oneOf(let exact, let below): lines.append(("helo", Self.hosts(exact, below)))
        case .verified: lines.append(("helo", "verified"))
        case .unverified: lines.append(("helo", "unverified"))
        case nil: break
        }
        if let login = conditions.login {
            let names = login.names.map { Self.words($0, besides: ["any", "none", "mechanism"]) } ?? "any"
            lines.append(("login", names + (login.mechanisms.map { " mechanism " + Self.words($0) } ?? "")))
        }
        switch conditions.tls {
        case .any: lines.append(("tls", "any"))
        case .certificate(let accepted):
            let words = accepted.map {
                $0.hasPrefix("fingerprint:") ? Self.word($0) : "client-certificate \(Self.word($0))"
            }
            lines.append(("tls", words.joined(separator: " ")))
        case nil: break
        }
        if conditions.needsPOPLogin { lines.append(("pop", "logged-in")) }
        if conditions.senderOwnedByLogin { lines.append(("sender", "owned-by-login")) }
        if let sender = conditions.sender { lines.append(("sender", patterns(sender.set))) }
        if let to = conditions.to { lines.append(("to", patterns(to.set))) }
        return lines
    }

    private static func rest(of rule: Rule) -> [Line] {
        var lines: [Line] = rule.limits.map { limit in
            let end = limit.thenReject ? " then reject" : ""
            return (
                "limit",
                "\(limit.count) \(limit.unit.rawValue) per \(limit.window.components.seconds)s for each \(limit.subject.rawValue)\(end)"
            )
        }
        if let until = rule.until { lines.append(("until", "\(until)")) }
        if rule.proofNone { lines.append(("proof", "none")) }
        if rule.observes { lines.append(("observe", "")) }
        if let owner = rule.owner { lines.append(("owner", quoted(owner))) }
        if let because = rule.because { lines.append(("because", quoted(because))) }
        if let reply = rule.reply, let line = reply.lines.first {
            let parts = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
            if parts.count == 2 { lines.append(("reply", "\(reply.code) \(parts[0]) \(quoted(String(parts[1])))")) }
        }
        return lines
    }

    private mutating func addresses(_ set: AddressSet) -> String {
        set.isEmpty ? emptyList() : set.ranges.map(\.description).joined(separator: " ")
    }

    private mutating func patterns(_ set: PathPatternSet) -> String {
        set.patterns.isEmpty ? emptyList() : Self.words(set.patterns.map(\.description))
    }

    /// The language has no word for a list of nothing: only a file may be one.
    private mutating func emptyList() -> String {
        let name = "empty.list"
        if !lists.contains(where: { $0.name == name }) { lists.append(List(name: name, text: "")) }
        return "file:\(name) may-be-empty"
    }

    // MARK: Words

    private static func hosts(_ exact: [Domain], _ below: [Domain]) -> String {
        (exact.map { "\($0)" } + below.map { "*.\($0)" }).joined(separator: " ")
    }

    private static func words(_ words: [String], besides keywords: Set<String> = []) -> String {
        words.map { keywords.contains($0) ? quoted($0) : word($0) }.joined(separator: " ")
    }

    /// In quotes only where a bare word would be read as something else.
    static func word(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"{}\"#".utf8.contains(byte)
        }
        return isPlain && !text.isEmpty ? text : quoted(text)
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
