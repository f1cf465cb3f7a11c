import MailTypes

/// Sendmail 5 (BSD, IDA): it takes every recipient from everybody, and no setting changes that.
public struct Sendmail5Model: Hashable, Sendable {
    /// Class `w`.
    public var localNames: [Sourced<String>]
    /// The file that was read.
    public var origin: Origin
}

/// Sendmail 5: a sendmail.cf without levels and check rulesets.
public enum Sendmail5Importer: SystemImporter {
    public static let system = MailSystem.sendmail5
    public static let placeOfDomains = "class w (Cw and Fw lines) names them"

    public static func recognises(_ file: ConfigFile) -> Bool {
        guard file.baseName.hasSuffix(".cf") else { return false }
        let configuration = SendmailCF(file)
        return (configuration.level ?? 0) < 5 && configuration.rulesets["0"] != nil && !configuration.mailers.isEmpty
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> Sendmail5Model {
        guard let path = source.paths.first(where: { $0.lowercased().hasSuffix(".cf") }) ?? source.paths.first else {
            throw ImportTrouble("no sendmail.cf among the files; give its path")
        }
        let file = try source.file(path)
        let configuration = SendmailCF(file)
        let classes = SendmailClasses(configuration: configuration, source: source, path: path, hostName: facts.hostName)
        var origin = file.lines.first.map { file.origin($0) } ?? Origin(note: path)
        for command in configuration.commands {
            switch command.letter {
            case "C", "F": notes.model()
            case "S":
                notes.ignore()
                if SendmailCF.withoutBlanks(command.argument) == "0" { origin = command.origin }
            // Rules decide where a recipient goes and never whether it may: there are no check rulesets.
            case "D", "G", "H", "K", "L", "M", "O", "P", "R", "T", "V", "N": notes.ignore()
            default: notes.obscure(command.text, at: command.origin, why: "a command that is not known for Sendmail 5")
            }
        }
        if let ruleset = configuration.rulesets["check_rcpt"] {
            notes.obscure("Scheck_rcpt", at: ruleset.origin, why: "Sendmail 5 has none; import this file as sendmail-8.8 or sendmail-8.9+")
        }
        let names = try classes.words(of: "w", notes: &notes) + facts.localNames
        return Sendmail5Model(localNames: names, origin: origin)
    }

    public static func draft(of model: Sendmail5Model, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(SendmailCF.domains(model.localNames), origin: model.origin)
        // Hidden destinations are expanded and sent on, and so is everything else: no form is refused.
        draft.treat(AddressTrick.allCases, .asWritten, origin: model.origin)
        var rule = RuleDraft(
            .permit, "everybody", meaning: "anyone at all: Sendmail 5 asks nobody who he is", origin: model.origin)
        rule.proofNone()
        draft.addRelay(rule)
        notes.find(
            AuditFinding(
                "sendmail5-open", .critical, "relays for everybody, and no setting changes that", at: model.origin,
                why: "ruleset 0 only finds out where a recipient goes; releases before 8.8 have no rulesets that refuse",
                fix: "replace it by a current release, or let nobody reach its port 25 but a server that guards it"))
        return draft
    }
}
