import Diagnostics

/// Names that a file defines, each once.
struct NameTable {
    /// `rule`, as in ``unknown rule `office` ``.
    let kind: String
    private(set) var places: [String: SourceLocation] = [:]

    init(kind: String) { self.kind = kind }

    var isEmpty: Bool { places.isEmpty }
    var inFileOrder: [String] {
        places.sorted { ($0.value.line, $0.value.column) < ($1.value.line, $1.value.column) }.map(\.key)
    }
    func contains(_ name: String) -> Bool { places[name] != nil }
    /// Whether this very word defined its name; a second one with the name is not listened to.
    func isFirst(_ word: Word) -> Bool { places[word.text] == word.at }

    /// Throws if the name is taken.
    mutating func define(_ word: Word) throws(Diagnostic) {
        if let first = places[word.text] {
            throw word.problem(
                "a second \(kind) `\(word.text)`", fix: "give it another name; the first is in line \(first.line)")
        }
        places[word.text] = word.at
    }

    func unknown(_ word: Word) -> Diagnostic {
        if kind == "network", ["any", "anywhere"].contains(word.text) {
            return word.problem(
                "unknown network \(word.shown)", fix: "everybody is 0.0.0.0/0 ::/0; a permit names the networks that are yours")
        }
        let nearest = Suggestion.nearest(to: word.text, among: places.keys.sorted())
        let fix = nearest.map { name in
            "did you mean `\(name)`?" + (places[name].map { " (line \($0.line))" } ?? "")
        }
        return word.problem("unknown \(kind) \(word.shown)", fix: fix ?? definition)
    }

    /// What to write when no name is near.
    private var definition: String? {
        switch kind {
        case "network": "write a line `networks NAME …` that defines it, or the network itself"
        case "list of senders": "write a line `senders NAME …` that defines it; a domain of one label is *@NAME"
        case "upstream": "write a block `upstream NAME { … }` that defines it"
        case "listener": "write a block `listen NAME { … }` that defines it"
        default: nil
        }
    }
}
