import AnalysisRecords
import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import PolicyLanguage
import PolicyTightening
import RelayPolicy

/// What `tighten` found, for people and as `docs/json/tighten.schema.json` describes it.
struct TightenReport {
    let observations: Observations
    let tightening: Tightening
    let unread: UnreadParts
    let now: Instant
    /// Lines of `tests` that the policy as it is fulfils and the tightened one does not.
    let failingTests: [Diagnostic]

    private var old: Policy { observations.policy }

    var json: JSONValue {
        .object([
            .init("observed", .number(observations.relayed)),
            .init("from", .optional(observations.first?.rfc3339())),
            .init("to", .optional(observations.last?.rfc3339())),
            .init("tooOld", .number(observations.tooOld)), .init("refusedThen", .number(observations.refusedThen)),
            .init("notPermittedNow", .number(observations.notPermittedNow)),
            .init("unread", .number(unread.unread)), .init("newer", .number(unread.newer)),
            .init("withoutClient", .number(unread.withoutClient)),
            .init("rules", .array(tightening.proposals.map(json))),
            .init("stillPermitted", .number(tightening.stillPermitted)),
            .init("difference", tightening.difference.json(from: old, to: tightening.policy)),
            .init(
                "addresses",
                .object([
                    .init("before", json(tightening.addresses.before)),
                    .init("after", json(tightening.addresses.after)),
                ])),
            .init(
                "failingTests",
                .array(
                    failingTests.map {
                        .object([.init("at", .string($0.at.lineReference)), .init("problem", .string($0.message))])
                    })
            ),
        ])
    }

    private func json(_ proposal: RuleProposal) -> JSONValue {
        let rule = old.relay[proposal.rule]
        let usage = observations.usage[proposal.rule]
        var (outcome, why) = ("keep", JSONValue.null)
        switch proposal.outcome {
        case .narrower: outcome = "narrower"
        case .delete: outcome = "delete"
        case .keep(let reason): why = .string(text(reason))
        }
        return .object([
            .init("name", .string(rule.name)), .init("at", .string(rule.at.lineReference)),
            .init("outcome", .string(outcome)), .init("why", why), .init("requests", .number(usage.requests)),
            .init("addresses", .number(usage.addresses.count)), .init("senders", .number(usage.senders.count)),
            .init("senderDomains", .number(usage.senders.domains.count)),
            .init("recipients", .number(usage.recipients.count)),
            .init("recipientDomains", .number(usage.recipients.domains.count)),
            .init("logins", .number(usage.logins.count)),
            .init("permittedAddresses", rule.conditions.from.map { json($0.set) } ?? .null),
            .init("lines", tightening.lines(of: proposal).map { .array($0.map { .string($0) }) } ?? .null),
        ])
    }

    /// Decimal numbers as text, since IPv6 has more than a JSON number holds.
    private func json(_ set: AddressSet) -> JSONValue {
        .object([.init("ipv4", .string("\(set.count(.v4))")), .init("ipv6", .string("\(set.count(.v6))"))])
    }
}

// For people.
extension TightenReport {
    var text: String {
        var lines: [String] = []
        for proposal in tightening.proposals {
            let rule = old.relay[proposal.rule]
            var line = "\"\(rule.name)\" (\(rule.at.lineReference)): "
            switch proposal.outcome {
            case .narrower: line += use(proposal.rule)
            case .delete: line += "not used; delete it"
            case .keep(let why): line += "\(use(proposal.rule)); stays: \(text(why))"
            }
            lines.append(EscapedText.forTerminal(line))
            lines += (tightening.lines(of: proposal) ?? []).map { "    " + EscapedText.forTerminal($0) }
        }
        if !lines.isEmpty { lines.append("") }
        return (lines + proof + remarks).joined(separator: "\n")
    }

    /// Networks that take more room are counted.
    private static let longestShown = 60

    /// `10.0.0.0/8 is permitted; 14 addresses relayed, as 3 senders, to 2 domains`
    private func use(_ index: Int) -> String {
        let usage = observations.usage[index]
        guard usage.requests > 0 else { return "not used" }
        let permitted = old.relay[index].conditions.from.map { from in
            from.text.count <= Self.longestShown ? "\(from.text) is permitted; " : "permitted are \(amount(from.set)); "
        }
        let addresses = usage.addresses.count
        let parts = [
            "\(number(addresses)) \(addresses == 1 ? "address" : "addresses") relayed",
            usage.logins.isEmpty ? "as \(counted(usage.senders.count, "sender"))"
                : "with \(counted(usage.logins.count, "login")), as \(counted(usage.senders.count, "sender"))",
            "to \(counted(usage.recipients.domains.count, "domain")): \(counted(usage.requests, "recipient"))",
        ]
        return (permitted ?? "") + parts.joined(separator: ", ")
    }

    private func text(_ why: RuleProposal.Why) -> String {
        switch why {
        case .used: "no fewer words say what was used"
        case .grantsNothing: "it is not in force"
        case .factsNotInLog(let words):
            "no record of permitted mail says anything of \(words.map { "`\($0)`" }.joined(separator: ", "))"
        case .decidedOtherwiseNow(let count): "the log names it for \(number(count)) that are decided otherwise now"
        case .notProved: "narrower lines would break what was seen"
        }
    }

    private var proof: [String] {
        guard observations.relayed > 0 else { return ["nothing was relayed that is permitted now: nothing to go by"] }
        let time = [observations.first, observations.last].compactMap { $0.map { "\($0.day)" } }.joined(
            separator: " to ")
        guard !tightening.changes.isEmpty else {
            return ["nothing to tighten, by \(counted(observations.relayed, "observed relaying")), \(time)"]
        }
        let (before, after) = tightening.addresses
        var lines = [
            "\(number(tightening.stillPermitted)) of \(counted(observations.relayed, "observed relaying")) stay permitted, "
                + time,
            "rights gained: none; classes of requests that lose theirs: \(number(tightening.difference.lost.count))",
            "addresses that may relay without further proof: \(amount(before)) → \(amount(after))",
        ]
        let more = tightening.difference.limits.count { $0.effect != .fewer }
        if more > 0 {
            lines.append("classes of requests that a later rule relays now, which does not limit as the one before: \(number(more))")
        }
        if !failingTests.isEmpty {
            lines.append("lines of `tests` that have to change too: \(number(failingTests.count))")
            lines += failingTests.prefix(5).map { "    \($0.at.lineReference): \(EscapedText.forTerminal($0.message))" }
        }
        return lines
    }

    private var remarks: [String] {
        var lines: [String] = []
        if observations.refusedThen > 0 {
            lines.append("\(number(observations.refusedThen)) refused then and relayed now: no use, not counted")
        }
        if observations.notPermittedNow > 0 {
            lines.append(
                "\(number(observations.notPermittedNow)) permitted then and not now; `gatepost replay` shows them")
        }
        if observations.tooOld > 0 { lines.append("\(number(observations.tooOld)) older than --since, not counted") }
        return lines + unread.remarks
    }

    private func amount(_ set: AddressSet) -> String {
        var parts: [String] = []
        if set.count(.v4) > 0 { parts.append("\(AddressAmount.grouped(set.count(.v4))) IPv4") }
        let wide = set.count(.v6)
        if wide > 0 {
            parts.append(
                wide < 1 << 32 ? "\(AddressAmount.grouped(wide)) IPv6" : "an IPv6 /\(AddressAmount.prefix(of: wide))")
        }
        return parts.isEmpty ? "none" : parts.joined(separator: " and ")
    }

    private func number(_ count: Int) -> String { grouped(count) }
    private func counted(_ count: Int, _ noun: String) -> String { "\(number(count)) \(noun)\(count == 1 ? "" : "s")" }
}
