import MailTypes

/// Reads command files of MCP and REJMAN, in the order in which they are run.
struct MXReader {
    let source: ImportSource
    let release: MXModel.Release
    var notes: ImportNotes

    var relayAllowed = MXModel.Setting(isOn: true)
    var takesPercent = MXModel.Setting(isOn: true)
    var expandsPercent: MXModel.Setting?
    var authentication: Origin?
    var networks = MXNetworks()
    var localDomains: [Sourced<VMSPattern>] = []
    private var knownDomains: [VMSPattern: Int] = [:]
    /// As they were defined; nil for removed ones.
    var paths: [MXPaths.Path?] = []
    private var knownPaths: [String: Int] = [:]
    var rewritings: [MXModel.Rewriting] = []
    var rejections = MXRejectionList()
    private var filesRead = 0

    /// How deep `@file` may nest, and how many files may be read.
    private static let deepest = 16
    private static let mostFiles = 500

    init(source: ImportSource, release: MXModel.Release, notes: ImportNotes) {
        (self.source, self.release, self.notes) = (source, release, notes)
    }

    mutating func read(_ file: ConfigFile, depth: Int = 0) throws(ImportTrouble) {
        filesRead += 1
        for command in DCLCommand.commands(of: file) {
            if command.text.hasPrefix("@") {
                try readFile(namedBy: command, in: file.path, depth: depth)
            } else {
                read(command)
            }
        }
    }

    /// `@file`; the type is MCP where none is given, and the folder is that of this file.
    private mutating func readFile(namedBy command: DCLCommand, in path: String, depth: Int) throws(ImportTrouble) {
        var name = command.text.dropFirst().prefix { $0 != " " && $0 != ";" }
        if let end = name.lastIndex(where: { $0 == ":" || $0 == "]" || $0 == ">" }) { name = name[name.index(after: end)...] }
        let full = name.contains(".") ? String(name) : "\(name).MCP"
        guard depth < Self.deepest, filesRead < Self.mostFiles else {
            return notes.obscure(command.text, at: Origin(command.at), why: "files name one another without end")
        }
        for spelling in [full, full.uppercased(), full.lowercased()] {
            if let other = try source.file(named: spelling, in: path) { return try read(other, depth: depth + 1) }
        }
        notes.obscure(command.text, at: Origin(command.at), why: "the file \(full) is not there")
    }

    private mutating func read(_ command: DCLCommand) {
        guard let first = command.items.first, !first.isQualifier, let verb = MXVocabulary.verbs.keyword(first.text) else {
            return obscure(command, "no command of MCP or REJMAN")
        }
        if MXVocabulary.idleVerbs.contains(verb) { return notes.ignore() }
        switch verb {
        case "SET": readSetting(command)
        case "PURGE": obscure(command, "it removes rejection rules by the day of their last use, which is not known here")
        default: readObject(command, verb: verb)
        }
    }

    private mutating func readObject(_ command: DCLCommand, verb: String) {
        let words = command.words
        if command.items.count > 1, command.items[1].isQualifier, command.items[1].text.hasPrefix("K") { return notes.ignore() }
        guard words.count > 1, let object = MXVocabulary.objects(of: verb).keyword(words[1].text) else {
            return obscure(command, "what it is about is not known")
        }
        if MXVocabulary.idleObjects.contains(object) { return notes.ignore() }
        switch (object, verb) {
        case ("REJECTION", "DELETE"), ("REJECTION", "REMOVE"): removeRejection(command)
        case ("REJECTION", _): addRejection(command)
        case ("LOCAL_DOMAIN", _): readLocalDomain(command, verb: verb)
        case ("INSIDE_NETWORK_ADDRESS", _): readNetwork(command, verb: verb)
        case ("PATH", _): readPath(command, verb: verb)
        default: readRewriting(command, verb: verb)
        }
    }

    mutating func obscure(_ command: DCLCommand, _ why: String) {
        notes.obscure(command.text, at: Origin(command.at), why: why)
    }

    // MARK: SET

    private mutating func readSetting(_ command: DCLCommand) {
        let words = command.words
        guard words.count == 2, let agent = MXVocabulary.settings.keyword(words[1].text) else {
            return obscure(command, "what it sets is not known")
        }
        switch agent {
        case "SMTP": for item in command.qualifiers { readSMTP(item, of: command) }
        case "ROUTER": for item in command.qualifiers { readRouter(item, of: command) }
        default: notes.ignore()
        }
    }

    private mutating func readSMTP(_ item: DCLCommand.Item, of command: DCLCommand) {
        guard let (keyword, isOn) = MXVocabulary.smtpQualifiers.switched(item.text) else {
            return notes.obscure("/\(item.text)", at: command.origin(of: item), why: "no qualifier of SET SMTP")
        }
        guard !MXVocabulary.idleSMTPQualifiers.contains(keyword) else { return notes.ignore() }
        notes.model()
        let origin = command.origin(of: item)
        switch keyword {
        case "RELAY_ALLOWED": relayAllowed = .init(isOn: isOn, origin: origin)
        case "PERCENT_HACK": takesPercent = .init(isOn: isOn, origin: origin)
        default: authentication = isOn ? origin : nil
        }
    }

    private mutating func readRouter(_ item: DCLCommand.Item, of command: DCLCommand) {
        guard let (keyword, isOn) = MXVocabulary.routerQualifiers.switched(item.text) else {
            return notes.obscure("/\(item.text)", at: command.origin(of: item), why: "no qualifier of SET ROUTER")
        }
        guard keyword == "PERCENT_HACK" else { return notes.ignore() }
        notes.model()
        expandsPercent = .init(isOn: isOn, origin: command.origin(of: item))
    }

    // MARK: DEFINE, MODIFY, REMOVE

    /// A domain that is defined already keeps its place.
    private mutating func readLocalDomain(_ command: DCLCommand, verb: String) {
        let words = command.words
        guard words.count == 3, command.qualifiers.isEmpty, verb != "MODIFY" else {
            return obscure(command, "not of the form \(verb) LOCAL_DOMAIN name-or-pattern")
        }
        notes.model()
        let pattern = VMSPattern(words[2].text)
        if verb == "REMOVE" {
            if let position = knownDomains.removeValue(forKey: pattern) { localDomains[position].value = VMSPattern("") }
        } else if knownDomains[pattern] == nil {
            knownDomains[pattern] = localDomains.count
            localDomains.append(Sourced(pattern, Origin(command.at)))
        }
    }

    private mutating func readNetwork(_ command: DCLCommand, verb: String) {
        do throws(MXNetworks.Problem) {
            try networks.read(command, verb: verb)
            notes.model()
        } catch {
            obscure(command, error.message)
        }
    }

    private mutating func readPath(_ command: DCLCommand, verb: String) {
        let words = command.words
        guard words.count >= 3, command.qualifiers.allSatisfy({ MXVocabulary.pathQualifiers.switched($0.text) != nil }) else {
            return obscure(command, "not of the form \(verb) PATH pattern agent")
        }
        let text = words[2].text.uppercased()
        let known = knownPaths[text]
        let agent = words.count == 4 ? MXVocabulary.agents.keyword(words[3].text.prefix { $0 != "=" && $0 != ":" }) : nil
        switch verb {
        case "REMOVE":
            if let known { (paths[known], knownPaths[text]) = (nil, nil) }
            return notes.model()
        case "MODIFY" where words.count == 3: return notes.ignore()
        default: break
        }
        guard let agent else { return obscure(command, "the agent is not known") }
        notes.model()
        let path = MXPaths.Path(
            pattern: VMSPattern(text), agent: agent == "LOCAL" ? .local : agent == "SMTP" ? .smtp : .other,
            origin: Origin(command.at))
        if verb == "MODIFY", let known { paths[known] = path }
        if verb == "DEFINE", known == nil {
            knownPaths[text] = paths.count
            paths.append(path)
        }
    }

    private mutating func readRewriting(_ command: DCLCommand, verb: String) {
        let words = command.words
        guard verb == "DEFINE", words.count == 4, command.qualifiers.isEmpty else {
            return obscure(command, "only DEFINE REWRITE_RULE with two patterns is understood")
        }
        guard let rewriting = MXRewritingText.rewriting(words[2].text, words[3].text, Origin(command.at)) else {
            return obscure(command, "how it changes addresses is not understood")
        }
        notes.model()
        rewritings.append(rewriting)
    }
}
