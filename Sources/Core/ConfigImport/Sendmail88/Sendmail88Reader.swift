import MailTypes

/// Reads a sendmail.cf of 8.8 with the files that it names.
struct Sendmail88Reader {
    private let configuration: SendmailCF
    private let classes: SendmailClasses
    private let source: ImportSource
    private let path: String
    private var model: CheckRecipientModel

    init(_ configuration: SendmailCF, source: ImportSource, path: String, origin: Origin, hostName: Domain?) {
        (self.configuration, self.source, self.path) = (configuration, source, path)
        classes = SendmailClasses(configuration: configuration, source: source, path: path, hostName: hostName)
        model = CheckRecipientModel(origin: origin)
    }

    /// `steps` are those of a recipe of an `.mc`; nil: what the rules of the file do.
    static func model(
        of configuration: SendmailCF, steps: [Sourced<CheckRecipientModel.Step>]? = nil, source: ImportSource, path: String,
        origin: Origin, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> CheckRecipientModel {
        var reader = Sendmail88Reader(
            configuration, source: source, path: path, origin: origin, hostName: facts.hostName)
        reader.model.steps = steps ?? reader.stepsOfRules(&notes)
        try reader.readClasses(facts, &notes)
        try reader.readMaps(&notes)
        SendmailMapFiles(source).check(SendmailMapFiles.maps(of: configuration), in: path, notes: &notes)
        reader.reportBrokenRules(&notes)
        return reader.model
    }

    // MARK: Rules

    private func stepsOfRules(_ notes: inout ImportNotes) -> [Sourced<CheckRecipientModel.Step>]? {
        guard let ruleset = configuration.rulesets["check_rcpt"] else { return nil }
        let shapes = CheckRecipientShapes(configuration, ruleset: ruleset.name)
        for _ in shapes.steps { notes.model() }
        for rule in shapes.unknown {
            notes.obscure("R\(rule.left)\t\(rule.right)", at: rule.origin, why: "a rule of check_rcpt of no known form")
        }
        return shapes.steps
    }

    private func reportBrokenRules(_ notes: inout ImportNotes) {
        for rule in configuration.brokenRules {
            notes.find(
                AuditFinding(
                    "sendmail88-tabs", .warning, "a rule without a tab between its sides", at: rule.origin,
                    why: "Sendmail reports such a line (tab expected) and leaves it out, so what it should check is not checked; tabs are lost when rules are copied from a page",
                    fix: "type a tab between the left side, the right side and the comment"))
        }
    }

    // MARK: Classes

    private mutating func readClasses(_ facts: ImportFacts, _ notes: inout ImportNotes) throws(ImportTrouble) {
        model.localNames = try classes.words(of: "w", notes: &notes) + facts.localNames
        model.classes["w"] = model.localNames
        for name in Set((model.steps ?? []).compactMap(\.value.className)).sorted() where name != "w" {
            model.classes[name] = try classes.words(of: name, notes: &notes)
        }
        try reportDenials(&notes)
    }

    /// `134.245.99.100 NO` says something in the map of 1998 and nothing in a class.
    private func reportDenials(_ notes: inout ImportNotes) throws(ImportTrouble) {
        for case .file(let path, _, _, _) in configuration.classes[CheckRecipientRecipe.addresses] ?? [] {
            guard let file = try source.file(named: path, in: self.path) else { continue }
            for line in file.lines where !line.text.hasPrefix("#") {
                let words = line.text.split(whereSeparator: SendmailCF.isBlank)
                guard words.count > 1, words[1].lowercased() == "no" else { continue }
                notes.find(
                    AuditFinding(
                        "sendmail88-no-in-class", .warning, "`NO` does not deny in a class file: this address may relay",
                        at: file.origin(line),
                        why: "LocalIP is read as a class, of which the first word of a line counts and nothing else; only the map of 1998 knows `NO`",
                        fix: "take the line out, or use LocalIP as a map"))
            }
        }
    }

    // MARK: Maps

    private mutating func readMaps(_ notes: inout ImportNotes) throws(ImportTrouble) {
        let rulesets = configuration.rulesets
        let asks = { (ruleset: String, word: String) in
            rulesets[ruleset]?.rules.contains { $0.right.contains(word) } ?? false
        }
        if asks("check_mail", "$>junk") { model.refusesJunkSenders = true }
        if asks("check_relay", "$>junk") { model.refusesJunkClients = true }
        if model.refusesJunkSenders || model.refusesJunkClients { model.junk = try keys(of: "junk", &notes) }
        if model.steps?.contains(where: { $0.value == .acceptSender }) == true { model.allowed = try keys(of: "allow", &notes) }
        if model.steps?.contains(where: { $0.value == .acceptMappedAddress }) == true {
            model.addressMap = try addressMap(&notes)
        }
    }

    private func keys(of map: String, _ notes: inout ImportNotes) throws(ImportTrouble) -> [Sourced<String>] {
        try entries(of: map, &notes).map(\.key)
    }

    private func entries(
        of name: String, _ notes: inout ImportNotes
    ) throws(ImportTrouble) -> [(key: Sourced<String>, value: String)] {
        guard let map = configuration.maps[name] else {
            notes.obscure(name, at: model.origin, why: "a map that no K line defines")
            return []
        }
        var path = map.argument
        for end in [".db", ".pag", ".dir"] where path.hasSuffix(end) { path.removeLast(end.count) }
        guard let file = try source.file(named: path, in: self.path) else {
            if !map.flags.contains("-o") || source.root == nil {
                notes.obscure("K\(name)", at: map.origin, why: "the text file \(path) of this map is not among those given")
            }
            return []
        }
        notes.model()
        return SendmailCF.entries(ofMapFile: file)
    }

    private func addressMap(_ notes: inout ImportNotes) throws(ImportTrouble) -> AddressPriority<Bool> {
        var priority: [AddressPriority<Bool>.Entry] = []
        for (key, value) in try entries(of: CheckRecipientRecipe.addresses, &notes) {
            guard let range = SendmailCF.octets(key.value), let origin = key.origin else {
                if let origin = key.origin { notes.obscure(key.value, at: origin, why: "not the beginning of an address") }
                continue
            }
            priority.append(.init([range], value.uppercased() != "NO", origin))
        }
        return AddressPriority(narrowestFirst: priority)
    }
}
