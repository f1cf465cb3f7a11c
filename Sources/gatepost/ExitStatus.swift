import ArgumentParser

/// The statuses that commands share. Each command's help says what they mean for it.
enum ExitStatus {
    static let good = ExitCode(0)
    /// The answer is no, or something was found.
    static let no = ExitCode(1)
    /// No answer could be given: wrong usage, a file that cannot be read, an unreadable request.
    static let trouble = ExitCode(2)
    /// The question is answered by somebody else, or a part of what it is about could not be read.
    static let cannotTell = ExitCode(3)
}

/// Why a command can give no answer. Ends it with status 2.
struct Trouble: Error {
    /// Follows `gatepost: `, so no capital and no full stop.
    let message: String
    init(_ message: String) { self.message = message }
}
