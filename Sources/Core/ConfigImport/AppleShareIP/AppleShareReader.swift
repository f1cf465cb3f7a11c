import MailTypes

/// Reads the text form of AppleShare IP's mail settings (see `AppleShareImporter`).
struct AppleShareReader {
    private var model = AppleShareModel()
    private var hostPositions: [Domain: Int] = [:]

    static func model(of file: ConfigFile, facts: ImportFacts, notes: inout ImportNotes) -> AppleShareModel {
        var reader = AppleShareReader()
        let text = SettingsText(file, notes: &notes)
        for heading in text.sections where heading.value.hasPrefix("host ") { reader.addHost(heading, notes: &notes) }
        for setting in text.settings { reader.read(setting, notes: &notes) }
        reader.finish(facts, notes: &notes)
        return reader.model
    }

    private mutating func read(_ setting: SettingsText.Setting, notes: inout ImportNotes) {
        switch setting.section {
        case "server", "local domains": readServer(setting, notes: &notes)
        case "default host profile": Self.readProfile(setting, into: &model.defaultProfile, notes: &notes)
        case "mail in", "anti-spam": readSwitch(setting, notes: &notes)
        case let section where section.hasPrefix("host "): readHost(setting, String(section.dropFirst(5)), notes: &notes)
        default: notes.obscure(setting.text, at: setting.origin, why: "this section is not known")
        }
    }

    private mutating func readServer(_ setting: SettingsText.Setting, notes: inout ImportNotes) {
        switch setting.name {
        case "domain", "localdomain":
            guard let domain = Domain(setting.value) else {
                return notes.obscure(setting.text, at: setting.origin, why: "`\(setting.value)` is not a domain")
            }
            notes.model()
            model.localDomains.append(Sourced(domain, setting.origin))
        case "hostname", "name", "postmaster": notes.ignore()
        default: notes.obscure(setting.text, at: setting.origin, why: "this setting is not known")
        }
    }

    /// A host that is listed has a profile of its own from then on, whatever is written of it.
    private mutating func addHost(_ heading: Sourced<String>, notes: inout ImportNotes) {
        let (name, origin) = (heading.value.dropFirst(5), heading.origin ?? Origin(note: heading.value))
        guard let domain = Domain(String(name)) else {
            return notes.obscure("[\(heading.value)]", at: origin, why: "`\(name)` is not a host")
        }
        guard hostPositions[domain] == nil else { return }
        hostPositions[domain] = model.hosts.count
        var untouched = origin
        untouched.note = "host entry as delivered"
        model.hosts.append(.init(domain: domain, origin: origin, profile: .init(isDefaultAt: untouched)))
    }

    private mutating func readHost(_ setting: SettingsText.Setting, _ name: String, notes: inout ImportNotes) {
        guard let position = Domain(name).flatMap({ hostPositions[$0] }) else { return }
        Self.readProfile(setting, into: &model.hosts[position].profile, notes: &notes)
    }

    private static func readProfile(
        _ setting: SettingsText.Setting, into profile: inout AppleShareModel.HostProfile, notes: inout ImportNotes
    ) {
        switch setting.name {
        case "delivertolocalonly", "rejectallmail":
            guard let isOn = setting.isOn else {
                return notes.obscure(setting.text, at: setting.origin, why: "neither 0 nor 1")
            }
            notes.model()
            let value = Sourced(isOn, setting.origin)
            if setting.name == "rejectallmail" { profile.isRejected = value } else { profile.staysLocal = value }
        case "relayallmailvia":
            notes.model()
            if !setting.value.isEmpty { profile.via = Sourced(setting.value, setting.origin) }
        case "logrejections", "log", "connections", "timeout", "network", "retryinterval": notes.ignore()
        default: notes.obscure(setting.text, at: setting.origin, why: "this setting of a host profile is not known")
        }
    }

    private mutating func readSwitch(_ setting: SettingsText.Setting, notes: inout ImportNotes) {
        let path: WritableKeyPath<AppleShareModel, Origin?>
        switch setting.name {
        case "requirelocalfrominusersandgroups", "requirelocalfromaddressestoexistinusersgroups":
            path = \.requiresKnownUsers
        case "rejectifhostnotinhostlist", "rejectmailwhosehostisnotinthehostlist": path = \.rejectsUnlistedHosts
        case "rejectifnamedoesnotmatchaddress": path = \.rejectsNameMismatch
        // A black list refuses some strangers and lets none relay; looking up names decides nothing by itself.
        case "alwayscheckdns", "usednsblackholelist", "blackholelist", "checkincomingsmtpconnections", "logrejections",
            "logifnamedoesnotmatchaddress", "maximumsize", "deleteafter":
            return notes.ignore()
        default: return notes.obscure(setting.text, at: setting.origin, why: "this setting is not known")
        }
        guard let isOn = setting.isOn else {
            return notes.obscure(setting.text, at: setting.origin, why: "neither 0 nor 1")
        }
        notes.model()
        model[keyPath: path] = isOn ? setting.origin : nil
    }

    private mutating func finish(_ facts: ImportFacts, notes: inout ImportNotes) {
        model.users = facts.users
        model.localDomains += facts.deliveredDomains
        if let origin = model.requiresKnownUsers, facts.users == nil {
            notes.obscure(
                "RequireLocalFromInUsersAndGroups = 1", at: origin,
                why: "who is in Users & Groups is not said; give users in the facts")
        }
    }
}
