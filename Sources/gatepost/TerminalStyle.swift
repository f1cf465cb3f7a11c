import Diagnostics
import Glibc
import MailTypes

/// Color for people, only where it can be seen. It adds nothing that the words do not say.
struct TerminalStyle {
    private let isColored: Bool

    /// `NO_COLOR` is the convention of no-color.org: set and not empty means none.
    init(wanted: Bool) {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        isColored = wanted && isatty(STDOUT_FILENO) == 1 && (variable("NO_COLOR") ?? "").isEmpty
            && variable("TERM") != "dumb"
    }

    private enum Color: Int {
        case red = 31, green, yellow
    }

    private func painted(_ text: String, _ color: Color) -> String {
        isColored ? "\u{1b}[1;\(color.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// What is added, and what is well.
    func good(_ text: String) -> String { painted(text, .green) }

    /// What is dangerous.
    func bad(_ text: String) -> String { painted(text, .red) }

    /// `text`, which begins with the word of `verdict`.
    func paint(_ text: String, verdict: Verdict) -> String {
        let word = verdict.rawValue
        guard text.hasPrefix(word) else { return text }
        let color: Color = switch verdict {
        case .permit: .green
        case .reject: .red
        case .defer: .yellow
        }
        return painted(word, color) + text.dropFirst(word.count)
    }

    /// A diagnostic with its source line; the word after the place is painted.
    func rendered(_ diagnostic: Diagnostic, source: String?) -> String {
        let text = diagnostic.rendered(source: source)
        let word = diagnostic.severity.rawValue
        guard isColored, let start = text.firstRange(of: ": \(word)") else { return text }
        return text[..<start.lowerBound] + ": "
            + painted(word, diagnostic.severity == .warning ? .yellow : .red) + text[start.upperBound...]
    }
}
