import Diagnostics

extension Word {
    func problem(_ message: String, why: String? = nil, fix: String? = nil) -> Diagnostic {
        Diagnostic(.error, message, at: at, why: why, fix: fix)
    }

    /// The word as messages quote it.
    var shown: String { "`\(text)`" }

    /// As it stands in a file.
    var written: String { isQuoted ? PrintedPolicy.quoted(text) : text }

    /// Something else than one of `choices` was written.
    func isNot(oneOf choices: [String]) -> Diagnostic {
        let fix = Suggestion.nearest(to: text, among: choices).map { "did you mean `\($0)`?" }
        return problem(
            "\(shown) is not known here", fix: fix ?? "one of: \(choices.joined(separator: ", "))")
    }

    /// This word as one of `choices`, whose raw values are words of the language; `others` are named in the
    /// message beside them.
    func choice<Value: RawRepresentable<String>>(among choices: [Value], or others: [String] = []) throws(Diagnostic)
        -> Value
    {
        guard let value = choices.first(where: { $0.rawValue == text }) else {
            throw isNot(oneOf: choices.map(\.rawValue) + others)
        }
        return value
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type = Value.self, or others: [String] = []
    ) throws(Diagnostic) -> Value {
        try choice(among: Array(type.allCases), or: others)
    }
}
