/// What the rules of a check_rcpt do, known by their shape: both sides without blanks.
struct CheckRecipientShapes {
    let configuration: SendmailCF
    private(set) var steps: [Sourced<CheckRecipientModel.Step>] = []
    /// Rules of no known shape.
    private(set) var unknown: [SendmailCF.Rule] = []
    /// What the workspace holds.
    private var subject = Subject.recipient
    /// The client stands before a `$|` in it, the recipient behind.
    private var holdsBoth = false
    /// The recipient in it is canonical, its host in `<@…>`.
    private var isCanonical = false
    private var visited: Set<String> = []

    private enum Subject { case recipient, address, name }
    private typealias Step = CheckRecipientModel.Step

    init(_ configuration: SendmailCF, ruleset: String) {
        self.configuration = configuration
        read(ruleset)
    }

    /// A ruleset that calls itself only repeats what it does, so each is read once.
    private mutating func read(_ name: String) {
        guard visited.insert(name).inserted, let ruleset = configuration.rulesets[name] else { return }
        for rule in ruleset.rules {
            let left = SendmailCF.withoutBlanks(rule.left)
            let right = SendmailCF.withoutBlanks(rule.right)
            if let callee = callee(left, right) {
                read(callee)
            } else if let step = step(left, right) {
                steps.append(Sourced(step, rule.origin))
            } else {
                unknown.append(rule)
            }
        }
    }

    /// `R$*<@$+.>$*  $: $>remove_local $1<@$2.>$3`: the rules of another ruleset stand here.
    private func callee(_ left: String, _ right: String) -> String? {
        guard left == "$*<@$+.>$*", right.hasPrefix("$:$>") else { return nil }
        let name = String(right.dropFirst(4).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        return configuration.rulesets.keys.filter { name.hasPrefix($0) && $0 != "3" }.max { $0.count < $1.count }
    }

    private mutating func step(_ left: String, _ right: String) -> Step? {
        if right.contains("$&{client_addr}") {
            (subject, holdsBoth) = (.address, right.contains("$|"))
            return .takeAddress
        }
        if right.contains("$&{client_name}") {
            (subject, holdsBoth) = (.name, right.contains("$|"))
            return .takeName
        }
        if right.hasPrefix("$:$>3") && ["$*$|$*", "$*$|$+", "$+", "$*"].contains(left) {
            // Where no rule has put the client before it, a rule with `$|` never fits.
            if left.contains("$|"), !holdsBoth { return .neverForClients }
            becomeCanonical()
            return .canonify
        }
        if right.hasPrefix("$:$>Parse0$>3") {
            becomeCanonical()
            return .resolve
        }
        // As the client wrote it a recipient is `<u@host>`, in which no rule finds `<@host>`. A rule that is not known
        // may have made it canonical.
        if subject == .recipient, !isCanonical, unknown.isEmpty, left.contains("<@") { return .neverForClients }
        if right.contains("$#error") { return refusal(left) }
        return switch subject {
        case .recipient: recipientStep(left, right)
        case .address, .name: clientStep(left, right)
        }
    }

    private mutating func becomeCanonical() { (subject, holdsBoth, isCanonical) = (.recipient, false, true) }

    private func refusal(_ left: String) -> Step? {
        switch left {
        case "$*<@$+>$*", "$*<@$*>$*", "$+<@$+>", "$+<@$+>$*": .rejectHost
        case "<RELAY>$|$*": .rejectMarked
        case "$*", "$+": .rejectAll
        default: nil
        }
    }

    // MARK: The client

    private func clientStep(_ left: String, _ right: String) -> Step? {
        guard right.hasPrefix("$@") else { return nil }
        var core = left
        for tail in ["$|$*", "$|$+"] where core.hasSuffix(tail) { core = String(core.dropLast(tail.count)) }
        // `0` and nothing: a session on the command line.
        if ["", "0", "$@"].contains(core) { return .neverForClients }
        // No address is a single word; a name may be one.
        if core == "$-" { return subject == .name ? .acceptOneWordName : .neverForClients }
        if subject == .address, let (name, rest) = Self.leadingClass(core) {
            return switch rest {
            case "$*": .acceptAddress(class: name, demandsMore: false)
            case ".$*", ".$+": .acceptAddress(class: name, demandsMore: true)
            default: nil
            }
        }
        guard subject == .name else { return nil }
        if let (name, rest) = Self.leadingClass(core), rest.isEmpty { return .acceptName(class: name, suffix: false) }
        if core.hasPrefix("$*"), let (name, rest) = Self.leadingClass(String(core.dropFirst(2))), rest.isEmpty {
            return .acceptName(class: name, suffix: true)
        }
        return nil
    }

    // MARK: The recipient

    private func recipientStep(_ left: String, _ right: String) -> Step? {
        if left == "$-", right.hasPrefix("$@") { return .acceptBare }
        if right == "$:$(dequote$1$)", ["$+", "$*"].contains(left) { return .dequote }
        if Self.takesDotOff(left, right) { return .neverForClients }
        if right.hasPrefix("$:relay") {
            switch left {
            case "$*%$*": return .suspect(.percent)
            case "$*@$*<@$*.>", "$*@$*<@$*>": return .suspect(.at)
            default: return nil
            }
        }
        if left == "$*<@$+>$*", right == "$:<RELAY>" { return .markHost }
        if let allow = senderStep(left, right) { return allow }
        return hostStep(left, right)
    }

    /// `R$+<@$*.>$*  $:$1<@$2>`: the host without the dot that canonical names end in; what follows it is a remark.
    private static func takesDotOff(_ left: String, _ right: String) -> Bool {
        ["$+<@$*.>$*", "$*<@$*.>$*", "$+<@$*.>", "$*<@$*.>"].contains(left) && ["$:$1<@$2>$3", "$:$1<@$2>"].contains(right)
    }

    /// The four rules by which check_rcpt5 asks for the sender; the last says yes.
    private func senderStep(_ left: String, _ right: String) -> Step? {
        if right.contains("$&f"), left == "$*" { return .neverForClients }
        if left == "$*$|$*<@$*.>$*", right.contains("$>allow") { return .neverForClients }
        return left.hasPrefix("$*$|$*<@$*@ALLOWED>") && right.hasPrefix("$@") ? .acceptSender : nil
    }

    /// `$*<@$=w.>$*`, `$+<@$*$={RelayTo}.>`: a class at the host's place.
    private func hostStep(_ left: String, _ right: String) -> Step? {
        guard left.hasPrefix("$*<@") || left.hasPrefix("$+<@") else { return nil }
        var core = String(left.dropFirst(4))
        let isSuffix = core.hasPrefix("$*")
        if isSuffix { core = String(core.dropFirst(2)) }
        guard let (name, rest) = Self.leadingClass(core), [".>$*", ".>", ">", ">$*"].contains(rest) else { return nil }
        if right.hasPrefix("$@"), !right.contains("$>") { return .stop(class: name, suffix: isSuffix) }
        return right.contains("$>3") ? .strip(class: name, suffix: isSuffix) : nil
    }

    /// `$=w…` or `$={LocalIP}…`
    private static func leadingClass(_ text: String) -> (name: String, rest: String)? {
        text.hasPrefix("$=") ? SendmailCF.name(String(text.dropFirst(2))) : nil
    }
}
