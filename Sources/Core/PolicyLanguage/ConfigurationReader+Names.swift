import Diagnostics
import MailTypes

extension ConfigurationReader {
    /// The newest version of the language that this program reads.
    private static let newestVersion: UInt64 = 1

    /// `version 1` comes first, so that a file for a later version is refused by that and not by what it says.
    mutating func readVersion(_ statements: [Statement]) {
        attempt { reader throws(Diagnostic) in
            guard let first = statements.first else {
                throw Diagnostic(
                    .error, "the file is empty", at: SourceLocation(file: reader.file, line: 1, column: 1),
                    fix: "begin with `version 1`")
            }
            guard first.keyword.says("version") else {
                throw first.keyword.problem("`version 1` comes first", fix: "write `version 1` above this line")
            }
            var values = ValueCursor(first)
            let word = try values.require("a number")
            let version = try word.count()
            guard version <= Self.newestVersion else {
                reader.isOfNewerVersion = true
                throw word.problem(
                    "version \(version) is newer than this program, which reads version \(Self.newestVersion)",
                    fix: "install a newer gatepost")
            }
            try values.expectEnd()
        }
    }

    /// Sorts the statements of the top level by their words.
    mutating func sort(_ all: [Statement]) {
        let repeatable: Set = ["networks", "senders", "upstream", "route", "listen"]
        for statement in all where !statement.keyword.isQuoted {
            let keyword = statement.keyword.text
            guard BlockKind.top.keywords.contains(keyword) else {
                addUnknownAtTop(statement.keyword)
                continue
            }
            if !repeatable.contains(keyword), let first = statements[keyword]?.first {
                problems.add(
                    statement.keyword.problem(
                        "a second `\(keyword)`", fix: "put it together with the one in line \(first.at.line)"))
                continue
            }
            if let block = statement.block, BlockKind.top.block(of: keyword) == .unknown {
                problems.add(Diagnostic(.error, "`\(keyword)` takes no block", at: block.at, fix: "write its values behind it in one line"))
                continue
            }
            statements[keyword, default: []].append(statement)
        }
    }

    /// The first rule outside of its block is said; those behind it are so for the same reason.
    private mutating func addUnknownAtTop(_ keyword: Word) {
        guard BlockKind.ruleVerbs.contains(keyword.text) else { return problems.add(unknown(keyword, in: .top)) }
        if hasRuleAtTop { return }
        hasRuleAtTop = true
        let problem = StatementParser.ruleOutside(keyword.text)
        problems.add(keyword.problem(problem.message, fix: problem.fix))
    }

    mutating func defineNames() {
        defineLists(.networks)
        defineLists(.senders)
        for statement in statements["upstream"] ?? [] {
            attempt { reader throws(Diagnostic) in try reader.upstreams.define(try reader.name(of: statement)) }
        }
        for statement in statements["listen"] ?? [] {
            attempt { reader throws(Diagnostic) in try reader.listeners.define(try reader.name(of: statement)) }
        }
    }

    private mutating func defineLists<Value>(_ form: ListForm<Value>) {
        for statement in statements[form.word] ?? [] {
            attempt { reader throws(Diagnostic) in
                try reader[keyPath: form.lists].define(try reader.name(of: statement), as: statement)
            }
        }
    }

    mutating func readNetworksAndSenders() {
        for name in networks.order { _ = list(named: name, depth: 0, .networks) }
        for name in senders.order { _ = list(named: name, depth: 0, .senders) }
    }

    /// The name that a statement defines. It must not look like a value, nor like a word that a rule may have.
    private func name(of statement: Statement) throws(Diagnostic) -> Word {
        guard let word = statement.values.first else {
            throw ValueCursor(statement).missing("a name")
        }
        let isPlain = word.text.utf8.enumerated().allSatisfy { index, byte in
            let isLetter = (byte | 0x20) &- 0x61 < 26
            return isLetter
                || index > 0 && (byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_"))
        }
        guard isPlain, !word.text.isEmpty, word.text.utf8.count <= 64 else {
            throw word.problem(
                "\(word.shown) cannot be a name",
                fix: "a name is a letter, then letters, digits, hyphens and underscores, at most 64 in all")
        }
        let taken = ["any", "anywhere", "elsewhere", "except", "may-be-empty", "none", "owned-by-login"]
        guard !taken.contains(word.text), !BlockKind.rule.keywords.contains(word.text) else {
            throw word.problem(
                "\(word.shown) is a word of the language and cannot be a name", fix: "choose another name")
        }
        return word
    }
}
