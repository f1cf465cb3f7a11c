import MailTypes
import PolicyLanguage

/// Sendmail 8.9 and later: sendmail.cf or sendmail.mc, relay-domains, access, local-host-names.
public enum Sendmail89Importer: SystemImporter {
    public static let system = MailSystem.sendmail89
    public static let placeOfDomains = "class w (LOCAL_DOMAIN and local-host-names) names them"

    public static func recognises(_ file: ConfigFile) -> Bool {
        switch file.baseName {
        case "relay-domains", "local-host-names", "sendmail.cr": return true
        case let name where name.hasSuffix(".cf"): return !name.hasPrefix("submit.") && isConfiguration(file)
        case let name where name.hasSuffix(".mc"):
            let isOne = name == "sendmail.mc" || file.lines.contains { $0.text.contains("FEATURE(") || $0.text.contains("cf.m4") }
            return isOne && !Sendmail88Importer.recognises(file)
        case "access": return file.lines.prefix(1_000).contains { isAccessEntry($0.text) }
        default: return false
        }
    }

    /// Level 8 came with 8.9.
    private static func isConfiguration(_ file: ConfigFile) -> Bool {
        file.lines.contains { line in
            if line.text.hasPrefix("SBasic_check_rcpt") || line.text.hasPrefix("SRcpt_ok") { return true }
            guard line.text.hasPrefix("V") else { return false }
            return OldAddressForms.decimal(line.text.dropFirst().prefix { $0.isASCII && $0.isNumber }).map { $0 >= 8 } ?? false
        }
    }

    /// A tagged key, or a value that no other server's map has.
    private static func isAccessEntry(_ line: String) -> Bool {
        let text = line.lowercased()
        if ["connect:", "to:", "from:", "spam:"].contains(where: { text.hasPrefix($0) }) { return true }
        let words = text.split(whereSeparator: SendmailCF.isBlank)
        return words.count == 2 && words[1] == "relay" && !text.hasPrefix("#")
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> Sendmail89Model {
        var reader = Sendmail89Reader(source, facts, notes)
        try reader.read()
        notes = reader.notes
        return reader.model
    }

    public static func draft(of model: Sendmail89Model, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        let grants = Sendmail89Grants(model)
        addDomains(model, grants, to: &draft)
        treatTricks(model, in: &draft)
        for rule in Sendmail89Refusals(model: model).rules { draft.addRefuse(rule) }
        for rule in grants.rules { draft.addRelay(rule) }
        Sendmail89Audit.find(in: model, grants, facts: facts, notes: &notes)
        return draft
    }

    // MARK: Domains

    private static func addDomains(_ model: Sendmail89Model, _ grants: Sendmail89Grants, to draft: inout PolicyDraft) {
        func add(_ pattern: HostPattern, _ origin: Origin?, isLocal: Bool = false) {
            draft.addDomain(pattern, via: isLocal ? nil : PolicyDraft.onward, origin: origin ?? Origin(note: "class R"))
        }
        func exact(_ domain: Domain) -> HostPattern { HostPattern(domain: domain, isBelow: false) }
        for host in model.localHosts { add(exact(host.value), host.origin, isLocal: true) }
        if let own = model.ownDomain, let domain = Domain("localhost.\(own.value)") { add(exact(domain), own.origin, isLocal: true) }
        if let origin = model.features[.relayEntireDomain], let own = model.ownDomain {
            add(exact(own.value), origin)
            add(HostPattern(domain: own.value, isBelow: true), origin)
        }
        for entry in model.relayDomains { add(entry.value, entry.origin) }
        for entry in model.relayLiterals + model.served { add(exact(entry.value), entry.origin) }
        for entry in grants.domains { add(entry.value, entry.origin) }
    }

    // MARK: Hidden destinations

    /// Hosts that mail is taken for are stripped and what is left is judged again; at every other host a local part is
    /// that host's matter. With loose_relay_check only the host's own names are stripped; with promiscuous_relay
    /// what is left is relayed wherever it goes.
    private static func treatTricks(_ model: Sendmail89Model, in draft: inout PolicyDraft) {
        let shipped = Origin(note: "shipped rules of ParseRecipient")
        draft.treat([.route, .encapsulated, .slash, .pipe, .leadingDot], .asWritten, origin: shipped)
        var stripped: [AddressTrick] = [.quoted]
        func treat(_ trick: AddressTrick, reject: Sendmail89Model.Feature, noSpecial: Sendmail89Model.Feature) {
            if let origin = model.features[noSpecial] {
                draft.treat([trick], .asWritten, origin: origin)
            } else if !model.has(reject) {
                stripped.append(trick)
            }
        }
        treat(.percent, reject: .noPercentHackReject, noSpecial: .noPercentHackNoSpecial)
        treat(.bang, reject: .noUUCPReject, noSpecial: .noUUCPNoSpecial)
        if let origin = model.features[.promiscuousRelay] ?? model.features[.looseRelayCheck] {
            draft.treat(stripped, .asWritten, origin: origin)
            draft.treat(stripped, .resolve, at: model.localHosts.map(\.value), origin: shipped)
        } else if draft.domains.contains(where: \.pattern.isBelow) {
            // The language names no domains below another here, and what is hidden at one of them must not be missed: at
            // all others such forms are then refused.
            draft.treat(stripped, .resolve, origin: shipped)
        } else {
            draft.treat(stripped, .asWritten, origin: shipped)
            draft.treat(stripped, .resolve, at: draft.domains.map(\.pattern.domain), origin: shipped)
        }
    }
}
