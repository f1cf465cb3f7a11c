import DecisionRecords
import Diagnostics
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// Narrower rules from what was really used, with the proof that nothing observed would break.
///
/// What is proved is the policy that the proposed text says when it is read again, not the one that was meant.
public struct Tightening: Sendable {
    /// One for each permit, in the order of the rules. All are kept where nothing was relayed: no use is no evidence.
    public private(set) var proposals: [RuleProposal]
    /// The policy with all proposals carried out.
    public private(set) var policy: Policy
    /// Observed relayings that stay permitted: all of them, or this would not have been made.
    public private(set) var stillPermitted = 0
    /// From the policy as it is to the tightened one. Nothing is gained.
    public let difference: RightsDifference
    /// Those that may relay something without a login, certificate, POP login or name: before and after.
    public let addresses: (before: AddressSet, after: AddressSet)
    private let editor: RuleEditor
    private let names: [String]

    /// Why there is no proposal.
    public enum Failure: Error, Sendable {
        /// The file cannot be read again.
        case unreadable([Diagnostic])
        /// What was proposed gives rights, or takes an observed one, even after doubtful rules were kept. A mistake of
        /// this program.
        case notProved
        /// The rules overlap so much that the proof was not found with the effort that it may cost.
        case effortSpent
    }

    /// `bytes` is the file that the observations' policy was read from, and `read` reads such a file.
    public init(
        _ observations: Observations, file: String, bytes: [UInt8], at now: Instant, read: ([UInt8]) -> ReadResult
    ) throws(Failure) {
        let old = observations.policy
        let permits = old.relay.indices.filter { old.relay[$0].verb == .permit }
        names = old.relay.map(\.name)
        editor = RuleEditor(bytes, file: file)
        guard observations.relayed > 0 else {
            (proposals, policy, addresses) = ([], old, (AddressSet(), AddressSet()))
            difference = try Self.withinEffort { () throws(EffortSpent) in try RightsDifference(from: old, to: old, at: now) }
            return
        }
        var kept: Set<Int> = []
        while true {
            let proposals = permits.map {
                kept.contains($0) ? RuleProposal(keeping: $0) : RuleProposal($0, of: observations, at: now)
            }
            let edits = proposals.compactMap { $0.edit(of: old.relay[$0.rule].name) }
            let result = read(editor.edited(edits, withoutTests: true))
            guard let tightened = result.configuration?.policy else { throw .unreadable(result.diagnostics) }
            let replay = observations.replayed(under: tightened)
            if replay.broken.isEmpty {
                difference = try Self.withinEffort { () throws(EffortSpent) in
                    try RightsDifference(from: old, to: tightened, at: now)
                }
                addresses = try Self.withinEffort { () throws(EffortSpent) in
                    (before: try old.addressesThatRelay(at: now), after: try tightened.addressesThatRelay(at: now))
                }
                guard difference.gained.isEmpty, !difference.treatsAddressFormsOtherwise else { throw .notProved }
                (self.proposals, policy) = (proposals, tightened)
                stillPermitted = replay.permitted
                return
            }
            // A sender of bytes that no file can hold, for one. Its rules stay as they are.
            guard !replay.broken.isSubset(of: kept) else { throw .notProved }
            kept.formUnion(replay.broken)
        }
    }

    private static func withinEffort<Answer>(_ ask: () throws(EffortSpent) -> Answer) throws(Failure) -> Answer {
        do throws(EffortSpent) { return try ask() } catch { throw .effortSpent }
    }

    /// The proposals that change something.
    public var changes: [RuleProposal] { proposals.filter { $0.edit(of: "") != nil } }

    /// The lines of the rule as proposed, in canonical layout; nil if it is to be deleted, or stays.
    public func lines(of proposal: RuleProposal) -> [String]? {
        proposal.edit(of: names[proposal.rule]).flatMap(editor.text)
    }
}

extension RuleProposal {
    /// Nil if the rule stays.
    fileprivate func edit(of name: String) -> RuleEdit? {
        switch outcome {
        case .narrower(let conditions): RuleEdit(rule: name, change: .conditions(conditions))
        case .delete: RuleEdit(rule: name, change: .delete)
        case .keep: nil
        }
    }
}

extension Observations {
    /// How many of the observed relayings another policy relays too, and the rules by which the others were.
    fileprivate func replayed(under other: Policy) -> (permitted: Int, broken: Set<Int>) {
        var permitted = 0
        var broken: Set<Int> = []
        for (trial, count) in requests {
            let decision = trial.judged(by: other).explanation.decision
            if decision.verdict == .permit, decision.reason == .relayRule {
                permitted += count
            } else {
                broken.formUnion(rules(of: trial.judged(by: policy).explanation))
            }
        }
        return (permitted, broken)
    }
}
