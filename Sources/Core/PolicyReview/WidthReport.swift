import Diagnostics
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// The warning "wide" (Meaning 5), by what a permit grants after `except`, earlier rules and all its other lines.
struct WidthReport {
    let diagnostics: [Diagnostic]

    /// Says nothing where the reading is coarse: it would call wide what earlier rules narrow.
    init(policy: Policy, reading: StrangersReading) {
        diagnostics = (reading.isExact ? reading.openRules : []).compactMap { open in
            // More is for `StrangersReport`.
            guard open.addresses.isWide, !open.addresses.holdsStrangers else { return nil }
            let rule = policy.relay[open.rule]
            return Diagnostic(
                .warning, "\"\(rule.name)\" is wide: it permits \(AddressAmount.text(open.addresses))", at: rule.at,
                why: "more than a /16 of IPv4 or a /48 of IPv6 is seldom one's own", fix: "name the networks that need it")
        }
    }
}
