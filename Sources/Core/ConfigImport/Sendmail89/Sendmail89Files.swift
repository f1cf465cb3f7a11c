import MailTypes

/// The files of a Sendmail, wherever they were given: by the path that the configuration names, else by their name.
struct Sendmail89Files {
    let source: ImportSource

    /// The newest truth first: the daemon reads the sendmail.cf, the `.mc` is what it was made from.
    var configuration: String? {
        let candidates = source.paths.filter { !$0.lowercased().contains("submit.") }
        return candidates.first { $0.lowercased().hasSuffix("sendmail.cf") }
            ?? candidates.first { $0.lowercased().hasSuffix(".cf") }
            ?? candidates.first { $0.lowercased().hasSuffix("sendmail.mc") }
            ?? candidates.first { $0.lowercased().hasSuffix(".mc") }
    }

    /// A file that the configuration names; of a map the text that it was made from. Nil if it is not here.
    func named(_ path: String, in configuration: String) throws(ImportTrouble) -> ConfigFile? {
        for name in path.hasSuffix(".db") ? [String(path.dropLast(3))] : [path, path + ".txt"] {
            if let file = try source.file(named: name, in: configuration) { return file }
        }
        return nil
    }

    /// A given file of that name.
    func given(_ names: String...) throws(ImportTrouble) -> ConfigFile? {
        for name in names {
            if let path = source.paths(named: name).first { return try source.file(path) }
        }
        return nil
    }

    /// What a file puts into a class: the first word of each line, or with the format `%[^\#]`, which Debian's own
    /// configuration has, every word before a `#`. A line that begins with `#` is a comment.
    static func words(_ file: ConfigFile, format: String?, notes: inout ImportNotes) -> [Sourced<String>] {
        guard format == Self.everyWord else {
            return SendmailCF.words(ofClassFile: file).map { $0.map { $0.lowercased() } }
        }
        return file.lines.flatMap { line -> [Sourced<String>] in
            let words = line.text.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            if words.count > 1 {
                notes.find(
                    AuditFinding(
                        "sendmail-class-file-words", .warning, "every word of this line is taken, not only the first",
                        at: file.origin(line), why: "the configuration reads the file with the format \(Self.everyWord)",
                        fix: "put a # before what is a remark"))
            }
            return words.map { Sourced($0.lowercased(), file.origin(line)) }
        }
    }

    static let everyWord = "%[^\\#]"
}
