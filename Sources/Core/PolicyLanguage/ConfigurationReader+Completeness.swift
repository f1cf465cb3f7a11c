import Diagnostics
import RelayPolicy

/// What `run` needs and the file does not have (Meaning 6).
extension ConfigurationReader {
    mutating func checkCompleteness(_ all: [Statement]) {
        guard purpose == .serving, let place = all.first?.at else { return }
        let misspelt = misspeltWords(all)
        func missing(_ word: String, _ message: String, _ fix: String) {
            if !misspelt.contains(word) { problems.add(Diagnostic(.error, message, at: place, fix: fix)) }
        }
        if statements["local"] == nil {
            missing("local", "there is no `local` block", "write `local {` with your `domains`")
        }
        if statements["upstream"] == nil {
            missing("upstream", "there is no `upstream` block", "write `upstream NAME {` with the `server` that is protected")
        }
        if statements["listen"] == nil {
            missing("listen", "there is no `listen` block", "write `listen NAME {` with an `address`")
        }
        checkCertificateIsThere()
        let routes = (statements["route"] ?? []).compactMap { $0.values.first?.text }
        if !routes.contains("local") { missing("route", "there is no `route local`", "write `route local UPSTREAM`") }
        if !routes.contains("elsewhere"), !misspelt.contains("route"), let permit = rules.first(where: { $0.rule.verb == .permit }) {
            problems.add(
                Diagnostic(
                    .error, "there is no `route elsewhere`, and \"\(permit.rule.name)\" permits relaying",
                    at: permit.rule.at,
                    fix: "write `route elsewhere UPSTREAM`"))
        }
    }

    /// The words that unknown ones at the top stand for, as far as one can tell: they are not missing.
    private func misspeltWords(_ all: [Statement]) -> Set<String> {
        let known = BlockKind.top.keywords
        return Set(all.map(\.keyword.text).filter { !known.contains($0) }.compactMap { Suggestion.nearest(to: $0, among: known) })
    }
}
