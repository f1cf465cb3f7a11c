import MailTypes

/// Reads a model from sendmail.cf or sendmail.mc and the files that it names.
struct Sendmail89Reader {
    var model = Sendmail89Model()
    var notes: ImportNotes
    let files: Sendmail89Files
    let facts: ImportFacts
    /// Names of files that class R and w are read from, with the place that says so.
    var relayFiles: [ClassFile] = []
    var localFiles: [ClassFile] = []
    /// Whether confCR_FILE stands for the usual file of class R.
    var namesRelayFile = false
    var accessFile: (path: String, origin: Origin)?
    /// Whether tagged keys are looked up; nil where no rules say it.
    var accessHasTags: Bool?
    /// Every map that is named, whatever it is for.
    var maps: [SendmailMapFiles.Map] = []
    /// Class VirtHost, which joins class R.
    var virtualHosts: [Sourced<String>] = []
    var macros: [String: Sourced<String>] = [:]
    /// The format in which OSTYPE(debian) has the files of class R and w read.
    var standardFormat: String?

    /// A file of a class.
    struct ClassFile {
        var path: String
        var isOptional: Bool
        var format: String?
        var origin: Origin
    }

    init(_ source: ImportSource, _ facts: ImportFacts, _ notes: ImportNotes) {
        (files, self.facts, self.notes) = (Sendmail89Files(source: source), facts, notes)
    }

    mutating func read() throws(ImportTrouble) {
        if let path = files.configuration {
            let file = try files.source.file(path)
            if path.lowercased().hasSuffix(".cf") {
                notes.reading = "Read from \(path), which the daemon reads."
                readCF(SendmailCF(file))
            } else {
                notes.reading = "Read from \(path)."
                try readMC(SendmailMC(file), in: path)
                addStandardFiles(path)
            }
            try readNamedFiles(path)
            SendmailMapFiles(files.source).check(maps, in: path, notes: &notes)
        } else {
            try readListsAlone()
            let files = SendmailMapFiles(files.source)
            files.check(files.usual, in: "", notes: &notes)
        }
        finish()
    }

    mutating func turnOn(_ feature: Sendmail89Model.Feature, _ origin: Origin) {
        notes.model()
        if model.features[feature] == nil { model.features[feature] = origin }
    }

    // MARK: Files

    /// Without a configuration: what the shipped one makes of the lists.
    private mutating func readListsAlone() throws(ImportTrouble) {
        let relay = try files.given("relay-domains", "sendmail.cR")
        let local = try files.given("local-host-names", "sendmail.cw")
        let access = try files.given("access")
        guard relay != nil || local != nil || access != nil else {
            throw ImportTrouble("no sendmail.cf, sendmail.mc, access, relay-domains or local-host-names among the files; give their paths")
        }
        notes.reading = "No sendmail.cf or sendmail.mc was given: the lists are read as a configuration without FEATUREs but access_db reads them."
        for _ in [relay, local, access].compactMap({ $0 }) { notes.model() }
        if let relay { model.relayClass += Sendmail89Files.words(relay, format: nil, notes: &notes) }
        if let local { model.localClass += Sendmail89Files.words(local, format: nil, notes: &notes) }
        if let access {
            model.features[.accessDB] = Origin(note: "default")
            readAccess(access)
        }
    }

    private mutating func addStandardFiles(_ path: String) {
        if !namesRelayFile {
            relayFiles.append(
                ClassFile(
                    path: "/etc/mail/relay-domains", isOptional: true, format: standardFormat,
                    origin: Origin(note: "default file of class R")))
        }
    }

    private mutating func readNamedFiles(_ configuration: String) throws(ImportTrouble) {
        for file in relayFiles {
            model.relayClass += try words(file, configuration, what: "class R: who may relay")
        }
        for file in localFiles {
            model.localClass += try words(file, configuration, what: "class w: local domains")
        }
        guard let (path, origin) = accessFile else { return }
        if let file = try files.named(path, in: configuration) {
            readAccess(file)
        } else {
            notes.obscure(path, at: origin, why: "the access map's text is not among the files; give it too")
        }
    }

    private mutating func readAccess(_ file: ConfigFile) {
        SendmailAccessReader.read(file, hasTags: accessHasTags ?? facts.isAtLeast(8, 10) ?? true, into: &model.access, notes: &notes)
    }

    private mutating func words(
        _ classFile: ClassFile, _ configuration: String, what: String
    ) throws(ImportTrouble) -> [Sourced<String>] {
        let path = classFile.path
        // The early releases had other names for the same files.
        let old = path.hasSuffix("relay-domains") ? "sendmail.cR" : "sendmail.cw"
        var file = try files.named(path, in: configuration)
        if file == nil { file = try files.given(old) }
        if let file {
            notes.model()
            return Sendmail89Files.words(file, format: classFile.format, notes: &notes)
        }
        if classFile.isOptional {
            notes.find(.fileNotGiven(path, what: what, at: classFile.origin))
        } else {
            notes.obscure(path, at: classFile.origin, why: "not among the files; it holds \(what)")
        }
        return []
    }

    // MARK: What only the facts know

    private mutating func finish() {
        model.relayClass += virtualHosts
        model.hostName = facts.hostName.map { Sourced($0, Origin(note: "facts: hostName")) } ?? ownName
        model.ownDomain = facts.ownDomain.map { Sourced($0, Origin(note: "facts: ownDomain")) } ?? definedOwnDomain
        model.localClass += (facts.localDomains ?? []).map { Sourced("\($0)", Origin(note: "facts: localDomains")) }
        if model.hostName == nil { notes.find(.ownNameNotKnown(at: Origin(note: "class w"))) }
        if let origin = model.features[.relayEntireDomain], model.ownDomain == nil {
            notes.obscure(
                "FEATURE(`relay_entire_domain')", at: origin,
                why: "the host's own domain is not known; give ownDomain or hostName in the facts")
        }
        readMX()
    }

    private var ownName: Sourced<Domain>? {
        macros["j"].flatMap { text in Domain(text.value.lowercased()).map { Sourced($0, text.origin) } }
    }

    private var definedOwnDomain: Sourced<Domain>? {
        if let text = macros["m"], let domain = Domain(text.value) { return Sourced(domain, text.origin) }
        return model.hostName.flatMap { name in name.value.parent.map { Sourced($0, name.origin) } }
    }

    private mutating func readMX() {
        guard let origin = model.features[.relayBasedOnMX] else { return }
        guard let dns = facts.dns else {
            notes.obscure(
                "FEATURE(`relay_based_on_MX')", at: origin,
                why: "which domains name this host as their MX is known to the DNS only; give dns.mx in the facts")
            return
        }
        let names = Set((model.localClass.map(\.value) + (model.hostName.map { ["\($0.value)"] } ?? [])).compactMap { Domain($0) })
        model.served = facts.domainsServed(by: names).map { Sourced($0, origin) }
        model.unanswered = dns.exchangers.filter { $0.value == .temporaryFailure }.map(\.key)
            .sorted { "\($0)" < "\($1)" }.map { Sourced($0, origin) }
    }
}
