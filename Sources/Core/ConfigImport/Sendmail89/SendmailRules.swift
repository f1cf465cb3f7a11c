/// The rules of a generated sendmail.cf that decide about relaying, looked at for the marks of FEATUREs and for rules
/// that Sendmail did not ship.
struct SendmailRules {
    private let cf: SendmailCF

    init(_ cf: SendmailCF) { self.cf = cf }

    /// A rule whose sides, without blanks, begin so stands in one of the rulesets.
    struct Mark {
        var feature: Sendmail89Model.Feature
        var left: String
        var right: String
        var rulesets: [String]
    }

    static let marks: [Mark] = [
        Mark(feature: .skip, left: "<SKIP>", right: "$@<$2>", rulesets: ["D"]),
        Mark(feature: .lookupDotDomain, left: "<?><$+.$+><$+><$-$-><$*>", right: "$:<$(access", rulesets: ["D"]),
        Mark(feature: .relayToFullAddress, left: "$+<@$+>", right: "$:$1<@$2>$|$>SearchList<+To>", rulesets: ["Rcpt_ok"]),
        Mark(feature: .relayToFullAddress, left: "$+<@$+>", right: "$:<$(accessTo:$1@$2", rulesets: ["Rcpt_ok"]),
        Mark(feature: .relayEntireDomain, left: "$+<@$*$=m>", right: "$@RELAY", rulesets: ["Rcpt_ok"]),
        Mark(feature: .relayHostsOnly, left: "$+<@$=R>", right: "$@RELAY", rulesets: ["Rcpt_ok"]),
        Mark(feature: .relayBasedOnMX, left: "$+<@$+>", right: "$:<:$(mxserved", rulesets: ["Rcpt_ok"]),
        Mark(feature: .looseRelayCheck, left: "$*", right: "$:$>CanonAddr", rulesets: ["Rcpt_ok"]),
        Mark(feature: .blocklistRecipients, left: "<>", right: "$:<@><$1>$|$>SearchList<+To>", rulesets: ["Rcpt_ok"]),
        Mark(feature: .blocklistRecipients, left: "<><$*>$|<$+>", right: "$:<@><$1>$|$>SearchList<+To>", rulesets: ["Rcpt_ok"]),
        Mark(feature: .relayLocalFrom, left: "<?>$+<@$=w>", right: "$@RELAY", rulesets: ["Relay_ok"]),
        Mark(feature: .relayMailFrom, left: "<?>$+<@$+>", right: "$:<@>$>SearchList<!From>", rulesets: ["Relay_ok"]),
        Mark(
            feature: .relayMailFromDomain, left: "<?>$+<@$+>", right: "$:<@>$>SearchList<!From>$|<F:$1@$2><D:$2>",
            rulesets: ["Relay_ok"]),
        Mark(
            feature: .relayMailFromDomain, left: "<?>$+<@$+>", right: "$:<@>$>SearchList<!From>$|<F:$1@$2><E:$2>",
            rulesets: ["Relay_ok"]),
        Mark(feature: .spamFriend, left: "<FRIEND>", right: "", rulesets: ["check_rcpt"]),
        Mark(feature: .spamHater, left: "<HATER>", right: "", rulesets: ["check_rcpt"]),
        Mark(feature: .requireRDNS, left: "$*$|FAIL", right: "$#error", rulesets: ["Basic_check_relay"]),
    ] + marksOfRelease89

    private static let marksOfRelease89: [Mark] = [
        Mark(feature: .relayEntireDomain, left: "$+<@$*$=m>", right: "$@OK", rulesets: ["Basic_check_rcpt"]),
        Mark(feature: .relayHostsOnly, left: "$+<@$=R>", right: "$@OK", rulesets: ["Basic_check_rcpt"]),
        Mark(feature: .relayBasedOnMX, left: "$+<@$*>", right: "$:<:$(mxserved", rulesets: ["Basic_check_rcpt"]),
        Mark(feature: .looseRelayCheck, left: "$*", right: "$:$>CanonAddr", rulesets: ["Basic_check_rcpt"]),
        Mark(feature: .blocklistRecipients, left: "<?>$+<@$=w>", right: "$:<><USER", rulesets: ["Basic_check_rcpt"]),
        Mark(feature: .relayLocalFrom, left: "$*$|$+<@$=w.>", right: "$@OK", rulesets: ["Basic_check_rcpt"]),
    ]

    func isPresent(_ ruleset: String) -> Bool { cf.rulesets[ruleset].map { !$0.rules.isEmpty } ?? false }

    /// Where the first of these rulesets that is there begins.
    func ruleset(_ names: String...) -> Origin? { names.lazy.compactMap { cf.rulesets[$0]?.origin }.first }

    func origin(_ left: String, _ right: String, in rulesets: [String]) -> Origin? {
        for name in rulesets {
            for rule in cf.rulesets[name]?.rules ?? [] {
                let sides = rule.shape.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
                if sides.count == 2, sides[0].hasPrefix(left), sides[1].hasPrefix(right) { return rule.origin }
            }
        }
        return nil
    }

    func has(_ text: String, in ruleset: String) -> Bool {
        cf.rulesets[ruleset]?.rules.contains { $0.right.contains(text) } ?? false
    }

    /// Until 8.11 check_rcpt asked all of it.
    private var areBeforeRelayOK: Bool { isPresent("Basic_check_rcpt") && !isPresent("Relay_ok") }

    /// Whether nobody is refused who is in no list. Before there was a Relay_ok, check_rcpt itself refuses what no rule above
    /// has taken. Of rules that are not known it is not known what they refuse.
    var relayForEverybody: Bool {
        if isPresent("Relay_ok") || !unknown.isEmpty { return false }
        return !(cf.rulesets["Basic_check_rcpt"]?.rules.contains { rule in
            rule.left == "$*" && SendmailCF.withoutBlanks(rule.right).hasPrefix("$#error")
        } ?? false)
    }

    /// Until 8.9 the access map is asked for a name or an address alone.
    var lookUpTags: Bool { origin("<$+><$+><$*>", "$:<$(access$1$:?$)>", in: ["LookUpDomain"]) == nil }

    // MARK: Rules that were not shipped

    struct Unknown {
        var name: String
        var origin: Origin
        var text: String
        var why: String
    }

    /// Empty as shipped; whatever stands there is the site's own.
    private static let siteRulesets = [
        "Local_check_relay", "Local_check_mail", "Local_check_rcpt", "Local_Relay_Auth", "Local_trust_auth",
        "Local_localaddr",
    ]
    /// Their rules are compared with those that Sendmail ships.
    private static let shippedRulesets = [
        "check_relay", "checkrelay", "Basic_check_relay", "check_mail", "checkmail", "Basic_check_mail", "check_rcpt",
        "checkrcpt", "Basic_check_rcpt", "Rcpt_ok", "Relay_ok", "ParseRecipient", "CanonAddr", "D", "A", "F", "E", "U",
        "LookUpDomain", "LookUpAddress", "SearchList", "RelayTLS", "FullAddr", "Delay_TLS_Clt", "Delay_TLS_Clt2", "check_compat",
    ]

    /// The first rule of each such ruleset.
    var unknown: [Unknown] {
        Self.siteRulesets.compactMap { name in
            cf.rulesets[name]?.rules.first.map {
                Unknown(name: name, origin: $0.origin, text: "R\($0.left)", why: "rules of this site's own")
            }
        }
            + Self.shippedRulesets.compactMap { name in
                cf.rulesets[name]?.rules.first { !isShipped($0) }.map {
                    Unknown(name: name, origin: $0.origin, text: "R\($0.left) \($0.right)", why: "a rule that Sendmail does not ship")
                }
            }
    }

    private func isShipped(_ rule: SendmailCF.Rule) -> Bool {
        if Self.isOfList(rule) { return true }
        var shape = rule.shape
        if let error = shape.firstRange(of: "\t$#error"), let text = shape[error.upperBound...].firstRange(of: "$:") {
            shape = String(shape[..<text.lowerBound])
        }
        let digest = Self.digest(of: shape)
        return ShippedSendmailRules.contains(digest) || areBeforeRelayOK && ShippedSendmailRules.containsOfRelease89(digest)
    }

    /// A DNS list's zone and the answers that count are the site's own; it can only refuse.
    private static func isOfList(_ rule: SendmailCF.Rule) -> Bool {
        if rule.right.contains("$4.$3.$2.$1") { return true }
        let (left, right) = (SendmailCF.withoutBlanks(rule.left), SendmailCF.withoutBlanks(rule.right))
        if left == "<@>$*<@$+.>$|$*" { return right.hasPrefix("$:<?>$(dnsbl$2.") }
        return left.hasPrefix("<?>") && !left.contains("$") && (right == "$:OKSOFAR" || right.hasPrefix("$#error"))
    }

    /// FNV-1a. Texts that differ may share one, which nobody gains by who can write the file anyway.
    static func digest(of text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension StringProtocol {
    /// Where `text` stands first.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
