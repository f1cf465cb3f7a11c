import Diagnostics
import MailTypes
import RelayPolicy

/// What is merely unwise: warnings, and the one finding that is critical (language page, Meaning 17).
extension ConfigurationReader {
    /// Pairs of rules are compared up to this number of rules, since their number grows with its square.
    private static let mostRulesCompared = 1000

    mutating func checkWhatIsUnwise() {
        // A rule that could not be read may be the one that keeps strangers out.
        if !rules.contains(where: \.isBroken) {
            for problem in StrangersCheck(rules: rules, today: now.day).problems { problems.add(problem) }
        }
        for reading in rules where !reading.isBroken {
            checkDates(reading)
            checkConditions(reading)
            if reading.rule.verb == .permit { checkGrant(reading) } else { checkRefusal(reading) }
        }
        checkReach()
        checkTestedListeners()
    }

    private mutating func checkDates(_ reading: RuleReading) {
        guard let until = reading.rule.until else { return }
        let left = Int(until.number) - Int(now.day.number)
        let place = reading.place(of: "until")
        if left < 0 {
            warn(
                "\"\(reading.rule.name)\" is over since the end of \(until)", at: place,
                fix: "delete the rule, or give it a new date")
        } else if left <= 14 {
            let when = left == 0 ? "today" : left == 1 ? "tomorrow" : "in \(left) days"
            warn("\"\(reading.rule.name)\" ends \(when)", at: place, fix: "give it a new date if it is still needed")
        }
    }

    private mutating func checkConditions(_ reading: RuleReading) {
        let conditions = reading.rule.conditions
        for (word, addresses) in [("from", conditions.from), ("local-address", conditions.localAddress)] {
            if let addresses, addresses.set.isEmpty, addresses.text.split(separator: " ").contains("except") {
                warn("`\(word)` never fits: its exceptions take everything away", at: reading.place(of: word))
            }
        }
        func importOnly(_ form: String, _ word: String, _ why: String) {
            warn("`\(form)` is for imported policies", at: reading.place(of: word), why: why)
        }
        if case .oneOf = conditions.helo { importOnly("helo", "helo", "the client chooses its HELO name") }
        if conditions.login?.mechanisms != nil {
            importOnly("mechanism", "login", "how a client logs in says little about who it is")
        }
        if conditions.localAddress != nil {
            importOnly("local-address", "local-address", "`listener` says the same by a name")
        }
        for (word, patterns) in [("sender", conditions.sender), ("to", conditions.to)] {
            let endsWith = patterns?.set.patterns.contains { if case .endsWith = $0 { true } else { false } }
            if endsWith == true { importOnly("ends-with:", word, "it also means domains of strangers that end alike") }
        }
    }

    private mutating func checkRefusal(_ reading: RuleReading) {
        let rule = reading.rule
        guard rule.verb != .pass else { return }
        if rule.conditions.sender?.set.patterns.contains(.null) == true {
            warn(
                "\"\(rule.name)\" refuses `<>`", at: reading.place(of: "sender"),
                why:
                    "bounces and delivery reports have no other sender (RFC 5321 §4.5.5): senders here would never hear that their mail failed",
                fix: "leave `<>` out")
        }
        if case .oneOf = rule.conditions.name {
            warn(
                "\"\(rule.name)\" can be evaded", at: reading.place(of: "name"),
                why: "whoever owns the reverse zone of an address chooses its name, or takes it away",
                fix: "reject by `from`, or permit by name and reject the rest")
        }
    }

    // MARK: Several rules

    private mutating func checkReach() {
        for section in [RuleReading.Section.connection, .refuse, .relay] {
            let readings = rules.filter { $0.section == section && !$0.isBroken }
            var earlier: [Conditions: RuleReading] = [:]
            for (index, reading) in readings.enumerated() {
                let key = reading.rule.conditions.withoutTexts
                if let first = earlier[key], isPermanent(first.rule) {
                    let same =
                        first.rule.verb == reading.rule.verb ? "fits the same as" : "is never reached: the same fits"
                    warn(
                        "\"\(reading.rule.name)\" \(same) \"\(first.rule.name)\" in line \(first.rule.at.line)",
                        at: reading.rule.at, fix: "delete one of them")
                } else if index < Self.mostRulesCompared, reading.rule.conditions.from?.set.isEmpty != true,
                    let cover = readings[..<index].first(where: {
                        isPermanent($0.rule) && RuleCovering(wide: $0.rule, narrow: reading.rule).holds
                    })
                {
                    warn(
                        "\"\(reading.rule.name)\" is never reached", at: reading.rule.at,
                        why: "\"\(cover.rule.name)\" in line \(cover.rule.at.line) fits whatever it fits",
                        fix: "write it above that one, or delete it")
                }
                if earlier[key] == nil || !isPermanent(earlier[key]?.rule ?? reading.rule) { earlier[key] = reading }
            }
        }
    }

    /// Whether it ends the reading of the list wherever it fits, today and later.
    private func isPermanent(_ rule: Rule) -> Bool { !rule.observes && rule.until == nil }

    private mutating func checkTestedListeners() {
        var tested: Set<String> = []
        for test in configuration.tests {
            if case .decision(_, let request, _, _) = test.claim, let listener = request.listener {
                tested.insert(listener)
            }
        }
        for listener in configuration.listeners where !tested.contains(listener.name) {
            warn(
                "no test speaks of the listener `\(listener.name)`", at: listener.at,
                fix:
                    "write into `tests`, for one: reject listener \(listener.name) from 198.51.100.7 sender x@evil.example to y@victim.example"
            )
        }
    }
}

extension Conditions {
    /// Equal for conditions that mean the same but were written with other words.
    fileprivate var withoutTexts: Conditions {
        var conditions = self
        conditions.from?.text = ""
        conditions.localAddress?.text = ""
        conditions.sender?.text = ""
        conditions.to?.text = ""
        conditions.listeners?.sort()
        return conditions
    }
}
