import Diagnostics
import MailTypes

/// `auth { … }` and the users file.
extension ConfigurationReader {
    mutating func readAuth() {
        guard let auth = single("auth") else { return }
        readBlock(of: auth, .auth) { reader, statement throws(Diagnostic) in
            var values = ValueCursor(statement)
            switch statement.keyword.text {
            case "users":
                let word = try values.require("file:NAME")
                guard word.text.hasPrefix("file:") else {
                    throw word.problem("\(word.shown) is not a file", fix: "write it as file:NAME")
                }
                reader.readUsers(inFileNamedBy: word, mayBeEmpty: values.take("may-be-empty"))
            case "mechanisms":
                repeat { try values.require("a mechanism").checkMechanism() } while !values.isAtEnd
            default:  // over-tls
                enum Demand: String, CaseIterable { case only, no }
                _ = try values.require("only or no").choice(Demand.self)
            }
            try values.expectEnd()
        }
    }

    /// A list file whose lines hold password hashes, which no message may show.
    mutating func usersFile(_ word: Word) -> ListFile? {
        guard let list = listFile(word) else { return nil }
        let text = UsersFileText(list.text)
        sources[list.name] = text.masked
        usersFiles[list.name] = text
        return list
    }

    /// Each line is `NAME HASH MAILBOX…`: a login, its password's hash (`-` when it has none yet), and what it
    /// may send as (Meaning 15).
    private mutating func readUsers(inFileNamedBy word: Word, mayBeEmpty: Bool) {
        guard let list = usersFile(word) else { return }
        var first: [String: SourceLocation] = [:]
        var ownership: [String: PathPatternSet] = [:]
        let isGood = readLines(of: list, namedBy: word) { line throws(Diagnostic) in
            let name = line[0]
            guard line.count > 1 else {
                throw name.problem(
                    "the login \(name.shown) has no password hash",
                    fix: "write: NAME HASH MAILBOX…, with `-` for a login without a password")
            }
            let key = name.text.lowercasedASCII
            if let earlier = first[key] {
                throw name.problem(
                    "a second login \(name.shown)", fix: "leave one out; the first is in line \(earlier.line)")
            }
            first[key] = name.at
            var patterns: [PathPattern] = []
            for mailbox in line.dropFirst(2) { patterns.append(try mailbox.pathPattern()) }
            ownership[key] = PathPatternSet(patterns)
        }
        if isGood, checkNotEmpty(ownership.isEmpty, word, mayBeEmpty) { configuration.policy.ownership = ownership }
    }
}

extension Word {
    /// RFC 4422 §3.1.
    func checkMechanism() throws(Diagnostic) {
        let isName = text.utf8.allSatisfy { byte in
            (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard isName, (1...20).contains(text.utf8.count) else {
            throw problem("\(shown) is not a mechanism", fix: "such as PLAIN, LOGIN or SCRAM-SHA-256")
        }
    }
}
