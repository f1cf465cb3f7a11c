import MailTypes

/// Exchange 5.0 and 5.5, Internet Mail Service: a registry export and a transcription of the routing table.
public enum Exchange55Importer: SystemImporter {
    public static let system = MailSystem.exchange55
    public static let placeOfDomains = "they are in the routing table, which the registry does not hold; written down it is a line `# Routing page: reroute = yes`, then `domain<TAB><inbound>`"

    public static func recognises(_ file: ConfigFile) -> Bool {
        if RegistryExport.isExport(file) {
            return file.lines.contains { $0.text.lowercased().contains("\\msexchangeimc\\parameters]") }
        }
        return isRoutingTable(file)
    }

    private static func isRoutingTable(_ file: ConfigFile) -> Bool {
        file.lines.contains { $0.text.hasPrefix("#") && $0.text.lowercased().contains(Exchange55Reader.heading) }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> Exchange55Model {
        guard !source.paths.isEmpty else {
            throw ImportTrouble("no file; give the .reg export of the MSExchangeIMC key, and the routing table")
        }
        var files: [ConfigFile] = []
        for path in source.paths { files.append(try source.file(path)) }
        return Exchange55Reader.model(of: files, facts: facts, notes: &notes)
    }

    public static func draft(of model: Exchange55Model, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        let routing = Exchange55Routing(model)
        for (pattern, origin) in routing.localPatterns { draft.addDomain(pattern, origin: origin) }
        draft.treat(
            [.route, .percent, .bang, .quoted, .doubleAt, .slash, .pipe, .leadingDot], .asWritten,
            origin: Origin(note: "Exchange looks up the whole local part"))
        treatEncapsulation(model, routing, in: &draft)
        guard model.reroutes else { return draft }
        for rule in routing.exceptions(model, notes: &notes) { draft.addRefuse(rule) }
        for rule in grants(model) { draft.addRelay(rule) }
        return draft
    }

    private static func treatEncapsulation(_ model: Exchange55Model, _ routing: Exchange55Routing, in draft: inout PolicyDraft) {
        switch model.encapsulation {
        case .escapes:
            draft.treat(
                [.encapsulated], .asWritten, origin: Origin(note: "before service pack 3 no restriction sees what is inside"))
        case .isJudged where model.reroutes:
            draft.treat([.encapsulated], .resolve, origin: Origin(note: "Exchange delivers to what is inside"))
            let forwarded = routing.forwardedWithin
            if !forwarded.isEmpty {
                draft.treat(
                    [.encapsulated], .asWritten, at: forwarded, origin: Origin(note: "forwarded to another host as it is"))
            }
        case .isJudged:
            // Without rerouting all of them come back (Q237927), which is what refusing them means here.
            break
        }
    }

    /// Who may relay, in the order of Q193922.
    private static func grants(_ model: Exchange55Model) -> [RuleDraft] {
        var rules: [RuleDraft] = []
        if model.flags?.contains(.deny) ?? false {
            var rule = RuleDraft(.reject, "RelayDenyList", meaning: "clients that never relay, logged in or not", origin: model.flagsOrigin)
            rule.from(ranges(model.deny))
            rules.append(rule)
        }
        if model.isOpen {
            var rule = RuleDraft(
                .permit, model.flags == .deny ? "RelayFlags 1: not denied" : "no restriction",
                meaning: model.flags == .deny ? "anyone without a deny entry" : "anyone at all", origin: model.flagsOrigin)
            rule.proofNone()
            return rules + [rule]
        }
        if model.flags?.contains(.allow) ?? false {
            var rule = RuleDraft(.permit, "RelayAllowList", meaning: "clients of an allow entry", origin: model.flagsOrigin)
            rule.from(ranges(model.allow))
            rules.append(rule)
        }
        if model.flags?.contains(.interfaces) ?? false {
            var rule = RuleDraft(
                .permit, "RelayLocalIPList", meaning: "anyone who reaches one of these addresses of the server",
                origin: model.flagsOrigin)
            rule.localAddress(ranges(model.interfaces))
            rule.proofNone()
            rules.append(rule)
        }
        if model.flags?.contains(.authenticated) ?? false {
            var rule = RuleDraft(.permit, "authenticated", meaning: "whoever has logged in", origin: model.flagsOrigin)
            rule.login()
            rules.append(rule)
        }
        return rules
    }

    static func ranges(_ masks: [Exchange55Model.Mask]) -> [Sourced<IPRange>] {
        masks.flatMap { mask in (mask.ranges ?? []).map { Sourced($0, mask.origin) } }
    }
}
