import Diagnostics
import MailTypes
import RelayPolicy

/// `refuse { … }` and `relay { … }`
extension ConfigurationReader {
    mutating func readRules() {
        // In file order, so that the second of two rules with one name is the one that is refused.
        let blocks = ["refuse", "relay"].compactMap { single($0) }
        for block in blocks.sorted(by: { ($0.at.line, $0.at.column) < ($1.at.line, $1.at.column) }) {
            let isRelay = block.keyword.text == "relay"
            for value in block.values.prefix(1) {
                problems.add(value.problem("\(block.keyword.shown) takes no value", fix: "leave \(value.shown) out"))
            }
            readBlock(of: block, isRelay ? .relay : .refuse, repeatable: ["permit", "reject", "defer", "pass"]) {
                reader, statement throws(Diagnostic) in
                try reader.readRule(statement, isRelay ? .relay : .refuse)
            }
        }
        configuration.policy.connectionRules = rules.filter { $0.section == .connection }.map(\.rule)
        configuration.policy.refuse = rules.filter { $0.section == .refuse }.map(\.rule)
        configuration.policy.relay = rules.filter { $0.section == .relay }.map(\.rule)
    }

    private mutating func readRule(_ statement: Statement, _ section: RuleReading.Section) throws(Diagnostic) {
        var section = section
        var values = ValueCursor(statement)
        if section == .refuse, values.take("connection") {
            guard statement.keyword.says("reject") else {
                throw statement.keyword.problem(
                    "only `reject` is said to a connection", fix: "write `reject connection`")
            }
            section = .connection
        }
        guard let name = values.next() else {
            throw Diagnostic(
                .error, "a rule without a name", at: statement.end, fix: "name it: \(statement.keyword.text) \"NAME\" {"
            )
        }
        guard !name.text.isEmpty else {
            throw name.problem("a rule without a name", fix: "name it: the log and the tests cite it")
        }
        try ruleNames.define(name)
        guard values.isAtEnd else {
            let words = statement.values.drop { $0 != name }.map(\.text).joined(separator: " ")
            let whole = words.filter { !"“”„«»\"".contains($0) }
            throw name.problem(
                "a rule's name of several words stands in quotes", fix: "write: \(statement.keyword.text) \"\(whole)\" {")
        }
        guard let verb = Rule.Verb(rawValue: statement.keyword.text) else { return }  // The table has no others.
        var reading = RuleReading(rule: Rule(name: name.text, at: statement.at, verb: verb), section: section)
        guard statement.block != nil else {
            throw Diagnostic(
                .error, "the rule \"\(name.text)\" has no block", at: statement.end,
                fix: "write its conditions in `{` … `}`")
        }
        for inner in statement.block?.statements ?? [] {
            reading.words[inner.keyword.text] = reading.words[inner.keyword.text] ?? inner.keyword
        }
        let before = problems.errorCount
        let hasUnknownWord =
            statement.block?.statements.contains { !BlockKind.rule.keywords.contains($0.keyword.text) } ?? false
        readBlock(of: statement, .rule, repeatable: ["limit"]) { reader, inner throws(Diagnostic) in
            try reader.readRuleStatement(inner, into: &reading)
        }
        reading.isBroken = problems.errorCount > before
        // An unknown word may be a proof misspelt, and is said already.
        if !hasUnknownWord, let problem = missingProof(reading) {
            problems.add(problem)
            reading.lacksProof = true
        }
        rules.append(reading)
    }

    private mutating func readRuleStatement(
        _ statement: Statement, into reading: inout RuleReading
    ) throws(Diagnostic) {
        var values = ValueCursor(statement)
        let keyword = statement.keyword.text
        try checkPlace(of: statement.keyword, in: reading)
        switch keyword {
        case "from", "local-address":
            let addresses = try readAddresses(&values)
            if keyword == "from" {
                reading.rule.conditions.from = addresses
            } else {
                reading.rule.conditions.localAddress = addresses
            }
        case "name":
            reading.rule.conditions.name = try readHostNames(&values)
        case "listener":
            var names: [String] = []
            repeat {
                let word = try values.require("the name of a listener")
                try checkListener(word)
                names.append(word.text)
            } while !values.isAtEnd
            reading.rule.conditions.listeners = names
        case "helo":
            reading.rule.conditions.helo = try readHelo(&values)
        case "login":
            reading.rule.conditions.login = try readLogin(&values)
        case "tls":
            reading.rule.conditions.tls = try readTLS(&values)
        case "pop":
            try values.expect("logged-in")
            reading.rule.conditions.needsPOPLogin = true
        case "sender":
            if values.take("owned-by-login") {
                reading.rule.conditions.senderOwnedByLogin = true
            } else {
                reading.rule.conditions.sender = try readPatterns(&values)
            }
        case "to":
            reading.rule.conditions.to = try readPatterns(&values)
        case "limit":
            reading.rule.limits.append(try readLimit(&values, at: statement.at))
        case "until":
            reading.rule.until = try values.require("a date").date()
        case "proof":
            try values.expect("none")
            reading.rule.proofNone = true
        case "observe":
            reading.rule.observes = true
        case "owner":
            reading.rule.owner = try readText(&values)
        case "because":
            reading.rule.because = try readText(&values)
        default:  // reply
            reading.rule.reply = try readReply(&values, for: reading.rule.verb)
        }
        try values.expectEnd()
    }

    /// Words that mean something in some rules only.
    private func checkPlace(of keyword: Word, in reading: RuleReading) throws(Diagnostic) {
        if ["limit", "until", "proof"].contains(keyword.text), reading.rule.verb != .permit {
            throw keyword.problem(
                "\(keyword.shown) stands in a permit only",
                why: "on `\(reading.rule.verb.rawValue)` it would make more possible when it is spent or over",
                fix: "leave it out")
        }
        if keyword.text == "reply", reading.rule.verb == .permit || reading.rule.verb == .pass {
            throw keyword.problem("\(keyword.shown) stands in a reject or defer only", fix: "leave it out")
        }
        let known = ["from", "name", "local-address", "listener", "observe", "owner", "because", "reply"]
        if reading.section == .connection, !known.contains(keyword.text) {
            throw keyword.problem(
                "\(keyword.shown) is not known yet when the connection begins",
                fix: "use one of: \(known.prefix(4).joined(separator: ", ")); or `reject` without `connection`")
        }
    }

    /// GP-001: what a client claims is no proof of who asks (Meaning 4).
    private func missingProof(_ reading: RuleReading) -> Diagnostic? {
        let rule = reading.rule
        guard rule.verb == .permit, !rule.proofNone, reading.words["proof"] == nil else { return nil }
        // A proof whose line could not be read is still meant as one.
        if ["from", "login", "pop"].contains(where: { reading.words[$0] != nil }) { return nil }
        if reading.words["tls"] != nil, rule.conditions.tls != .any { return nil }
        if reading.words["name"] != nil, rule.conditions.name != Conditions.HostNames.none { return nil }
        let why: String
        if let sender = rule.conditions.sender {
            why = "`sender \(sender.text)` is what the client claims, and anyone can claim it"
        } else if rule.conditions.senderOwnedByLogin {
            why = "`sender owned-by-login` does not ask for a login by itself"
        } else if rule.conditions.helo != nil {
            why = "`helo` is what the client claims, and anyone can claim it"
        } else if rule.conditions.name != nil {
            why = "`name none` fits every client without a confirmed name"
        } else if rule.conditions.tls != nil {
            why = "`tls any` says that the line is encrypted, not who is at its other end"
        } else if rule.conditions.to != nil {
            why = "`to` says where the mail goes, not who sends it"
        } else {
            why = "nothing in it says who may ask"
        }
        return Diagnostic(
            .error, id: "GP-001", "\"\(rule.name)\" lets strangers relay", at: rule.at, why: why,
            fix: "add one of: from NETWORK, login any, tls client-certificate FILE, pop logged-in")
    }
}
