import Diagnostics
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// The critical finding: strangers can relay, and by which rules.
struct StrangersReport {
    static let id = "GP-003"
    let policy: Policy
    let reading: StrangersReading

    var diagnostics: [Diagnostic] {
        guard reading.answer.mayBeYes else { return [] }
        var found = reading.rulesWithoutProof.map { policy.relay[$0] }.map { rule in
            Diagnostic(
                .critical, id: Self.id, "strangers \(can) relay: \"\(rule.name)\" asks for no proof", at: rule.at,
                why: "`proof none` lets everyone relay whom its other lines fit" + coarseness,
                fix: allowance + "write who may ask instead: from NETWORK, login any, tls client-certificate FILE, pop logged-in")
        }
        let rules = reading.openRules.filter { !policy.relay[$0.rule].proofNone && !$0.addresses.isEmpty }
        let all = rules.reduce(AddressSet()) { $0.union($1.addresses) }
        guard all.holdsStrangers,
            let widest = rules.max(by: { Self.share($0.addresses) < Self.share($1.addresses) })
        else { return found }
        let rule = policy.relay[widest.rule]
        let what =
            rule.conditions.name == nil
            ? "permits \(AddressAmount.text(widest.addresses))" : "asks for a name that anybody can have"
        let names = rules.map { "\"\(policy.relay[$0.rule].name)\"" }
        found.append(
            Diagnostic(
                .critical, id: Self.id, "strangers \(can) relay: \"\(rule.name)\" \(what)", at: rule.at,
                why:
                    "\(listed(names)) permit\(names.count == 1 ? "s" : ", taken together,") \(AddressAmount.text(all)) without a login, certificate, POP login or name of their own, and more than a /8 of IPv4 or a /20 of IPv6 is nobody's own" + coarseness,
                fix: allowance + "name the networks that are yours, or ask for a login"))
        return found
    }

    private var can: String { reading.isExact ? "can" : "may be able to" }

    private var allowance: String { reading.isExact ? "" : "--effort N (of `check` and `run`) allows for more; or " }

    private var coarseness: String {
        reading.isExact
            ? ""
            : "; the rules overlap so much that they were read one by one, and whatever stands before one was left out"
    }

    private static func share(_ set: AddressSet) -> Double {
        max(Double(set.count(.v4)) / 0x1p24, Double(set.count(.v6)) / 0x1p108)
    }
}

/// `"a", "b" and "c"`
func listed(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.joined() }
    return names.dropLast().joined(separator: ", ") + " and " + last
}
