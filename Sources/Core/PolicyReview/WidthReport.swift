import Diagnostics
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// The warning "wide" (Meaning 5), by what a permit grants after `except`, earlier rules and all its other lines.
struct WidthReport {
    /// A /16 and a /48.
    private static let wideIPv4: UInt128 = 1 << 16
    private static let wideIPv6: UInt128 = 1 << 80
    /// More is for `StrangersReport`.
    private static let criticalIPv4: UInt128 = 1 << 24
    private static let criticalIPv6: UInt128 = 1 << 108

    let diagnostics: [Diagnostic]

    /// Says nothing where the reading is coarse: it would call wide what earlier rules narrow.
    init(policy: Policy, reading: StrangersReading) {
        diagnostics = (reading.isExact ? reading.openRules : []).compactMap { open in
            let (v4, v6) = (open.addresses.count(.v4), open.addresses.count(.v6))
            guard v4 > Self.wideIPv4 || v6 > Self.wideIPv6, v4 <= Self.criticalIPv4, v6 <= Self.criticalIPv6 else { return nil }
            let rule = policy.relay[open.rule]
            return Diagnostic(
                .warning, "\"\(rule.name)\" is wide: it permits \(AddressAmount.text(open.addresses))", at: rule.at,
                why: "more than a /16 of IPv4 or a /48 of IPv6 is seldom one's own", fix: "name the networks that need it")
        }
    }
}
