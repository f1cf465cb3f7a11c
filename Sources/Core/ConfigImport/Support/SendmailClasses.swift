import MailTypes

/// What the classes of a sendmail.cf hold, with the files that they name.
struct SendmailClasses {
    let configuration: SendmailCF
    let source: ImportSource
    /// The file in which the `F` lines stand.
    let path: String
    /// What the host calls itself, as far as that is known.
    let hostName: Domain?

    /// The words of a class, macros replaced. What cannot be had is opaque: a missing file, a program's output.
    func words(of name: String, notes: inout ImportNotes) throws(ImportTrouble) -> [Sourced<String>] {
        var words: [Sourced<String>] = []
        for part in configuration.classes[name] ?? [] {
            switch part {
            case .word(let word):
                if let text = configuration.expanded(word.value) {
                    words.append(Sourced(text.lowercased(), word.origin))
                } else if Self.isHostName(word.value) {
                    addHostName(word, to: &words, notes: &notes)
                } else if let origin = word.origin {
                    notes.obscure(word.value, at: origin, why: "a macro that no D line defines")
                }
            case .program(let command, let origin):
                notes.obscure("F\(name)\(command)", at: origin, why: "a class that a program prints")
            case .file(let path, let isOptional, let format, let origin):
                if let format, format != "%s", !format.hasPrefix("%[^\\#]"), !format.hasPrefix("%[^#]") {
                    notes.obscure("F \(path) \(format)", at: origin, why: "a scan format that is not known")
                }
                guard let file = try source.file(named: path, in: self.path) else {
                    if !isOptional || source.root == nil {
                        notes.obscure("F \(path)", at: origin, why: "the file \(path) is not among those given")
                    }
                    continue
                }
                words += SendmailCF.words(ofClassFile: file).map { $0.map { $0.lowercased() } }
            }
        }
        return words
    }

    /// Macros that Sendmail fills with the host's name when it starts.
    static func isHostName(_ word: String) -> Bool { ["$w", "$j", "$k"].contains(word) }

    private func addHostName(_ word: Sourced<String>, to words: inout [Sourced<String>], notes: inout ImportNotes) {
        if let hostName { return words.append(Sourced("\(hostName)", word.origin)) }
        notes.find(.ownNameNotKnown(at: word.origin ?? Origin(note: "class w")))
    }
}

extension AuditFinding {
    /// A file that Sendmail does without.
    static func fileNotGiven(_ path: String, what: String, at origin: Origin) -> AuditFinding {
        AuditFinding(
            "sendmail-file-not-given", .note, "\(path) is not among the files and is taken for empty", at: origin,
            why: "it holds \(what)", fix: "give the file too if it exists")
    }

    /// Of a Sendmail.
    static func ownNameNotKnown(at origin: Origin) -> AuditFinding {
        AuditFinding(
            "sendmail-own-name-not-known", .note, "the host's own name is local too, and no file says it", at: origin,
            why: "Sendmail asks the host for its name when it starts", fix: "give hostName in the facts")
    }
}

extension SendmailCF {
    /// Domains of class words that are domains; others cannot be one of a recipient.
    static func domains(_ words: [Sourced<String>]) -> [Sourced<Domain>] {
        words.compactMap { word in Domain(word.value).map { Sourced($0, word.origin) } }
    }

    /// What a class word stands for where it may be a whole name or the end of one on a token's border:
    /// `partner.test` is itself and what is below, `.partner.test` only what is below.
    static func suffix(_ word: Sourced<String>) -> [Sourced<HostPattern>] {
        let isBelowOnly = word.value.hasPrefix(".")
        guard let domain = Domain(String(word.value.drop { $0 == "." })) else { return [] }
        let below = Sourced(HostPattern(domain: domain, isBelow: true), word.origin)
        if isBelowOnly { return [below] }
        return [Sourced(HostPattern(domain: domain, isBelow: false), word.origin)] + (domain.isLiteral ? [] : [below])
    }

    /// Octets that an address begins with, on a token's border; nil for text that begins no IPv4 address, such as a
    /// name or a network with a prefix length.
    static func octets(_ word: String) -> IPRange? {
        let octets = word.hasSuffix(".") ? String(word.dropLast()) : word
        // Tokens are compared as text: no address is written with `010`.
        guard octets.split(separator: ".").allSatisfy({ $0 == "0" || !$0.hasPrefix("0") }) else { return nil }
        return OldAddressForms.octetPrefix(octets)
    }
}
