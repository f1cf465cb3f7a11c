import MailTypes

/// Message Exchange (MX) for OpenVMS: command files of MCP and REJMAN, as `SHOW/COMMAND` writes them.
public enum MXImporter: SystemImporter {
    public static let system = MailSystem.mxOpenVMS
    public static let placeOfDomains = "DEFINE LOCAL_DOMAIN and paths to the agent LOCAL name them, and the host's own name (hostName) is one"

    public static func recognises(_ file: ConfigFile) -> Bool {
        if file.baseName.hasSuffix(".mcp") { return true }
        return DCLCommand.commands(of: file, most: 200).contains { command in
            let words = command.words.prefix(2).map(\.text)
            guard words.count == 2, let verb = MXVocabulary.verbs.keyword(words[0]) else { return false }
            switch verb {
            case "SET": return words[1] == "SMTP" || words[1] == "ROUTER"
            case "DEFINE", "ADD":
                let object = MXVocabulary.objects(of: verb).keyword(words[1])
                return object.map { ["LOCAL_DOMAIN", "INSIDE_NETWORK_ADDRESS", "REJECTION"].contains($0) } ?? false
            default: return false
            }
        }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> MXModel {
        guard !source.paths.isEmpty else {
            throw ImportTrouble("no file of MCP commands; give one that MCP SHOW/OUTPUT=file/COMMAND ALL wrote")
        }
        var reader = MXReader(source: source, release: release(facts), notes: notes)
        for path in source.paths { try reader.read(try source.file(path)) }
        let model = reader.finished(facts)
        notes = reader.notes
        return model
    }

    private static func release(_ facts: ImportFacts) -> MXModel.Release {
        switch (facts.isAtLeast(5, 3), facts.isAtLeast(5, 2), facts.isAtLeast(5, 1), facts.isAtLeast(5)) {
        case (true?, _, _, _), (nil, _, _, _): .v53
        case (_, true?, _, _): .v52
        case (_, _, true?, _): .v51
        case (_, _, _, true?): .v50
        default: .v42
        }
    }

    public static func draft(of model: MXModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        let domains = MXDomains(model, notes: &notes)
        for line in domains.destinations {
            draft.addDomain(line.pattern, via: line.isPassedOn ? PolicyDraft.onward : nil, origin: line.origin)
        }
        addTricks(model, to: &draft)
        MXRejectionRules.add(model, to: &draft, notes: &notes)
        if model.relayAllowed.isOn {
            var rule = RuleDraft(
                .permit, "RELAY_ALLOWED", meaning: "anyone at all: relaying is allowed",
                origin: model.relayAllowed.origin ?? Origin(note: "default: relaying is allowed"))
            rule.proofNone()
            draft.addRelay(rule)
        } else {
            addGrants(model, domains, to: &draft)
        }
        MXFindings.find(in: model, domains, notes: &notes)
        return draft
    }

    /// MX takes local parts as they are; two `@` are a syntax error to it. The SMTP switch refuses `%` everywhere.
    private static func addTricks(_ model: MXModel, to draft: inout PolicyDraft) {
        if model.takesPercent.isOn {
            draft.treat([.percent], .asWritten, origin: model.takesPercent.origin ?? Origin(note: "default: SMTP/PERCENT_HACK"))
        }
        draft.treat(
            [.route, .bang, .quoted, .encapsulated, .slash, .pipe, .leadingDot], .asWritten,
            origin: Origin(note: "MX drops routes and takes local parts as they are"))
    }

    private static func addGrants(_ model: MXModel, _ domains: MXDomains, to draft: inout PolicyDraft) {
        if let origin = model.authentication {
            var rule = RuleDraft(.permit, "authenticated", meaning: "whoever has logged in, with any sender", origin: origin)
            rule.login()
            draft.addRelay(rule)
        }
        for (clients, origin) in MXClients.groups(model, { $0.mayRelay }) {
            var rule = RuleDraft(
                .permit, "inside, RELAY_ALLOWED", meaning: "clients whose entry has /RELAY_ALLOWED, with any sender",
                origin: origin)
            clients.demand(of: &rule)
            draft.addRelay(rule)
        }
        if model.inside.entries.isEmpty {
            var rule = RuleDraft(
                .permit, "local sender",
                meaning: "anyone whose sender is null or local: without an inside list everybody is inside",
                origin: model.relayAllowed.origin ?? Origin(note: "no inside list"))
            demandLocalSender(domains, of: &rule)
            rule.proofNone()
            draft.addRelay(rule)
        }
        for (clients, origin) in MXClients.groups(model, { $0.isInside && !$0.mayRelay }) {
            var rule = RuleDraft(
                .permit, "inside, local sender", meaning: "clients of an inside entry whose sender is null or local",
                origin: origin)
            clients.demand(of: &rule)
            demandLocalSender(domains, of: &rule)
            draft.addRelay(rule)
        }
        for wide in domains.wideDestinations {
            var rule = RuleDraft(
                .permit, "LOCAL_DOMAIN \(wide.text)", meaning: "anyone, to domains that are local for relay tests",
                origin: wide.origin)
            if let ending = wide.ending { rule.to([Sourced("ends-with:\(ending)", wide.origin)]) }
            rule.proofNone()
            draft.addRelay(rule)
        }
    }

    private static func demandLocalSender(_ domains: MXDomains, of rule: inout RuleDraft) {
        if let senders = domains.senders { rule.sender(senders) }
    }
}

/// The clients of one entry of the inside list, or of all entries with one outcome where there are many.
private struct MXClients {
    var ranges: [Sourced<IPRange>]
    var except: [Sourced<IPRange>]

    /// Up to which number of entries each keeps a rule of its own.
    private static let mostRules = 64

    static func groups(_ model: MXModel, _ isWanted: (MXModel.Inside) -> Bool) -> [(clients: MXClients, origin: Origin)] {
        let outcomes = [true, false].flatMap { inside in [true, false].map { MXModel.Inside(isInside: inside, mayRelay: $0) } }
        return outcomes.filter(isWanted).flatMap { outcome -> [(clients: MXClients, origin: Origin)] in
            guard model.inside.entries.count > mostRules else {
                return model.inside.rules(with: outcome).map { entry, except in
                    (MXClients(ranges: entry.ranges.map { Sourced($0, entry.origin) }, except: except), entry.origin)
                }
            }
            let pieces = model.inside.pieces(with: outcome)
            guard let origin = pieces.first?.origin else { return [] }
            return [(MXClients(ranges: pieces, except: []), origin)]
        }
    }

    func demand(of rule: inout RuleDraft) { rule.from(ranges, except: except) }
}
