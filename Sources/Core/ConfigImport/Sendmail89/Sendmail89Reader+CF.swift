import MailTypes

extension Sendmail89Reader {
    mutating func readCF(_ cf: SendmailCF) { readText(cf, isWhole: true) }

    /// Lines of a sendmail.cf: a whole one, or what an `.mc` adds to its own.
    mutating func readText(_ cf: SendmailCF, isWhole: Bool) {
        readMacros(cf)
        readClasses(cf, isWhole: isWhole)
        maps += SendmailMapFiles.maps(of: cf)
        if let map = cf.maps["access"] {
            turnOn(.accessDB, map.origin)
            setAccessFile("\(map.kind) \(map.argument)", "Kaccess", map.origin)
        }
        if isWhole {
            readRules(cf)
            if let option = cf.option("DeliveryMode"), option.value.lowercased().hasPrefix("d") {
                notes.obscure("O DeliveryMode=\(option.value)", at: option.origin, why: "in deferred mode no address is checked when it is given")
            }
            model.offersAUTH = cf.option("AuthMechanisms")?.origin
        } else {
            for ruleset in cf.rulesets.values.sorted(by: { $0.name < $1.name }) where !ruleset.rules.isEmpty {
                notes.obscure("S\(ruleset.name)", at: ruleset.origin, why: "rules of this site's own")
            }
        }
        for command in cf.brokenRules {
            notes.obscure(command.text, at: command.origin, why: "a rule without a tab between its two sides, which Sendmail skips")
        }
        for command in cf.commands where !"HOPTEMXQRSDCFKV \t".contains(command.letter) {
            notes.obscure(command.text, at: command.origin, why: "no command of a sendmail.cf")
        }
    }

    private mutating func readMacros(_ cf: SendmailCF) {
        for (name, value) in cf.macros {
            let text = cf.expanded(value.value) ?? value.value
            macros[name] = Sourced(text, value.origin)
            notes.ignore()
        }
        if let hub = cf.macros["H"] ?? cf.macros["S"] ?? cf.macros["R"], !hub.value.isEmpty { model.mailHub = hub.origin }
    }

    private mutating func readClasses(_ cf: SendmailCF, isWhole: Bool) {
        for name in cf.classes.keys.sorted() {
            for part in cf.classes[name] ?? [] {
                switch (name, part) {
                case ("R", .word(let word)) where word.value == "$={VirtHost}": notes.model()
                case ("R", .word(let word)): put(word, into: \.relayClass, cf)
                case ("w", .word(let word)): put(word, into: \.localClass, cf)
                case ("m", .word(let word)):
                    notes.model()
                    macros["m"] = macros["m"] ?? word
                case ("TrustAuthMech", .word(let word)): trust([word])
                case ("VirtHost", .word(let word)):
                    notes.model()
                    virtualHosts.append(word.map { $0.lowercased() })
                case ("R", .file(let path, let isOptional, let format, let origin)),
                    ("VirtHost", .file(let path, let isOptional, let format, let origin)):
                    relayFiles.append(ClassFile(path: path, isOptional: isOptional, format: format, origin: origin))
                case ("w", .file(let path, let isOptional, let format, let origin)):
                    localFiles.append(ClassFile(path: path, isOptional: isOptional, format: format, origin: origin))
                case ("R", .program(let text, let origin)), ("w", .program(let text, let origin)),
                    ("VirtHost", .program(let text, let origin)), ("TrustAuthMech", .program(let text, let origin)):
                    notes.obscure("F\(name)\(text)", at: origin, why: "a program says who is in the class")
                case ("TrustAuthMech", .file(let path, _, _, let origin)):
                    notes.obscure(path, at: origin, why: "mechanisms that are read from a file")
                default: notes.ignore()
                }
            }
        }
    }

    private mutating func put(
        _ word: Sourced<String>, into list: WritableKeyPath<Sendmail89Model, [Sourced<String>]>, _ cf: SendmailCF
    ) {
        guard let text = cf.expanded(word.value) else {
            // The host's own name is local without a word about it.
            if list == \.localClass, SendmailClasses.isHostName(word.value) { return notes.ignore() }
            return notes.obscure(word.value, at: word.origin ?? Origin(note: "class"), why: "a macro that is not defined here")
        }
        notes.model()
        model[keyPath: list].append(Sourced(text.lowercased(), word.origin))
    }

    // MARK: Rules

    /// FEATUREs leave their mark in the rules of a generated sendmail.cf.
    private mutating func readRules(_ cf: SendmailCF) {
        let rules = SendmailRules(cf)
        for mark in SendmailRules.marks {
            if let origin = rules.origin(mark.left, mark.right, in: mark.rulesets) { turnOn(mark.feature, origin) }
        }
        guard let check = rules.ruleset("check_rcpt", "checkrcpt") else {
            return notes.obscure(
                "no Scheck_rcpt", at: Origin(note: "rulesets"), why: "releases before 8.9, and others without rules, relay for everybody")
        }
        if rules.isPresent("checkrcpt") { turnOn(.delayChecks, check) }
        if rules.relayForEverybody { turnOn(.promiscuousRelay, check) }
        accessHasTags = rules.lookUpTags
        readOperators(cf, rules)
        if !rules.has("Domain name required", in: "Basic_check_mail") { turnOn(.acceptUnqualifiedSenders, check) }
        for unknown in rules.unknown { notes.obscure("S\(unknown.name)", at: unknown.origin, why: "\(unknown.why): \(unknown.text)") }
        readMapsOfFeatures(cf)
    }

    private mutating func readMapsOfFeatures(_ cf: SendmailCF) {
        for (map, feature) in Sendmail89Words.opaqueMaps {
            guard let found = cf.maps[map], let why = Sendmail89Words.opaqueFeatures[feature] else { continue }
            notes.obscure("K\(map)", at: found.origin, why: why)
        }
        for map in ["dnsbl", "ednsbl", "badmx", "mtamark"] {
            if let found = cf.maps[map] { notes.find(Sendmail89Audit.notCarriedOver("K\(map)", by: "the DNS", at: found.origin)) }
        }
    }

    /// `CO @ % !`: characters with which a local part may hide a host.
    private mutating func readOperators(_ cf: SendmailCF, _ rules: SendmailRules) {
        let words: [(String, Origin)] = (cf.classes["O"] ?? []).compactMap { part in
            if case .word(let word) = part { (word.value, word.origin ?? Origin(note: "class O")) } else { nil }
        }
        guard let origin = words.first?.1 else { return }
        if !words.contains(where: { $0.0 == "%" }) {
            turnOn(rules.has("PERCENT_HACK", in: "Rcpt_ok") ? .noPercentHackReject : .noPercentHackNoSpecial, origin)
        }
        if !words.contains(where: { $0.0 == "!" }) {
            turnOn(rules.has("BANG_PATH", in: "Rcpt_ok") ? .noUUCPReject : .noUUCPNoSpecial, origin)
        }
    }
}
