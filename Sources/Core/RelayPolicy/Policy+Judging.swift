import MailTypes

/// Reads the rule lists for one recipient: plainly, or by an index.
protocol RuleMatcher {
    /// For a postmaster only rules made of `from` are read (Meaning 9).
    mutating func readRefuse(_ request: RelayRequest, to recipient: Recipient) -> FirstMatch
    mutating func readRelay(_ request: RelayRequest, to recipient: Recipient) -> FirstMatch
}

extension Policy {
    /// The way of one recipient, in the order of the language page: demands, tricks, `refuse`, then delivery or
    /// `relay`. The first that says no ends it. `observe` of the listener and the node is not looked at here.
    func judge(_ request: RelayRequest, with matcher: inout some RuleMatcher) -> Decision {
        let listener = listener(of: request)
        if let listener, let unmet = unmetDemand(of: listener, request) { return unmet }
        guard let recipient = recipient(request.forwardPath, from: request.reversePath) else {
            return Decision(verdict: .reject, reason: .addressTrick, reply: StandardReply.addressForm)
        }

        let refuseMatch = matcher.readRefuse(request, to: recipient)
        if let refusal = refusal(by: refuseMatch, of: recipient) { return refusal }
        // On a listener for users nothing is delivery, so that ownership and limits hold for colleagues too.
        if recipient.isLocal && !(listener?.requiresLogin ?? false) {
            return permitted(recipient, .delivery, observed: refuseMatch.skippedAnObserver)
        }
        let relayMatch = matcher.readRelay(request, to: recipient)
        return relaying(
            by: relayMatch, recipient, observed: refuseMatch.skippedAnObserver || relayMatch.skippedAnObserver)
    }

    /// Nil when `refuse` lets the recipient go on, by `pass` or at its end.
    private func refusal(by match: FirstMatch, of recipient: Recipient) -> Decision? {
        switch match.outcome(atEnd: .pass) {
        case .end: return nil
        case .undecided: return undecided(recipient, observed: match.skippedAnObserver)
        case .rule(let index, let verb, _):
            guard verb != .pass else { return nil }
            return refused(
                by: refuse[index], recipient, standard: StandardReply.refused, observed: match.skippedAnObserver)
        }
    }

    private func relaying(by match: FirstMatch, _ recipient: Recipient, observed: Bool) -> Decision {
        switch match.outcome(atEnd: .reject) {
        case .end:
            return Decision(
                verdict: .reject, reason: match.failedByOwnershipAlone ? .senderNotOwned : .noRule,
                reply: StandardReply.relayingDenied, forwardPath: recipient.path, observed: observed)
        case .undecided: return undecided(recipient, observed: observed)
        case .rule(let index, .permit, let required):
            return permitted(
                recipient, .relayRule, by: relay[index].reference,
                charging: required.filter { !relay[$0].limits.isEmpty }, observed: observed)
        case .rule(let index, _, _):
            return refused(
                by: relay[index], recipient, standard: StandardReply.relayingDenied, observed: observed)
        }
    }

    /// Permitted, unless it is to a local domain whose line lists its mailboxes and this is none of them. That is
    /// asked after the rules, so that whoever may not send anyway cannot find out who is there.
    private func permitted(
        _ recipient: Recipient, _ reason: Reason, by rule: Decision.RuleReference? = nil, charging: [Int] = [],
        observed: Bool
    ) -> Decision {
        guard isListed(recipient) else {
            return Decision(
                verdict: .reject, reason: .unknownRecipient, reply: StandardReply.unknownRecipient,
                forwardPath: recipient.path, observed: observed)
        }
        return Decision(
            verdict: .permit, reason: reason, rule: rule, reply: StandardReply.recipientOK,
            forwardPath: recipient.path,
            destination: recipient.isLocal
                ? .delivery(via: recipient.localEntry.flatMap { local.entries[$0].upstream }) : .relay,
            chargedRules: charging, observed: observed)
    }

    private func isListed(_ recipient: Recipient) -> Bool {
        guard let entry = recipient.localEntry, !recipient.isPostmaster, case .mailbox(let mailbox) = recipient.path,
            let mailboxes = local.entries[entry].recipients
        else { return true }
        return mailboxes.contains(Mailbox(localPart: mailbox.localPart.withCaseFolded, domain: mailbox.domain))
    }

    private func refused(by rule: Rule, _ recipient: Recipient, standard: Reply, observed: Bool) -> Decision {
        Decision(
            verdict: rule.verb == .defer ? .defer : .reject, reason: .denyRule, rule: rule.reference,
            reply: rule.reply(orReject: standard, orDefer: StandardReply.deferred), forwardPath: recipient.path,
            observed: observed)
    }

    private func undecided(_ recipient: Recipient, observed: Bool) -> Decision {
        Decision(
            verdict: .defer, reason: .undecided, reply: StandardReply.undecided, forwardPath: recipient.path,
            observed: observed)
    }
}
