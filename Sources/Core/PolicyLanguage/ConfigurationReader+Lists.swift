import Diagnostics
import MailTypes

/// Lists of addresses and of patterns: values, names of such lists, and files.
extension ConfigurationReader {
    /// `LIST`: addresses, networks, ranges, names of `networks`, files. Nil after a problem.
    mutating func addresses(_ words: ArraySlice<Word>, depth: Int = 0) -> AddressSet? {
        list(words, depth: depth, .networks).map { AddressSet($0) }
    }

    /// `PATTERN…`. Nil after a problem.
    mutating func patterns(_ words: ArraySlice<Word>, depth: Int = 0) -> [PathPattern]? {
        list(words, depth: depth, .senders)
    }

    /// What the words of a list mean, put together. Nil after a problem; each word with one has been told of.
    private mutating func list<Value>(
        _ words: ArraySlice<Word>, depth: Int, _ form: ListForm<Value>
    ) -> [Value]? {
        var values: [Value] = []
        var isComplete = true
        var index = words.startIndex
        while index < words.endIndex {
            let word = words[index]
            index += 1
            let part: [Value]?
            if word.text.hasPrefix("file:") {
                let mayBeEmpty = index < words.endIndex && words[index].says("may-be-empty")
                if mayBeEmpty { index += 1 }
                part = list(inFileNamedBy: word, mayBeEmpty: mayBeEmpty, form)
            } else if form.canBeName(word) {
                part = list(named: word, depth: depth + 1, form)
            } else {
                part = attempt { _ throws(Diagnostic) in [try form.value(word)] }
            }
            guard let part else {
                isComplete = false
                continue
            }
            // A list that is nothing but another one is the same list.
            if values.isEmpty { values = part } else { values += part }
        }
        return isComplete ? values : nil
    }

    /// The values of a defined name. Nil after a problem, which is reported once.
    mutating func list<Value>(named word: Word, depth: Int, _ form: ListForm<Value>) -> [Value]? {
        let table = self[keyPath: form.lists].table
        guard let state = self[keyPath: form.lists].states[word.text] else {
            problems.add(table.unknown(word))
            return nil
        }
        switch state {
        case .read(let values):
            return values
        case .reading:
            problems.add(word.problem("the \(table.kind) \(word.shown) contains itself", fix: "leave it out here"))
            return nil
        case .unread(let statement):
            guard depth < NamedLists<Value>.deepest else {
                problems.add(
                    word.problem(
                        "\(form.word) within \(form.word), more than \(depth) deep", fix: "write the \(form.values) here"))
                return nil
            }
            self[keyPath: form.lists].states[word.text] = .reading
            let values = contents(of: statement, what: form.what).flatMap { list($0, depth: depth, form) }
                .map(form.withoutRepetition)
            self[keyPath: form.lists].states[word.text] = .read(values)
            return values
        }
    }

    /// What stands behind the name of a `networks` or `senders` line.
    private mutating func contents(of statement: Statement, what: String) -> ArraySlice<Word>? {
        let words = statement.values.dropFirst()
        guard !words.isEmpty else {
            problems.add(ValueCursor(statement).missing(what))
            return nil
        }
        if let except = words.first(where: { $0.says("except") }) {
            problems.add(except.problem("`except` stands in rules only", fix: "write it where the name is used"))
            return nil
        }
        return words
    }

    // MARK: Files

    private mutating func list<Value>(
        inFileNamedBy word: Word, mayBeEmpty: Bool, _ form: ListForm<Value>
    ) -> [Value]? {
        guard let file = listFile(word) else { return nil }
        if self[keyPath: form.lists].files[file.name] == nil {
            var values: [Value] = []
            let isGood = readEntries(of: file, namedBy: word) { entry throws(Diagnostic) in
                if form.canBeName(entry) { throw form.nameInFile(entry, word) }
                values.append(try form.value(entry))
            }
            self[keyPath: form.lists].files[file.name] = .some(isGood ? values : nil)
        }
        guard let values = self[keyPath: form.lists].files[file.name] ?? nil else { return nil }
        return checkNotEmpty(values.isEmpty, word, mayBeEmpty) ? values : nil
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
            problems.add(
                word.problem(
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
            problems.add(
                Diagnostic(.error, "\(unsaid) more problems in this file", at: last.at, fix: "mend these first"),
                under: word.at)
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
}
