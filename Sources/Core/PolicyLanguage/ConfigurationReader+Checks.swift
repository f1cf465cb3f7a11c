import Diagnostics
import MailTypes
import RelayPolicy

/// What is merely unwise, as far as single lines show it (language page, Meaning 17). What takes all rules together is
/// the work of `PolicyReview`.
extension ConfigurationReader {
    mutating func checkWhatIsUnwise() {
        for reading in rules where !reading.isBroken {
            checkDates(reading)
            checkConditions(reading)
            if reading.rule.verb == .permit { checkGrant(reading) } else { checkRefusal(reading) }
        }
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
