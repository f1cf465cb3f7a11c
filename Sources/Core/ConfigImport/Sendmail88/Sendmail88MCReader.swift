/// Reads an `.mc` of 8.8: `HACK` lines with their arguments become lines of a sendmail.cf and the steps of a recipe.
struct Sendmail88MCReader {
    private(set) var steps: [Sourced<CheckRecipientModel.Step>]?
    private var lines: [(text: String, origin: Origin)] = []
    private var lists = CheckRecipientRecipe.Lists()
    private var definitions: [String: String] = [:]
    private var junk = "dbm -a@JUNK /etc/mail/junk"

    /// What the macros of `source` put into a sendmail.cf, as far as relay depends on it; `localhost` is in every one.
    var configuration: SendmailCF {
        SendmailCF(lines: lines + [("Cwlocalhost", Origin(note: "cf.m4"))], level: 7)
    }

    init(_ mc: SendmailMC, notes: inout ImportNotes) {
        for item in mc.items {
            switch item {
            case .call(let call): read(call, &notes)
            case .text(let text): read(text, &notes)
            }
        }
    }

    private mutating func read(_ text: SendmailMC.Text, _ notes: inout ImportNotes) {
        if text.section == "LOCAL_RULE_3", text.text.hasPrefix("R") {
            notes.obscure(text.text, at: text.origin, why: "a rule of one's own in ruleset 3, which rewrites what check_rcpt sees")
        } else {
            notes.model()
        }
        lines.append((text.text, text.origin))
    }

    private mutating func read(_ call: SendmailMC.Call, _ notes: inout ImportNotes) {
        if call.isBehindHash, ["HACK", "FEATURE"].contains(call.name) {
            notes.find(
                AuditFinding(
                    "sendmail88-hash-macro", .warning, "a macro behind `#` is carried out all the same", at: call.origin,
                    why: "cf.m4 changes m4's comment sign, so `#` switches nothing off in an .mc", fix: "dnl \(call.text)"))
        }
        switch call.name {
        case "HACK": readHack(call, &notes)
        case "FEATURE": readFeature(call, &notes)
        case "define":
            notes.ignore()
            definitions[call.argument(0) ?? ""] = call.argument(1) ?? ""
            if call.argument(0) == "confOPERATORS" {
                notes.obscure(call.text, at: call.origin, why: "other separators change where a class matches")
            }
        case "LOCAL_DOMAIN":
            notes.model()
            lines.append(("Cw\(call.argument(0) ?? "")", call.origin))
        case "DOMAIN" where call.argument(0) != "generic":
            notes.obscure(call.text, at: call.origin, why: "what the domain file says is not here")
        case "ifdef", "ifelse", "syscmd", "esyscmd", "changequote", "changecom", "sinclude":
            notes.obscure(call.text, at: call.origin, why: "m4 decides here what is left")
        case "include" where call.argument(0)?.contains("cf.m4") != true:
            notes.obscure(call.text, at: call.origin, why: "the included file is not here")
        default: notes.ignore()
        }
    }

    private mutating func readHack(_ call: SendmailMC.Call, _ notes: inout ImportNotes) {
        guard let name = call.argument(0) else { return notes.ignore() }
        let argument = call.argument(1)
        var origin = call.origin
        origin.note = "HACK(\(name))"
        switch name {
        case "use_ip": readAddresses(argument ?? "/etc/mail/LocalIP", origin)
        case "use_names":
            lists.names = true
            lines.append(("F{LocalNames} \(argument ?? "/etc/mail/LocalNames")", origin))
        case "use_relayto":
            lists.destinations = true
            lines.append(("F{RelayTo} \(argument ?? "/etc/mail/RelayTo")", origin))
        case "check_mail", "check_mail2", "check_mail3", "check_relay", "check_relay2", "check_relay3":
            if let argument { junk = argument }
            let ruleset = name.hasPrefix("check_mail") ? "check_mail" : "check_relay"
            lines += [("Kjunk \(junk)", origin), ("S\(ruleset)", origin), ("R$*\t$: $>junk $1", origin)]
        default:
            guard let recipe = CheckRecipientRecipe(rawValue: name) else {
                return notes.obscure(call.text, at: origin, why: "this HACK is not known")
            }
            lines.append(("Kallow \(argument ?? "dbm -a@ALLOWED /etc/mail/allow")", origin))
            steps = (steps ?? []) + recipe.steps(lists).map { Sourced($0, origin) }
            reportNoLists(recipe, origin, &notes)
        }
        notes.model()
    }

    /// A kind of map before the path makes it a map, as it is since 1998.
    private mutating func readAddresses(_ argument: String, _ origin: Origin) {
        lists.addresses = true
        lists.addressesAreMap = ["hash", "dbm", "btree", "text", "nis"].contains { argument.hasPrefix($0 + " ") }
        lines.append((lists.addressesAreMap ? "KLocalIP \(argument)" : "F{LocalIP} \(argument)", origin))
    }

    private func reportNoLists(_ recipe: CheckRecipientRecipe, _ origin: Origin, _ notes: inout ImportNotes) {
        guard !lists.addresses, !lists.names else { return }
        let effect =
            switch recipe {
            case .first, .third: "nobody may relay"
            case .second: "it never sees a host and everybody may relay"
            case .fourth, .fifth: "only who bears a name of this host may relay"
            }
        notes.find(
            AuditFinding(
                "sendmail88-hack-order", .warning, "the recipe stands before use_ip and use_names, so \(effect)",
                at: origin, why: "m4 reads from the top: only HACK lines before the recipe count for it",
                fix: "put HACK(use_ip), HACK(use_names) and HACK(use_relayto) before it"))
    }

    private mutating func readFeature(_ call: SendmailMC.Call, _ notes: inout ImportNotes) {
        let name = call.argument(0) ?? ""
        switch name {
        case "use_cw_file":
            notes.model()
            lines.append(("Fw\(definitions["confCW_FILE"] ?? "/etc/sendmail.cw")", call.origin))
        case "nouucp":
            notes.ignore()
            notes.find(
                AuditFinding(
                    "sendmail88-nouucp", .note, "`!` is no sign here; an imported policy looks for a host before it", at: call.origin,
                    why: "victim.example!user at a name of this host is a local user's name, and goes nowhere else"))
        case let name where Self.irrelevant.contains(name): notes.ignore()
        default: notes.obscure(call.text, at: call.origin, why: "this FEATURE may matter and is not known for 8.8")
        }
    }

    /// Concern delivery, masquerading and headers, not who may relay.
    private static let irrelevant: Set<String> = [
        "notsticky", "stickyhost", "always_add_domain", "mailertable", "local_procmail", "use_ct_file", "genericstable",
        "virtusertable", "redirect", "smrsh", "allmasquerade", "limited_masquerade", "masquerade_entire_domain",
        "masquerade_envelope", "local_lmtp", "nodns", "nocanonify", "uucpdomain",
    ]
}
