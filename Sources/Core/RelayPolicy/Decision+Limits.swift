import MailTypes

extension Decision {
    /// What becomes of a permit when one of the limits that it charges is spent: no later rule is tried (Meaning 8).
    public func whenSpent(_ limit: Limit, of rule: Rule) -> Decision {
        Decision(
            verdict: limit.thenReject ? .reject : .defer, reason: .limit, rule: rule.reference,
            reply: limit.thenReject ? StandardReply.limitSpentForGood : StandardReply.limitSpent,
            forwardPath: forwardPath, observed: observed, wouldHaveBeen: wouldHaveBeen)
    }

    /// What becomes of it when that limit cannot be read.
    public func whenLimitCannotBeRead(of rule: Rule) -> Decision {
        Decision(
            verdict: .defer, reason: .storeDown, rule: rule.reference, reply: StandardReply.undecided,
            forwardPath: forwardPath, observed: observed, wouldHaveBeen: wouldHaveBeen)
    }
}
