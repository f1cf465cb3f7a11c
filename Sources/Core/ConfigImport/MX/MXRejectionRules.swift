import MailTypes

/// REJMAN's rules as rules of `refuse`.
///
/// Rules with a sender alone are judged at MAIL, before any recipient is known, so that an exception with a recipient
/// never saves from them: they stand first, whatever their place.
enum MXRejectionRules {
    static func add(_ model: MXModel, to draft: inout PolicyDraft, notes: inout ImportNotes) {
        guard !model.rejections.isEmpty else { return }
        if let origin = model.authentication {
            var rule = RuleDraft(
                .pass, "authenticated", meaning: "rejection rules are not asked about whoever has logged in", origin: origin)
            rule.login()
            draft.addRefuse(rule)
        }
        for rejections in [model.rejections.filter { $0.recipient == nil }, model.rejections.filter { $0.recipient != nil }] {
            var group = RuleGroup()
            for rejection in rejections {
                guard let terms = terms(of: rejection, notes: &notes) else { continue }
                if group.take(terms) { continue }
                group.finish(&draft)
                _ = group.take(terms)
            }
            group.finish(&draft)
        }
    }

    /// What a rule of a policy needs to say.
    struct Terms: Hashable {
        /// Nil for every sender.
        var sender: Sourced<String>?
        var recipient: String?
        var clients: [IPRange]?
        var rejection: MXModel.Rejection

        /// Rules that differ in nothing but the sender can be one.
        func agrees(with other: Terms) -> Bool {
            sender != nil && other.sender != nil && recipient == other.recipient && clients == other.clients
                && rejection.isAcceptance == other.rejection.isAcceptance && rejection.reply == other.rejection.reply
        }
    }

    /// Nil for a rule that fits nothing, and for one that a policy cannot say.
    private static func terms(of rejection: MXModel.Rejection, notes: inout ImportNotes) -> Terms? {
        var terms = Terms(sender: nil, recipient: nil, clients: nil, rejection: rejection)
        if let pattern = rejection.clients, !pattern.isEverything {
            guard let clients = pattern.addresses else {
                notes.obscure("/ADDRESS=\(pattern)", at: rejection.origin, why: "it names too many single addresses")
                return nil
            }
            terms.clients = clients
        }
        for (pattern, isSender) in [(rejection.sender, true), (rejection.recipient, false)] {
            guard let pattern else { continue }
            switch pattern.addressForm {
            case .everything: break
            case .path(let text):
                if isSender { terms.sender = Sourced(text, rejection.origin) } else { terms.recipient = text }
            case .nothing:
                notes.find(MXFindings.neverMatches(pattern, rejection))
                return nil
            case .inexpressible:
                notes.obscure("\(pattern)", at: rejection.origin, why: "no pattern of a policy says this one")
                return nil
            }
        }
        return terms
    }

    /// Neighbours that become one rule.
    private struct RuleGroup {
        private var members: [Terms] = []

        mutating func take(_ terms: Terms) -> Bool {
            guard members.first.map({ $0.agrees(with: terms) }) ?? true else { return false }
            members.append(terms)
            return true
        }

        mutating func finish(_ draft: inout PolicyDraft) {
            guard let first = members.first else { return }
            let isAcceptance = first.rejection.isAcceptance
            var rule = RuleDraft(
                isAcceptance ? .pass : .reject, name(first),
                meaning: isAcceptance
                    ? "an exception from the rules behind it (/ACCEPT)"
                    : first.rejection.recipient == nil ? "senders that REJMAN rejects" : "mail that REJMAN rejects",
                origin: first.rejection.origin)
            if let clients = first.clients { rule.from(clients.map { Sourced($0, first.rejection.origin) }) }
            let senders = members.compactMap(\.sender)
            if !senders.isEmpty { rule.sender(senders) }
            if let recipient = first.recipient { rule.to([Sourced(recipient, first.rejection.origin)]) }
            if let reply = first.rejection.reply, !isAcceptance { rule.reply(550, "5.7.1", reply) }
            draft.addRefuse(rule)
            members = []
        }

        private func name(_ first: Terms) -> String {
            let patterns = [first.sender?.value ?? "*", first.rejection.recipient.map { "to \($0)" }].compactMap { $0 }
            return "REJMAN \(first.rejection.isAcceptance ? "accepts " : "")\(patterns.joined(separator: " "))"
        }
    }
}
