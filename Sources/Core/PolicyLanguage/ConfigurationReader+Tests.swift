import Diagnostics
import MailTypes
import RelayPolicy

/// `tests { … }` (Meaning 16).
extension ConfigurationReader {
    mutating func readTests() {
        guard let tests = single("tests") else { return }
        readBlock(of: tests, .tests, repeatable: Set(BlockKind.tests.keywords)) {
            reader, statement throws(Diagnostic) in
            let text = ([statement.keyword] + statement.values).map(\.written).joined(separator: " ")
            let claim: PolicyTest.Claim
            switch statement.keyword.text {
            case "only":
                guard let addresses = try reader.readOnly(statement) else { return }
                claim = .only(addresses)
            case "never": claim = .never(try reader.readNever(statement))
            default:
                guard let verdict = Verdict(rawValue: statement.keyword.text) else { return }  // The table has no others.
                claim = try reader.readDecision(statement, verdict)
            }
            reader.configuration.tests.append(PolicyTest(claim: claim, text: text, at: statement.at))
        }
    }

    /// `from ADDRESS sender PATH to PATH`, other facts, and what is expected beyond the verdict.
    private mutating func readDecision(_ statement: Statement, _ verdict: Verdict) throws(Diagnostic)
        -> PolicyTest.Claim
    {
        var values = ValueCursor(statement)
        var seen: Set<String> = []
        var client: IPAddress?
        var path: WrittenPath?
        var facts = RelayRequest(client: IPAddress(v4: 0), forwardPath: WrittenPath(.postmaster), now: now)
        var rule: String?
        var asDelivery = false
        while let word = values.next() {
            guard seen.insert(word.text).inserted else {
                throw word.problem("\(word.shown) twice in one test", fix: "write a test for each")
            }
            switch word.isQuoted ? "" : word.text {
            case "from": client = try values.require("a client's address").address().unmapped
            case "sender": facts.reversePath = try values.require("a mailbox or <>").reversePath()
            case "to": path = try values.require("a mailbox").forwardPath()
            case "name":
                let name = try values.require("a host name or none")
                facts.clientName = name.says("none") ? .absent : .confirmed(try name.domain())
            case "helo": try readTestHelo(&values, into: &facts)
            case "login": facts.login = try readTestLogin(&values)
            case "pop": facts.popLogin = try readTestPOPLogin(&values)
            case "tls":
                let version = try values.require("a version such as TLSv1.3, or none")
                facts.tlsVersion = version.says("none") ? nil : version.text
            case "certificate", "client-certificate":
                facts.certificates = [try values.require("the word that rules have after client-certificate").text]
                facts.tlsVersion = facts.tlsVersion ?? "TLSv1.3"
            case "local-address": facts.localAddress = try values.require("an address").address().unmapped
            case "listener":
                let listener = try values.require("the name of a listener")
                try checkListener(listener)
                facts.listener = listener.text
            case "at": facts.now = try values.require("a date or time").instant()
            case "by":
                let name = try values.require("a rule's name in quotes")
                guard ruleNames.contains(name.text) else { throw ruleNames.unknown(name) }
                rule = name.text
            case "as":
                try values.expect("delivery")
                asDelivery = true
            default:
                throw word.isNot(oneOf: [
                    "from", "sender", "to", "helo", "login", "name", "pop", "tls", "certificate", "listener",
                    "local-address", "at", "by", "as",
                ])
            }
        }
        guard let client else { throw values.missing("`from ADDRESS`") }
        guard let path else { throw values.missing("`to MAILBOX`") }
        (facts.client, facts.forwardPath) = (client, path)
        return .decision(verdict, facts, by: rule, asDelivery: asDelivery)
    }

    /// A host name, or what a look-up of it said.
    private func readTestHelo(_ values: inout ValueCursor, into facts: inout RelayRequest) throws(Diagnostic) {
        let word = try values.require("a host name, verified or unverified")
        switch word.isQuoted ? "" : word.text {
        case "verified": facts.heloStatus = .verified
        case "unverified": facts.heloStatus = .unverified
        default: facts.helo = Array(word.text.utf8)
        }
    }

    private func readTestLogin(_ values: inout ValueCursor) throws(Diagnostic) -> RelayRequest.Fact<RelayRequest.Login>
    {
        if values.take("none") { return .absent }
        var login = RelayRequest.Login(name: try values.require("a login or none").text)
        if values.take("mechanism") {
            let mechanism = try values.require("a mechanism")
            try mechanism.checkMechanism()
            login.mechanism = mechanism.text.uppercasedASCII
        }
        return .known(login)
    }

    private func readTestPOPLogin(_ values: inout ValueCursor) throws(Diagnostic)
        -> RelayRequest.Fact<RelayRequest.POPLogin>
    {
        let word = try values.require("a login, logged-in or none")
        if word.says("none") { return .absent }
        return .known(RelayRequest.POPLogin(name: word.says("logged-in") ? nil : word.text))
    }

    /// `only LIST relay-without-login`. Nil where the list has a problem, which is said.
    private mutating func readOnly(_ statement: Statement) throws(Diagnostic) -> AddressSet? {
        guard let last = statement.values.last, last.says("relay-without-login") else {
            throw Diagnostic(
                .error, "`relay-without-login` is missing at the end", at: statement.end,
                fix: "write: only LIST relay-without-login")
        }
        // No list at all says that nobody relays without a login.
        let list = statement.values.dropLast()
        return list.contains(where: { $0.says("except") }) ? try readRange(list) : addresses(list)
    }

    /// `never from anywhere|LIST login none sender PATTERN… to elsewhere|PATTERN… listener NAME…`
    private mutating func readNever(_ statement: Statement) throws(Diagnostic) -> PolicyTest.Never {
        var never = PolicyTest.Never()
        let words = ["from", "login", "sender", "to", "listener"]
        var parts: [(Word, ArraySlice<Word>)] = []
        for word in statement.values {
            if let part = parts.last, !words.contains(where: word.says) {
                parts[parts.count - 1].1 = statement.values[part.1.startIndex..<part.1.endIndex + 1]
            } else if words.contains(where: word.says) {
                let start = (parts.last?.1.endIndex).map { $0 + 1 } ?? 1
                parts.append((word, statement.values[start..<start]))
            } else {
                throw word.isNot(oneOf: words)
            }
        }
        guard parts.contains(where: { $0.0.text == "to" }) else {
            throw Diagnostic(.error, "`to` is missing", at: statement.end, fix: "write: never from LIST to elsewhere")
        }
        for (word, list) in parts {
            guard let first = list.first else { throw word.problem("nothing after \(word.shown)", fix: "write what it is about, or leave \(word.shown) out") }
            switch word.text {
            case "from": never.clients = try readRange(list)
            case "to" where first.says("elsewhere"): break
            case "to": never.recipients = patterns(list)
            case "sender": never.senders = patterns(list)
            case "login" where first.says("none"): never.login = PolicyTest.Never.Login.none
            case "login" where first.says("any"): never.login = .any
            case "login": never.login = .named(list.map(\.text))
            default:
                for name in list { try checkListener(name) }
                never.listeners = list.map(\.text)
            }
        }
        return never
    }

    /// `anywhere|LIST [except LIST]`. Nil where a list has a problem, which is said.
    private mutating func readRange(_ list: ArraySlice<Word>) throws(Diagnostic) -> AddressSet? {
        var sets: [AddressSet?] = []
        let parts = list.split(maxSplits: 1, omittingEmptySubsequences: false) { $0.says("except") }
        for part in parts {
            guard let first = part.first else {
                throw list[list.startIndex].problem(
                    "addresses are missing beside `except`", fix: "write: LIST except LIST, or anywhere except LIST")
            }
            sets.append(first.says("anywhere") && part.count == 1 ? .everything : addresses(part))
        }
        guard let first = sets.first ?? nil else { return nil }
        guard sets.count > 1 else { return first }
        return sets[1].map { first.subtracting($0) }
    }
}

extension Word {
    fileprivate func address() throws(Diagnostic) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw problem("\(shown) is not an address", fix: "a test asks for one client, such as 192.0.2.10")
        }
        return address
    }

    fileprivate func reversePath() throws(Diagnostic) -> ReversePath {
        do {
            return try ReversePath(parsing: Array(text.utf8), allowingBareMailbox: true)
        } catch {
            throw problem("\(shown) is no reverse-path: \(error.message)")
        }
    }

    fileprivate func forwardPath() throws(Diagnostic) -> WrittenPath {
        do {
            return try WrittenPath(parsing: Array(text.utf8), allowingBareMailbox: true)
        } catch {
            throw problem(
                "\(shown) is no forward-path: \(error.message)", why: "it is refused before any rule is asked")
        }
    }

    fileprivate func instant() throws(Diagnostic) -> Instant {
        guard let instant = Instant(text) else {
            throw problem("\(shown) is not a date or time", fix: "write it as 2027-03-31")
        }
        return instant
    }
}
