import Diagnostics
import MailTypes

/// Lists of addresses and of patterns: values, names of such lists, and files.
extension ConfigurationReader {
    /// `LIST`: addresses, networks, ranges, names of `networks`, files. Nil after a problem.
    mutating func addresses(_ words: ArraySlice<Word>, depth: Int = 0) -> AddressSet? {
        var ranges: [IPRange] = []
        var isComplete = true
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            index += 1
            if word.text.hasPrefix("file:") {
                let mayBeEmpty = index < words.endIndex && words[index].says("may-be-empty")
                if mayBeEmpty { index += 1 }
                if let set = addresses(inFileNamedBy: word, mayBeEmpty: mayBeEmpty) {
                    ranges += set.ranges
                } else {
                    isComplete = false
                }
            } else if Self.canBeNameOfNetwork(word) {
                if let set = addresses(named: word, depth: depth + 1) {
                    ranges += set.ranges
                } else {
                    isComplete = false
                }
            } else if let range = attempt({ _ throws(Diagnostic) in try Self.range(word) }) {
                ranges.append(range)
            } else {
                isComplete = false
            }
        }
        return isComplete ? AddressSet(ranges) : nil
    }

    /// The addresses of a defined name. Nil after a problem, which is reported once.
    mutating func addresses(named word: Word, depth: Int) -> AddressSet? {
        guard let state = networks.states[word.text] else {
            problems.add(networks.table.unknown(word))
            return nil
        }
        switch state {
        case .read(let set):
            return set
        case .reading:
            problems.add(word.problem("the network \(word.shown) contains itself", fix: "leave it out here"))
            return nil
        case .unread(let statement):
            guard depth < NamedLists<AddressSet>.deepest else {
                problems.add(
                    word.problem("networks within networks, more than \(depth) deep", fix: "write the addresses here"))
                return nil
            }
            networks.states[word.text] = .reading
            let set = contents(of: statement, what: "a network") { $0.addresses($1, depth: depth) }
            networks.states[word.text] = .read(set)
            return set
        }
    }

    /// `PATTERN…`. Nil after a problem.
    mutating func patterns(_ words: ArraySlice<Word>, depth: Int = 0) -> [PathPattern]? {
        var patterns: [PathPattern] = []
        var isComplete = true
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            index += 1
            if word.text.hasPrefix("file:") {
                let mayBeEmpty = index < words.endIndex && words[index].says("may-be-empty")
                if mayBeEmpty { index += 1 }
                if let list = self.patterns(inFileNamedBy: word, mayBeEmpty: mayBeEmpty) {
                    patterns += list
                } else {
                    isComplete = false
                }
            } else if word.canBeNameOfSenders {
                if let list = self.patterns(named: word, depth: depth + 1) {
                    patterns += list
                } else {
                    isComplete = false
                }
            } else if let pattern = attempt({ _ throws(Diagnostic) in try word.pathPattern() }) {
                patterns.append(pattern)
            } else {
                isComplete = false
            }
        }
        return isComplete ? patterns : nil
    }

    mutating func patterns(named word: Word, depth: Int) -> [PathPattern]? {
        guard let state = senders.states[word.text] else {
            problems.add(senders.table.unknown(word))
            return nil
        }
        switch state {
        case .read(let list):
            return list
        case .reading:
            problems.add(word.problem("the list of senders \(word.shown) contains itself", fix: "leave it out here"))
            return nil
        case .unread(let statement):
            guard depth < NamedLists<[PathPattern]>.deepest else {
                problems.add(
                    word.problem("senders within senders, more than \(depth) deep", fix: "write the mailboxes here"))
                return nil
            }
            senders.states[word.text] = .reading
            let list = contents(of: statement, what: "a mailbox or pattern") { $0.patterns($1, depth: depth) }
            senders.states[word.text] = .read(list)
            return list
        }
    }

    /// What stands behind the name of a `networks` or `senders` line.
    private mutating func contents<Contents>(
        of statement: Statement, what: String, read: (inout Self, ArraySlice<Word>) -> Contents?
    ) -> Contents? {
        let words = statement.values.dropFirst()
        guard !words.isEmpty else {
            problems.add(ValueCursor(statement).missing(what))
            return nil
        }
        if let except = words.first(where: { $0.says("except") }) {
            problems.add(except.problem("`except` stands in rules only", fix: "write it where the name is used"))
            return nil
        }
        return read(&self, words)
    }

    // MARK: Files

    private mutating func addresses(inFileNamedBy word: Word, mayBeEmpty: Bool) -> AddressSet? {
        guard let list = listFile(word) else { return nil }
        if addressLists[list.name] == nil {
            var ranges: [IPRange] = []
            let isGood = readEntries(of: list, namedBy: word) { entry throws(Diagnostic) in
                if Self.canBeNameOfNetwork(entry) {
                    throw entry.problem(
                        "\(entry.shown) is not an address",
                        fix: "a list file has addresses only: name `\(entry.text)` in \(word.at.file)")
                }
                ranges.append(try Self.range(entry))
            }
            addressLists[list.name] = .some(isGood ? AddressSet(ranges) : nil)
        }
        guard let set = addressLists[list.name] ?? nil else { return nil }
        return checkNotEmpty(set.isEmpty, word, mayBeEmpty) ? set : nil
    }

    private mutating func patterns(inFileNamedBy word: Word, mayBeEmpty: Bool) -> [PathPattern]? {
        guard let list = listFile(word) else { return nil }
        if patternLists[list.name] == nil {
            var patterns: [PathPattern] = []
            let isGood = readEntries(of: list, namedBy: word) { entry throws(Diagnostic) in
                if entry.canBeNameOfSenders {
                    throw entry.problem(
                        "\(entry.shown) is neither a mailbox nor a pattern",
                        fix: "a domain of one label is *@\(entry.text); name `senders` in \(word.at.file)")
                }
                patterns.append(try entry.pathPattern())
            }
            patternLists[list.name] = .some(isGood ? patterns : nil)
        }
        guard let patterns = patternLists[list.name] ?? nil else { return nil }
        return checkNotEmpty(patterns.isEmpty, word, mayBeEmpty) ? patterns : nil
    }

    /// The list file that `word` (`file:NAME`) names; nil after a problem.
    mutating func listFile(_ word: Word) -> ListFile? {
        let path = String(word.text.dropFirst("file:".utf8.count))
        guard !path.isEmpty else {
            problems.add(word.problem("`file:` without a name", fix: "write it as file:NAME"))
            return nil
        }
        let name = ListFile.path(path, namedIn: file)
        if let known = listFiles[name] { return known }
        switch files(name) {
        case .success(let bytes) where bytes.count > ListFile.mostBytes:
            problems.add(word.problem(
                "`\(path)` is larger than \(ListFile.mostBytes >> 20) MB",
                fix: "write networks and wildcards instead of single addresses and names"))
            listFiles[name] = .some(nil)
        case .success(let bytes):
            let list = ListFile(bytes, name: name)
            sources[name] = list.text
            listFiles[name] = list
        case .failure(let problem):
            problems.add(
                word.problem("cannot read `\(path)`: \(problem.message)", fix: "create it, or correct its name"))
            listFiles[name] = .some(nil)
        }
        return listFiles[name] ?? nil
    }

    /// Gives each value of a file to `body`. False after a problem, in the file's form or in a value.
    mutating func readEntries(
        of list: ListFile, namedBy word: Word, _ body: (Word) throws(Diagnostic) -> Void
    ) -> Bool {
        readLines(of: list, namedBy: word) { line throws(Diagnostic) in
            if line.count > 1 {
                throw line[1].problem("one value a line", fix: "write \(line[1].shown) on a line of its own")
            }
            if line[0].text.hasPrefix("file:") {
                throw line[0].problem(
                    "a list file names no other file", fix: "name it beside this one in \(word.at.file)")
            }
            try body(line[0])
        }
    }

    /// Gives each line that is not blank to `body`; it has at least one word.
    mutating func readLines(
        of list: ListFile, namedBy word: Word, _ body: ([Word]) throws(Diagnostic) -> Void
    ) -> Bool {
        var found: [Diagnostic] = []
        let problemsOfForm = list.forEachLine { line in
            do throws(Diagnostic) {
                try body(line)
            } catch {
                found.append(error)
            }
        }
        problems.addProblemsOfForm(Array(problemsOfForm.prefix(ListFile.mostProblems)), under: word.at)
        for problem in found.prefix(ListFile.mostProblems) { problems.add(problem, under: word.at) }
        let unsaid = max(found.count, problemsOfForm.count) - ListFile.mostProblems
        if unsaid > 0, let last = found.last ?? problemsOfForm.last {
            problems.add(Diagnostic(.error, "\(unsaid) more problems in this file", at: last.at, fix: "mend these first"), under: word.at)
        }
        return found.isEmpty && problemsOfForm.isEmpty
    }

    /// An empty list is an error unless the file says that it may be one: a truncated list of suspended users
    /// must not free them (Meaning 6).
    mutating func checkNotEmpty(_ isEmpty: Bool, _ word: Word, _ mayBeEmpty: Bool) -> Bool {
        guard isEmpty, !mayBeEmpty else { return true }
        problems.add(
            word.problem(
                "`\(word.text.dropFirst("file:".utf8.count))` is empty",
                why: "an empty list never means everyone, and may be a file cut short",
                fix: "fill it, or write `\(word.text) may-be-empty`"))
        return false
    }

    // MARK: Single values

    /// A name begins with a letter, and neither an address nor a range has only letters, digits, `-` and `_`
    /// behind one.
    private static func canBeNameOfNetwork(_ word: Word) -> Bool {
        guard let first = word.text.utf8.first, (first | 0x20) &- 0x61 < 26 else { return false }
        return word.text.utf8.allSatisfy { byte in
            (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }

    private static func range(_ word: Word) throws(Diagnostic) -> IPRange {
        do {
            return try AddressSet.parse(word.text)
        } catch {
            var fix = error.fix
            if fix == nil, Domain(word.text) != nil {
                fix = "write its address; `name \(word.text)` is for a host name that the DNS confirms"
            }
            throw word.problem(
                error.message,
                fix: fix ?? "write an address, a network such as 192.0.2.0/24, or a range such as 192.0.2.1-192.0.2.9")
        }
    }
}
