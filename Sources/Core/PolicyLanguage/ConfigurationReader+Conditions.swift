import Diagnostics
import MailTypes
import RelayPolicy

/// The values of a rule's conditions.
extension ConfigurationReader {
    /// `LIST [except LIST]`
    mutating func readAddresses(_ values: inout ValueCursor) throws(Diagnostic) -> Conditions.Addresses? {
        let words = values.takeRest()
        guard let first = words.first else { throw values.missing("an address, a network or a name of `networks`") }
        guard !first.says("except") else {
            throw first.problem("`except` without addresses before it", fix: "write: from LIST except LIST")
        }
        let parts = words.split(maxSplits: 1, omittingEmptySubsequences: false) { $0.says("except") }
        let set = addresses(parts[0])
        guard parts.count > 1 else { return set.map { Conditions.Addresses($0, text: words.text) } }
        guard let firstException = parts[1].first else { throw values.missing("an address") }
        if let second = parts[1].first(where: { $0.says("except") }) {
            throw second.problem("a second `except`", fix: "put all exceptions behind the first one")
        }
        let exceptions = addresses(parts[1])
        guard let set, let exceptions else { return nil }
        if set.intersection(exceptions).isEmpty {
            warn("the exception takes nothing away", at: firstException.at, fix: "correct it, or leave it out")
        }
        return Conditions.Addresses(set.subtracting(exceptions), text: words.text)
    }

    mutating func readPatterns(_ values: inout ValueCursor) throws(Diagnostic) -> Conditions.Patterns? {
        let words = values.takeRest()
        guard !words.isEmpty else { throw values.missing("a mailbox or pattern") }
        if let word = words.first(where: { $0.says("except") }) {
            throw word.problem(
                "`except` stands behind addresses of clients only", fix: "write a reject above this rule")
        }
        // Rules that name the same list share one set of it.
        let name = words.count == 1 && words.first?.canBeNameOfSenders == true ? words.first?.text : nil
        if let set = name.flatMap({ patternSets[$0] }) { return Conditions.Patterns(set, text: words.text) }
        return patterns(words).map { patterns in
            let set = PathPatternSet(patterns)
            if let name { patternSets[name] = set }
            return Conditions.Patterns(set, text: words.text)
        }
    }

    func readHostNames(_ values: inout ValueCursor) throws(Diagnostic) -> Conditions.HostNames {
        if values.take("none") { return .none }
        let hosts = try readHosts(&values)
        return .oneOf(exact: hosts.exact, below: hosts.below)
    }

    func readHelo(_ values: inout ValueCursor) throws(Diagnostic) -> Conditions.HeloCondition {
        if let word = values.peek, word.says("verified") || word.says("unverified") {
            _ = values.next()
            return word.says("verified") ? .verified : .unverified
        }
        let hosts = try readHosts(&values)
        return .oneOf(exact: hosts.exact, below: hosts.below)
    }

    private func readHosts(_ values: inout ValueCursor) throws(Diagnostic) -> (exact: [Domain], below: [Domain]) {
        var hosts: (exact: [Domain], below: [Domain]) = ([], [])
        repeat {
            let pattern = try values.require("a host name").hostPattern()
            if pattern.isBelow { hosts.below.append(pattern.domain) } else { hosts.exact.append(pattern.domain) }
        } while !values.isAtEnd
        return hosts
    }

    func readLogin(_ values: inout ValueCursor) throws(Diagnostic) -> Conditions.LoginCondition {
        var names: [String]?
        if !values.take("any") {
            var list: [String] = []
            repeat {
                let word = try values.require("`any` or a login")
                if word.says("any") || word.says("none") || word.says("mechanism") {
                    throw word.problem(
                        "\(word.shown) does not stand among logins", fix: "write `login any`, or the logins")
                }
                list.append(word.text)
            } while values.peek.map { !$0.says("mechanism") } ?? false
            names = list
        }
        guard values.take("mechanism") else { return Conditions.LoginCondition(names: names) }
        var mechanisms: [String] = []
        repeat {
            let word = try values.require("a mechanism")
            try word.checkMechanism()
            mechanisms.append(word.text.uppercasedASCII)
        } while !values.isAtEnd
        return Conditions.LoginCondition(names: names, mechanisms: mechanisms)
    }

    /// `any`, or certificates: `client-certificate FILE…`, `fingerprint:…`
    func readTLS(_ values: inout ValueCursor) throws(Diagnostic) -> Conditions.TLSCondition {
        if values.take("any") { return .any }
        var certificates: [String] = []
        repeat {
            let word = try values.require("any, client-certificate FILE or fingerprint:…")
            if word.says("client-certificate") {
                certificates.append(try values.require("the certificate's file").certificate())
            } else if word.text.hasPrefix(CertificateWord.fingerprint) {
                certificates.append(try word.certificate())
            } else {
                throw word.problem(
                    "\(word.shown) is not known here", fix: "write any, client-certificate FILE or fingerprint:…")
            }
        } while !values.isAtEnd
        return .certificate(certificates)
    }

    /// `N recipients|messages|bytes per TIME for each client|login|certificate|sender|rule [then reject]`
    func readLimit(_ values: inout ValueCursor, at place: SourceLocation) throws(Diagnostic) -> Limit {
        let number = try values.require("a number")
        let unitWord = try values.require("recipients, messages or bytes")
        let unit = try unitWord.choice(among: [Limit.Unit.recipients, .messages, .bytes])
        let count = unit == .bytes ? try number.size() : try number.count()
        try values.expect("per")
        let window = try values.require("hour, minute, day or a duration").period()
        try values.expect("for", "each")
        let subject = try values.require("client, login, certificate, sender or rule").choice(
            among: [Limit.Subject.client, .login, .certificate, .sender, .rule])
        let thenReject = values.take("then")
        if thenReject { try values.expect("reject") }
        return Limit(count: count, unit: unit, window: window, subject: subject, thenReject: thenReject, at: place)
    }

    func readText(_ values: inout ValueCursor) throws(Diagnostic) -> String {
        let text = try values.require("a text").nonEmptyText()
        if let second = values.peek {
            throw second.problem("more than one value", fix: "put the text in quotes")
        }
        return text
    }

    /// `CODE X.Y.Z "TEXT"` (RFC 5321 §4.2, RFC 3463 §2).
    func readReply(_ values: inout ValueCursor, for verb: Rule.Verb) throws(Diagnostic) -> Reply {
        let codeWord = try values.require("a reply code such as 550")
        let code = try codeWord.count(upTo: 599)
        let wanted: ClosedRange<UInt64> = verb == .reject ? 500...599 : 400...499
        guard wanted.contains(code), code != 421 else {
            throw codeWord.problem(
                "\(codeWord.shown) is no reply code for `\(verb.rawValue)`",
                fix: verb == .reject
                    ? "a reject answers 5xx, such as 550"
                    : "a defer answers 4xx, such as 450, and 421 ends the connection")
        }
        let status = try values.require("an enhanced status code such as \(code / 100).7.1")
        let parts = status.text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isStatus = parts.count == 3 && parts.allSatisfy { Word.decimal($0, upTo: 999) != nil }
        guard isStatus, status.text.hasPrefix("\(code / 100).") else {
            throw status.problem(
                "\(status.shown) is no enhanced status code of \(code)", fix: "write it as \(code / 100).7.1")
        }
        let text = try values.require("the text in quotes")
        guard text.isQuoted else {
            throw text.problem("the reply's text stands in quotes", fix: "write: reply \(code) \(status.text) \"…\"")
        }
        guard !text.text.isEmpty, text.text.utf8.count <= 400, text.text.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
        else {
            throw text.problem("a reply is printable ASCII, 1 to 400 characters", fix: "write it in ASCII")
        }
        return Reply(code: UInt16(code), lines: [Array("\(status.text) \(text.text)".utf8)])
    }
}

extension Word {
    /// The name of a certificate's file, or `fingerprint:…` in its one spelling.
    fileprivate func certificate() throws(Diagnostic) -> String {
        guard let canonical = CertificateWord.canonical(try nonEmptyText()) else { throw noFingerprint }
        return canonical
    }

    var noFingerprint: Diagnostic {
        problem(
            "\(shown) is no SHA-256 fingerprint",
            fix: "it has 64 hexadecimal digits: openssl x509 -noout -fingerprint -sha256 -in FILE")
    }
}

extension ArraySlice<Word> {
    /// As it was written, but for quotes and spaces.
    var text: String { map(\.text).joined(separator: " ") }
}
