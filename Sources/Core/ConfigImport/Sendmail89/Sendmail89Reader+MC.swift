import MailTypes

extension Sendmail89Reader {
    private static let deepestInclude = 8

    mutating func readMC(_ mc: SendmailMC, in path: String, depth: Int = 0) throws(ImportTrouble) {
        for call in mc.calls {
            switch call.name {
            case "FEATURE": readFeature(call)
            case "include", "sinclude": try include(call, in: path, depth: depth)
            case "define": readDefinition(call)
            case "DOMAIN": readDomainFile(call)
            case "ifdef", "ifelse": readCondition(call)
            default: readCall(call)
            }
        }
        readText(mc.configurationText, isWhole: false)
    }

    private mutating func include(_ call: SendmailMC.Call, in path: String, depth: Int) throws(ImportTrouble) {
        let name = call.argument(0) ?? ""
        if Sendmail89Words.isOfDistribution(name) { return notes.ignore() }
        guard depth < Self.deepestInclude, let file = try files.source.file(named: name, in: path) else {
            return notes.obscure(call.text, at: call.origin, why: "the included file is not among the files")
        }
        try readMC(SendmailMC(file), in: file.path, depth: depth + 1)
    }

    /// What the distribution's own domain files say does not touch relaying.
    private mutating func readDomainFile(_ call: SendmailMC.Call) {
        let known: Set<String> = ["generic", "debian-mta", "debian-msp", "unspecified"]
        if known.contains(call.argument(0) ?? "") { return notes.ignore() }
        notes.obscure(call.text, at: call.origin, why: "what that domain file says is not known")
    }

    private mutating func readCall(_ call: SendmailMC.Call) {
        let words = Self.words(call.argument(0) ?? "", call.origin)
        switch call.name {
        case "RELAY_DOMAIN": model.relayClass += words; notes.model()
        case "LOCAL_DOMAIN": model.localClass += words; notes.model()
        case "VIRTUSER_DOMAIN": virtualHosts += words; notes.model()
        case "TRUST_AUTH_MECH": trust(words)
        case "RELAY_DOMAIN_FILE", "VIRTUSER_DOMAIN_FILE": relayFiles.append(Self.classFile(call.argument(0) ?? "", call.origin))
        case "OSTYPE":
            if call.argument(0) == "debian" { standardFormat = Sendmail89Files.everyWord }
            notes.ignore()
        case "LOCAL_RULESETS", "LOCAL_RULE_0", "LOCAL_RULE_1", "LOCAL_RULE_2", "LOCAL_RULE_3": break
        case let name where Sendmail89Words.irrelevantCalls.contains(name): notes.ignore()
        default: notes.obscure(call.text, at: call.origin, why: "this macro is not known")
        }
        if Self.classMacros.contains(call.name), call.arguments.count > 1 { notes.find(Self.argumentsLeftOut(call)) }
    }

    private static let classMacros: Set<String> = ["LOCAL_DOMAIN", "RELAY_DOMAIN", "TRUST_AUTH_MECH", "VIRTUSER_DOMAIN"]

    private static func argumentsLeftOut(_ call: SendmailMC.Call) -> AuditFinding {
        AuditFinding(
            "sendmail-argument-left-out", .warning, "\(call.name) takes one argument, and the others count for nothing",
            at: call.origin, why: "its one argument is a list with blanks between the words",
            fix: "\(call.name)(`\(call.arguments.joined(separator: " "))')")
    }

    mutating func trust(_ words: [Sourced<String>]) {
        notes.model()
        for word in words.map({ $0.map { $0.uppercased() } }) {
            let isName = word.value.utf8.allSatisfy { byte in
                (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
            if isName, word.value.utf8.count <= 20 {
                model.trustedMechanisms.append(word)
            } else {
                notes.obscure(word.value, at: word.origin ?? Origin(note: "TrustAuthMech"), why: "no SASL mechanism has such a name")
            }
        }
    }

    static func words(_ text: String, _ origin: Origin) -> [Sourced<String>] {
        text.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map { Sourced($0.lowercased(), origin) }
    }

    private mutating func readDefinition(_ call: SendmailMC.Call) {
        let (name, value) = (call.argument(0) ?? "", call.argument(1) ?? "")
        switch name {
        case "confCR_FILE":
            relayFiles.append(Self.classFile(value, call.origin))
            namesRelayFile = true
        case "confCW_FILE": macros["confCW_FILE"] = Sourced(value, call.origin)
        case "confDOMAIN_NAME": macros["j"] = Sourced(value, call.origin); notes.model()
        case "confAUTH_MECHANISMS": model.offersAUTH = call.origin; notes.ignore()
        case "MAIL_HUB", "SMART_HOST", "LOCAL_RELAY": model.mailHub = call.origin; notes.ignore()
        case "confDELIVERY_MODE" where value.lowercased().hasPrefix("d"):
            notes.obscure(call.text, at: call.origin, why: "in deferred mode no address is checked when it is given")
        case let name where name.hasPrefix("_") && !Sendmail89Words.isIdleDefinition(name): notes.obscure(call.text, at: call.origin, why: "an inner macro of the rules")
        default: notes.ignore()
        }
    }

    /// `-o /etc/mail/relay-domains %[^\#]`
    static func classFile(_ definition: String, _ origin: Origin) -> ClassFile {
        let words = definition.split(whereSeparator: SendmailCF.isBlank).map(String.init)
        let rest = words.drop { $0.hasPrefix("-") }
        return ClassFile(
            path: rest.first ?? "", isOptional: words.first == "-o", format: rest.dropFirst().first, origin: origin)
    }

    // MARK: FEATURE

    private mutating func readFeature(_ call: SendmailMC.Call) {
        let name = (call.argument(0) ?? "").lowercased()
        let first = call.argument(1)?.lowercased() ?? ""
        if let map = SendmailMapFiles.map(ofFeature: name, call.argument(1)?.withMailSettingsDirectory) { maps.append(map) }
        if let feature = Sendmail89Words.plainFeatures[name] { return turnOn(feature, call.origin) }
        switch name {
        case "access_db": readAccessFeature(call)
        case "relay_mail_from":
            turnOn(.relayMailFrom, call.origin)
            if first == "domain" { turnOn(.relayMailFromDomain, call.origin) }
        case "delay_checks":
            turnOn(.delayChecks, call.origin)
            if first.hasPrefix("f") { turnOn(.spamFriend, call.origin) } else if first.hasPrefix("h") { turnOn(.spamHater, call.origin) }
        case "nopercenthack": turnOn(first.hasPrefix("r") ? .noPercentHackReject : .noPercentHackNoSpecial, call.origin)
        case "nouucp": turnOn(first.hasPrefix("r") ? .noUUCPReject : .noUUCPNoSpecial, call.origin)
        case "use_cw_file":
            var file = Self.classFile(macros["confCW_FILE"]?.value ?? "/etc/mail/local-host-names", call.origin)
            file.format = file.format ?? standardFormat
            localFiles.append(file)
        default: readOtherFeature(name, call)
        }
    }

    private mutating func readOtherFeature(_ name: String, _ call: SendmailMC.Call) {
        if let by = Sendmail89Words.refusalFeatures[name] {
            notes.ignore()
            notes.find(Sendmail89Audit.notCarriedOver(call.text, by: by, at: call.origin))
            if name == "block_bad_helo" {
                // It brings these with it.
                model.relayClass += Self.words("127.0.0.1 ipv6:0:0:0:0:0:0:0:1", call.origin)
                model.localClass += Self.words("[127.0.0.1]", call.origin)
            }
        } else if let why = Sendmail89Words.opaqueFeatures[name] {
            notes.obscure(call.text, at: call.origin, why: why)
        } else if Sendmail89Words.irrelevantFeatures.contains(name) {
            notes.ignore()
        } else {
            notes.obscure(call.text, at: call.origin, why: "this FEATURE is not known")
        }
    }

    private mutating func readAccessFeature(_ call: SendmailMC.Call) {
        turnOn(.accessDB, call.origin)
        for argument in call.arguments.dropFirst(2) {
            switch argument.lowercased() {
            case "skip": turnOn(.skip, call.origin)
            case "lookupdotdomain": turnOn(.lookupDotDomain, call.origin)
            case "relaytofulladdress": turnOn(.relayToFullAddress, call.origin)
            default: break
            }
        }
        setAccessFile(call.argument(1) ?? "hash /etc/mail/access", call.text, call.origin)
    }

    /// `hash -T<TMPF> /etc/mail/access`
    mutating func setAccessFile(_ definition: String, _ text: String, _ origin: Origin) {
        let words = definition.split(whereSeparator: SendmailCF.isBlank).map(String.init)
        let files: Set<String> = ["hash", "btree", "dbm", "cdb", "text", "database_map_type"]
        guard let kind = words.first?.lowercased(), files.contains(kind), let path = words.last, words.count > 1, !path.hasPrefix("-")
        else { return notes.obscure(text, at: origin, why: "an access map of this kind is not in a file") }
        accessFile = (path.withMailSettingsDirectory, origin)
    }
}

extension String {
    fileprivate var withMailSettingsDirectory: String { replacing("MAIL_SETTINGS_DIR", with: "/etc/mail/") }
}
