import DecisionRecords
import PolicyLanguage

/// The listeners of a file, as far as a request may name them. In a file without listeners any may be named; else
/// a name that is misspelt would be asked about as if no listener had any demand.
struct ListenerNames {
    private let names: [String]

    init(_ configuration: Configuration) { names = configuration.listeners.map(\.name) }

    /// For a flag: trouble where a request would be unreadable.
    func demand(_ name: String?) throws(Trouble) {
        do throws(RequestProblem) { try check(name) } catch { throw Trouble("\(error)") }
    }

    func check(_ name: String?) throws(RequestProblem) {
        guard let name, !names.isEmpty, !names.contains(name) else { return }
        throw RequestProblem(
            "there is no listener `\(name)`; the file has \(names.map { "`\($0)`" }.joined(separator: ", "))")
    }
}
