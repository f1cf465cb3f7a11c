import MailTypes
import PolicyLanguage

/// Sendmail 8.8: a sendmail.cf with check_rcpt, or the `.mc` that it is made of.
public enum Sendmail88Importer: SystemImporter {
    public static let system = MailSystem.sendmail88
    public static let placeOfDomains = "class w (Cw and Fw lines) names them"

    /// Level 8 came with 8.9, and levels below 5 are older than 8.
    public static func recognises(_ file: ConfigFile) -> Bool {
        if file.baseName.hasSuffix(".mc") {
            let names = SendmailMC(file).calls(named: "HACK").compactMap { $0.argument(0) }
            return names.contains { $0.hasPrefix("check_rcpt") || ["use_ip", "use_names", "use_relayto"].contains($0) }
        }
        guard file.baseName.hasSuffix(".cf") else { return false }
        let configuration = SendmailCF(file)
        return !configuration.rulesets.isEmpty && (5...7).contains(configuration.level ?? 0)
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> CheckRecipientModel {
        // What is generated runs; the .mc only says what it was made of.
        if let path = source.paths.first(where: { $0.lowercased().hasSuffix(".cf") }) {
            let file = try source.file(path)
            let configuration = SendmailCF(file)
            count(configuration, notes: &notes)
            return try Sendmail88Reader.model(
                of: configuration, source: source, path: path, origin: start(of: file), facts: facts, notes: &notes)
        }
        guard let path = source.paths.first(where: { $0.lowercased().hasSuffix(".mc") }) ?? source.paths.first else {
            throw ImportTrouble("no sendmail.cf or .mc among the files; give its path")
        }
        let file = try source.file(path)
        let mc = Sendmail88MCReader(SendmailMC(file), notes: &notes)
        return try Sendmail88Reader.model(
            of: mc.configuration, steps: mc.steps, source: source, path: path, origin: start(of: file), facts: facts,
            notes: &notes)
    }

    private static func start(of file: ConfigFile) -> Origin {
        file.lines.first.map { file.origin($0) } ?? Origin(note: file.path)
    }

    /// Rules are counted where they are read. Rewriting for delivery and headers cannot make a recipient acceptable.
    private static func count(_ configuration: SendmailCF, notes: inout ImportNotes) {
        for command in configuration.commands {
            switch command.letter {
            case "C", "F", "K": notes.model()
            case "D", "H", "M", "O", "P", "Q", "R", "S", "T", "V", "E", "L", "U": notes.ignore()
            default: notes.obscure(command.text, at: command.origin, why: "a command that is not known for 8.8")
            }
        }
        if let compat = configuration.rulesets["check_compat"] {
            notes.obscure("Scheck_compat", at: compat.origin, why: "it judges sender and recipient together at delivery")
        }
        let usual = ".:%@!^/[]+"
        if let option = configuration.option("OperatorChars"), option.value != usual {
            notes.obscure("O OperatorChars=\(option.value)", at: option.origin, why: "other separators change where a class matches")
        }
        if let map = configuration.maps["domaintable"] {
            notes.obscure("Kdomaintable", at: map.origin, why: "it rewrites hosts before check_rcpt sees them")
        }
    }

    // MARK: The draft

    public static func draft(
        of model: CheckRecipientModel, facts: ImportFacts, notes: inout ImportNotes
    ) -> PolicyDraft {
        let hosts = CheckedHosts(model)
        var draft = PolicyDraft()
        hosts.addDomains(to: &draft)
        hosts.addTricks(to: &draft)
        addJunk(model, to: &draft)
        if hosts.isOpen {
            var rule = RuleDraft(
                .permit, "everybody", meaning: "anyone at all: nothing in check_rcpt refuses", origin: hosts.origin)
            rule.proofNone()
            draft.addRelay(rule)
        } else {
            addGrants(model, to: &draft)
        }
        Sendmail88Findings.find(in: model, hosts, facts, notes: &notes)
        return draft
    }

    private static func addGrants(_ model: CheckRecipientModel, to draft: inout PolicyDraft) {
        for step in model.distinctSteps {
            let origin = step.origin ?? model.origin
            switch step.value {
            case .acceptAddress(let name, let demandsMore):
                var rule = RuleDraft(
                    .permit, name, meaning: "clients whose address begins with a word of class \(name)", origin: origin)
                rule.from(ranges(model.classes[name] ?? [], demandsMore: demandsMore))
                draft.addRelay(rule)
            case .acceptMappedAddress:
                for (entry, except) in model.addressMap?.rules(with: true) ?? [] {
                    var rule = RuleDraft(
                        .permit, "LocalIP", meaning: "clients of an entry of LocalIP without NO", origin: entry.origin)
                    rule.from(entry.ranges.map { Sourced($0, entry.origin) }, except: except)
                    draft.addRelay(rule)
                }
            case .acceptName(let name, let isSuffix):
                var rule = RuleDraft(
                    .permit, name == "w" ? "our own names" : name,
                    meaning: "clients whose name \(isSuffix ? "ends in" : "is") a word of class \(name)", origin: origin)
                rule.name(names(model.classes[name] ?? [], isSuffix: isSuffix))
                draft.addRelay(rule)
            case .acceptSender:
                var rule = RuleDraft(
                    .permit, "allowed senders", meaning: "anyone whose sender is in the map allow", origin: origin)
                rule.sender(model.allowed.flatMap(senders))
                rule.proofNone()
                draft.addRelay(rule)
            default: break
            }
        }
    }

    static func ranges(_ words: [Sourced<String>], demandsMore: Bool) -> [Sourced<IPRange>] {
        words.compactMap { word in
            guard let range = SendmailCF.octets(word.value) else { return nil }
            // `$={LocalIP}.$*` wants a dot behind the word: a whole address has none.
            if demandsMore, range.first == range.last || word.value.hasSuffix(".") { return nil }
            return Sourced(range, word.origin)
        }
    }

    private static func names(_ words: [Sourced<String>], isSuffix: Bool) -> [Sourced<HostPattern>] {
        let patterns: [Sourced<HostPattern>] =
            isSuffix
            ? words.flatMap(SendmailCF.suffix)
            : SendmailCF.domains(words).map { $0.map { HostPattern(domain: $0, isBelow: false) } }
        return patterns.filter { !$0.value.domain.isLiteral }
    }

    /// A key of `allow` or `junk` as patterns. Parents are asked for as long as a dot is left in them.
    static func senders(_ key: Sourced<String>) -> [Sourced<String>] {
        if key.value.contains("@") {
            guard (try? PathPattern(parsing: key.value)) != nil else { return [] }
            return [key]
        }
        guard let domain = Domain(key.value), !domain.isLiteral else { return [] }
        let itself = Sourced("*@\(domain)", key.origin)
        return domain.parent == nil ? [itself] : [itself, Sourced("*@*.\(domain)", key.origin)]
    }

    // MARK: Junk

    private static func addJunk(_ model: CheckRecipientModel, to draft: inout PolicyDraft) {
        if model.refusesJunkClients {
            var addresses = RuleDraft(
                .rejectConnection, "junk addresses", meaning: "clients whose address or network is in the map junk",
                origin: model.origin)
            addresses.from(ranges(model.junk, demandsMore: false))
            draft.addRefuse(addresses)
            var names = RuleDraft(
                .rejectConnection, "junk names", meaning: "clients whose name or a parent of it is in the map junk",
                origin: model.origin)
            names.name(junkNames(model))
            draft.addRefuse(names)
        }
        guard model.refusesJunkSenders else { return }
        var bounces = RuleDraft(
            .reject, "bounces from junk names", meaning: "a null sender stands for the name of its client", origin: model.origin)
        bounces.name(junkNames(model))
        bounces.sender([Sourced("<>")])
        draft.addRefuse(bounces)
        var own = RuleDraft(
            .pass, "senders of our own", meaning: "senders in class w are not looked up in junk", origin: model.origin)
        own.sender(SendmailCF.domains(model.localNames).map { $0.map { "*@\($0)" } })
        draft.addRefuse(own)
        var senders = RuleDraft(
            .reject, "junk senders", meaning: "senders whose address, domain or parent domain is in the map junk",
            origin: model.origin)
        senders.sender(model.junk.flatMap(Self.senders))
        draft.addRefuse(senders)
    }

    private static func junkNames(_ model: CheckRecipientModel) -> [Sourced<HostPattern>] {
        model.junk.flatMap { key -> [Sourced<HostPattern>] in
            guard let domain = Domain(key.value), !domain.isLiteral else { return [] }
            let itself = Sourced(HostPattern(domain: domain, isBelow: false), key.origin)
            return domain.parent == nil ? [itself] : [itself, Sourced(HostPattern(domain: domain, isBelow: true), key.origin)]
        }
    }
}
