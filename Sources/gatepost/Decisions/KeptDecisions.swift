import DecisionRecords
import Storage

/// What `log` and `why` have in common: the file of decisions, and a decision by the start of its id.
enum KeptDecisions {
    static func open(_ state: String) throws(Trouble) -> DecisionArchive {
        let path = DecisionStore.path(in: state)
        do throws(DecisionStoreProblem) {
            return try DecisionArchive(path)
        } catch {
            let hint = error.kind == .missing ? "; the daemon keeps them there, unless its file has `keep-decisions no`" : ""
            throw Trouble("cannot read decisions from \(path): \(error.message)\(hint)")
        }
    }

    static func attempt<Value>(_ work: () throws(DecisionStoreProblem) -> Value) throws(Trouble) -> Value {
        do throws(DecisionStoreProblem) { return try work() } catch {
            throw Trouble("cannot read decisions: \(error.message)")
        }
    }

    /// From the oldest on, with never more than some of them in memory; gives the last key that was looked at.
    static func forEachPage(
        of search: DecisionSearch, in archive: DecisionArchive, _ body: (DecisionArchive.Found) throws -> Void
    ) throws -> Int64? {
        var search = search
        (search.after, search.limit) = (search.after ?? 0, 1000)
        while true {
            let found = try attempt { () throws(DecisionStoreProblem) in try archive.find(search) }
            guard let last = found.lastKey else { return search.after }
            search.after = last
            try body(found)
        }
    }

    /// Nil when there is none.
    static func find(_ id: String, in archive: DecisionArchive) throws(Trouble) -> KeptDecision? {
        let id = id.uppercased()
        guard !id.isEmpty, id.utf8.count <= 26, id.utf8.allSatisfy(isLetterOfId) else {
            throw Trouble("`\(id)` is no id; a refusal's reply and each line of the log have one, such as 01KAS3Q7…")
        }
        var search = DecisionSearch()
        search.id = id
        search.limit = 2
        let found = try attempt { () throws(DecisionStoreProblem) in try archive.find(search) }
        guard found.decisions.count + found.unreadable <= 1 else {
            throw Trouble("several decisions have an id that begins with \(id); give more of it")
        }
        if found.unreadable > 0 { throw Trouble("the decision \(id) was written by a newer version, or is damaged") }
        return found.decisions.first
    }

    static func one(_ id: String, in archive: DecisionArchive) throws(Trouble) -> KeptDecision {
        guard let decision = try find(id, in: archive) else { throw Trouble("there is no decision \(id)") }
        return decision
    }

    private static func isLetterOfId(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
    }
}
