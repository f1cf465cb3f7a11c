import MailTypes
import TestSupport
import Testing

@testable import ConfigImport

/// The list that is asked quickly, against every pair.
@Suite("patterns that have something in common")
struct MeetingPatternsTests {
    private static let domains = ["test", "a.test", "b.a.test", "c.b.a.test", "za.test", "example", "[192.0.2.1]"]
    private static let users = ["anna", "bert"]

    private func pattern(_ random: inout SeededRandom) throws -> PathPattern {
        let domain = random.pick(Self.domains)
        let text =
            switch random.below(6) {
            case 0: "<>"
            case 1: "\(random.pick(Self.users))@*"
            case 2: domain.hasPrefix("[") ? domain : "*.\(domain)"
            case 3: "\(random.pick(Self.users))@\(domain)"
            case 4: "ends-with:est"
            default: "*@\(domain)"
            }
        return try PathPattern(parsing: text)
    }

    @Test("are those that every pair says")
    func agrees() throws {
        var met = 0
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed)
            let patterns = try (0..<random.below(20)).map { _ in try pattern(&random) }
            let list = MeetingPatterns(patterns)
            for _ in 0..<20 {
                let asked = try pattern(&random)
                let plain = patterns.indices.filter { asked.common(patterns[$0]) != nil }
                #expect(list.positions(meeting: asked) == plain, "seed \(seed): \(asked) in \(patterns)")
                met += plain.count
            }
        }
        #expect(met > 1000, "the samples are worth nothing")
    }

    @Test("what two patterns have in common fits both, and what fits both is in it")
    func commonIsBoth() throws {
        for seed in UInt64(1)...1000 {
            var random = SeededRandom(seed: seed)
            let (one, other) = (try pattern(&random), try pattern(&random))
            // No pattern is a user at the domains below one, and of ends nothing is said.
            if case .endsWith = one { continue }
            if case .endsWith = other { continue }
            let common = one.common(other)
            for domain in Self.domains + ["x.c.b.a.test"] {
                for user in Self.users + ["carl"] {
                    let path = ReversePath.mailbox(Mailbox(localPart: Array(user.utf8), domain: try #require(Domain(domain))))
                    let isBoth = one.matches(path) && other.matches(path)
                    if common == nil, isBoth, Self.isUserBelow(one, other) || Self.isUserBelow(other, one) { continue }
                    #expect((common?.matches(path) ?? false) == isBoth, "\(one), \(other): \(path)")
                }
            }
        }
    }

    private static func isUserBelow(_ a: PathPattern, _ b: PathPattern) -> Bool {
        guard case .localPart = a, case .below = b else { return false }
        return true
    }
}

@Suite("addresses of the access map")
struct SendmailNetworkTests {
    @Test(
        "are read in the spelling that Sendmail prints, and in no other",
        arguments: [
            ("10", "10.0.0.0/8"), ("10.77", "10.77.0.0/16"), ("192.0.2.1", "192.0.2.1"), ("0", "0.0.0.0/8"),
            ("255.255.255.255", "255.255.255.255"), ("ipv6", "::/0"), ("ipv6:2001:db8", "2001:db8::/32"), ("ipv6:0", "::/16"),
            ("ipv6:1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("", nil), ("010", nil), ("00", nil), ("256", nil), ("10.", nil), (".10", nil), ("10..1", nil), ("1.2.3.4.5", nil),
            ("+1", nil), ("1a", nil), ("ipv6:", nil), ("ipv6x", nil), ("ipv6:0db8", nil), ("ipv6:10000", nil), ("ipv6:2001::1", nil),
            ("ipv6:A", nil), ("ipv6:1:2:3:4:5:6:7:8:9", nil), ("99999999999999999999", nil), ("١", nil),
        ] as [(String, String?)])
    func reads(_ text: String, _ range: String?) {
        #expect(SendmailNetwork(text)?.range?.description == range)
    }
}
