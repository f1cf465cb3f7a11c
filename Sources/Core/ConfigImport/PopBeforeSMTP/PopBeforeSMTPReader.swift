import MailTypes

/// Reads what of POP before SMTP lies in files: Sendmail's side, the log watcher's settings, DRAC's list of servers.
struct PopBeforeSMTPReader {
    private let source: ImportSource
    private let facts: ImportFacts
    private var model: PopBeforeSMTPModel
    /// Whether one of the files is Sendmail's; without it the map is taken to be asked.
    private var hasServer = false

    init(_ source: ImportSource, _ facts: ImportFacts) {
        (self.source, self.facts) = (source, facts)
        model = PopBeforeSMTPModel(wiring: nil, window: Sourced(30 * 60, Origin(note: "default: 30 minutes")))
    }

    static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> PopBeforeSMTPModel {
        var reader = PopBeforeSMTPReader(source, facts)
        var isKnown = false
        for path in source.paths {
            let name = path.split(separator: "/").last.map { $0.lowercased() } ?? path
            let kind = Kind(name)
            guard let kind else { continue }
            isKnown = true
            try reader.read(source.file(path), as: kind, &notes)
        }
        guard isKnown else {
            throw ImportTrouble(
                "no sendmail.cf, .mc, pop-before-smtp-conf.pl or dracd.allow among the files; give the path of one")
        }
        reader.model.localNames += facts.localNames
        if !reader.hasServer {
            reader.model.wiring = Origin(note: "Sendmail's own file is not among those given; taken to ask the map")
        }
        return reader.model
    }

    enum Kind {
        case mc, cf, watcher, drac
        /// How the watcher or DRAC's daemon is started.
        case start

        init?(_ name: String) {
            if name.hasSuffix(".mc") || name == "popauth.m4" {
                self = .mc
            } else if name.hasSuffix(".cf") {
                self = .cf
            } else if name.hasPrefix("pop-before-smtp"), name.hasSuffix(".pl") || name.hasSuffix(".conf") {
                self = .watcher
            } else if name.hasPrefix("dracd.allow") {
                self = .drac
            } else if ["pop-before-smtp", "dracd", "rpc.dracd", "poprelayd"].contains(where: { name.hasPrefix($0) }) {
                self = .start
            } else {
                return nil
            }
        }
    }

    private mutating func read(_ file: ConfigFile, as kind: Kind, _ notes: inout ImportNotes) throws(ImportTrouble) {
        switch kind {
        case .mc where file.baseName == "popauth.m4":
            // The recipe itself: whatever includes it asks for logins.
            notes.model()
            model.wiring = Origin(.init(file: file.path, line: 1, column: 1))
            hasServer = true
        case .mc:
            let mc = SendmailMC(file)
            for call in mc.calls { read(call, &notes) }
            try readLocalHostNames(mc, in: file.path, &notes)
            try readServer(mc.configurationText, file, &notes)
        case .cf: try readServer(SendmailCF(file), file, &notes)
        case .watcher: readWatcher(file, &notes)
        case .drac: readRegistrars(file, &notes)
        case .start: readStart(file, &notes)
        }
    }

    // MARK: Sendmail

    private mutating func read(_ call: SendmailMC.Call, _ notes: inout ImportNotes) {
        let argument = call.argument(0) ?? ""
        switch (call.name, argument) {
        case ("FEATURE", "popauth"), ("HACK", "popauth"), ("FEATURE", "drac"), ("HACK", "drac"):
            notes.model()
            model.wiring = call.origin
        case ("include", _) where argument.hasSuffix("popauth.m4"):
            notes.model()
            model.wiring = call.origin
        case ("LOCAL_DOMAIN", _):
            notes.model()
            model.localNames.append(Sourced(argument.lowercased(), call.origin))
        case ("FEATURE", _) where Self.relayFeatures.contains(argument), ("RELAY_DOMAIN", _), ("RELAY_DOMAIN_FILE", _), ("HACK", _):
            notes.obscure(
                call.text, at: call.origin,
                why: "this belongs to the server's own relay control; import the file as sendmail-8.9+ too")
        default: notes.ignore()
        }
    }

    /// FEATURE(use_cw_file): class w from a file, which releases before 8.10 named sendmail.cw.
    private mutating func readLocalHostNames(
        _ mc: SendmailMC, in path: String, _ notes: inout ImportNotes
    ) throws(ImportTrouble) {
        guard let call = mc.calls(named: "FEATURE").first(where: { $0.argument(0) == "use_cw_file" }) else { return }
        let named = mc.definitions["confCW_FILE"].map { Sendmail89Reader.classFile($0.value, $0.origin ?? call.origin).path }
        let names = named.map { [$0] } ?? ["/etc/mail/local-host-names", "/etc/sendmail.cw"]
        for name in names {
            guard let file = try source.file(named: name, in: path) else { continue }
            notes.model()
            model.localNames += SendmailCF.words(ofClassFile: file).map { $0.map { $0.lowercased() } }
            return
        }
        notes.find(.fileNotGiven(names[0], what: "class w: local domains", at: call.origin))
    }

    private static let relayFeatures: Set<String> = [
        "access_db", "relay_entire_domain", "relay_hosts_only", "relay_based_on_MX", "relay_local_from", "relay_mail_from",
        "promiscuous_relay", "loose_relay_check", "blacklist_recipients", "blocklist_recipients", "delay_checks", "dnsbl",
        "enhdnsbl", "rhsbl", "nopercenthack", "nouucp", "compat_check", "bestmx_is_local",
    ]

    private mutating func readServer(
        _ configuration: SendmailCF, _ file: ConfigFile, _ notes: inout ImportNotes
    ) throws(ImportTrouble) {
        hasServer = true
        let classes = SendmailClasses(configuration: configuration, source: source, path: file.path, hostName: facts.hostName)
        for command in configuration.commands { if "CFK".contains(command.letter) { notes.model() } else { notes.ignore() } }
        model.localNames += try classes.words(of: "w", notes: &notes)
        if let relayed = try classes.words(of: "R", notes: &notes).first, let origin = relayed.origin {
            notes.obscure(relayed.value, at: origin, why: "class R is the server's own relay control; import the file as sendmail-8.9+ too")
        }
        if let access = configuration.maps["access"] {
            notes.obscure("Kaccess", at: access.origin, why: "the access map is the server's own relay control; import the file as sendmail-8.9+ too")
        }
        readRules(configuration, &notes)
    }

    /// Local_check_rcpt, with the rulesets that ask a map for the client's address.
    private mutating func readRules(_ configuration: SendmailCF, _ notes: inout ImportNotes) {
        let asking = configuration.rulesets.values.filter { ruleset in
            ruleset.rules.contains { Self.asksForAddress($0.right, of: configuration) }
        }
        guard let local = configuration.rulesets["Local_check_rcpt"] else { return }
        for rule in local.rules {
            let right = SendmailCF.withoutBlanks(rule.right)
            let calls = asking.contains { right.contains("$>\($0.name)") || right.contains("$>\"\($0.name)\"") }
            if calls || Self.asksForAddress(rule.right, of: configuration) {
                model.wiring = rule.origin
            } else if !right.hasPrefix("$:$#OK"), !right.hasPrefix("$#OK"), !right.hasPrefix("$@$#OK"), right != "$:$1" {
                notes.obscure("R\(rule.left)\t\(rule.right)", at: rule.origin, why: "a rule of Local_check_rcpt of no known form")
            }
        }
    }

    private static func asksForAddress(_ right: String, of configuration: SendmailCF) -> Bool {
        right.contains("$&{client_addr}") && configuration.maps.keys.contains { right.contains("$(\($0) ") }
    }

    // MARK: The log watcher

    private mutating func readWatcher(_ file: ConfigFile, _ notes: inout ImportNotes) {
        let perl = PerlSettings(file)
        for setting in perl.settings {
            switch setting.name {
            case "$grace":
                guard let seconds = PerlSettings.product(setting.value) else {
                    notes.obscure("$grace = \(setting.value)", at: setting.origin, why: "not a product of numbers")
                    continue
                }
                notes.model()
                model.window = Sourced(seconds, setting.origin)
            case "$pat", "$out_pat", "$PID_pat", "$IP_pat", "$OK_pat", "$END_pat":
                notes.model()
                reportLooseEnd(setting, &notes)
            case let name where Self.irrelevant.contains(String(name.prefix { $0 != "{" })): notes.ignore()
            default: notes.obscure("\(setting.name) = \(setting.value.prefix(60))", at: setting.origin, why: "this setting is not known")
            }
        }
        for subroutine in perl.subroutines where subroutine.value == "custom_match" {
            notes.obscure(
                "sub custom_match", at: subroutine.origin ?? Origin(note: file.path),
                why: "own code decides which line of the log is a login")
        }
    }

    /// Where the map lies, how the log is followed, what is written beside.
    private static let irrelevant: Set<String> = [
        "$dbfile", "$dbvalue", "$logto", "$debug", "$flock", "$file_tail", "%file_tail", "$write", "$reprocess", "@mynets",
        "$mynet_func", "$tie_func", "$sync_func", "$flock_func", "$log_func", "$tail_init_func", "$tail_getline_func",
        "$signal_sendmail", "$pid_file", "$dbh", "$TCPRULES", "$ESMTPD", "$ENV",
    ]

    private func reportLooseEnd(_ setting: PerlSettings.Setting, _ notes: inout ImportNotes) {
        guard let first = setting.value.first(where: { $0 != "'" && $0 != "\"" && $0 != " " }), first != "^", first != "$" else { return }
        notes.find(
            AuditFinding(
                "pop-pattern-unanchored", .warning, "\(setting.name) fits anywhere in a line of the log", at: setting.origin,
                why: "a line that quotes what a client said can hold the words of a login, and so grant relaying to an address of its choice",
                fix: "begin the pattern with ^ and the program's name"))
    }

    /// `pop-before-smtp --grace=SECONDS`, `rpc.dracd -e MINUTES`, in a script or the options of one.
    private mutating func readStart(_ file: ConfigFile, _ notes: inout ImportNotes) {
        for line in file.lines where !OldAddressForms.trimmed(line.text).hasPrefix("#") {
            let words = line.text.split { " \t\"'=".contains($0) }
            // Without the option its own default holds.
            if Self.daemons.contains(where: line.text.contains) { notes.model() }
            for (option, value) in zip(words, words.dropFirst()) {
                guard option == "--grace" || option == "-e" && line.text.contains("dracd") else { continue }
                guard let number = OldAddressForms.decimal(value) else {
                    notes.obscure(line.text, at: file.origin(line), why: "not a number")
                    continue
                }
                notes.model()
                model.window = Sourced(option == "-e" ? number * 60 : number, file.origin(line))
            }
        }
    }

    private static let daemons = ["rpc.dracd", "pop-before-smtp", "poprelayd"]

    // MARK: DRAC

    /// `netmask netaddr`, the mask first.
    private mutating func readRegistrars(_ file: ConfigFile, _ notes: inout ImportNotes) {
        for line in file.lines {
            let words = line.text.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard !words.isEmpty else { continue }
            let origin = file.origin(line)
            guard words.count == 2, let ranges = OldAddressForms.masked(net: words[1], mask: words[0]) else {
                notes.obscure(line.text, at: origin, why: "not `netmask netaddr`")
                continue
            }
            notes.model()
            model.registrars.append(.init(ranges: ranges, origin: origin))
        }
    }
}
