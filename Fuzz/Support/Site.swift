import MailTypes
import PolicyLanguage
import RelayPolicy

/// A site with every kind of domain, rule and route, read from its text, so that the fuzzed policy is one that the
/// language can say.
public enum Site {
    public static let now = required(Instant("2026-11-24T12:00:00Z"), "a time")
    /// May relay.
    public static let office = required(IPAddress("192.0.2.1"), "an address")
    /// May do nothing but bring mail for local domains.
    public static let stranger = required(IPAddress("198.51.100.7"), "an address")

    /// Tricks are refused.
    public static let strict = policy("reject")
    /// The percent and the bang form are resolved at local domains.
    public static let resolving = policy("resolve")

    private static func policy(_ treatment: String) -> Policy {
        let files = ["mailboxes": "info@listed.test\n", "users": "anna - anna@ours.test *@owned.test\nbert - bert@ours.test\n"]
        let text = text.replacing("TREATMENT", with: treatment)
        let result = Configuration.read(Array(text.utf8), file: "gatepost.conf", purpose: .policyOnly, now: now) { name in
            files[name].map { .success(Array($0.utf8)) } ?? .failure(FileProblem("no such file"))
        }
        return required(result.configuration, "\(result.diagnostics.filter { $0.severity != .warning }.map { "\($0.at) \($0.message)" })").policy
    }

    private static let text = """
        version 1
        networks office 192.0.2.0/28 2001:db8::/64
        local {
            domains ours.test *.below.test [203.0.113.1]
            domains branch.test via branch
            domains listed.test recipients file:mailboxes
            address-tricks percent bang TREATMENT
        }
        upstream mta { server 127.0.0.1:2501 }
        upstream branch { server 127.0.0.1:2502 }
        upstream out { server 127.0.0.1:2503 }
        route local mta
        route elsewhere out
        listen public { address 127.0.0.1:25 }
        listen submission { address 127.0.0.1:587   auth required }
        auth { users file:users }
        refuse {
            reject connection "banned" { from 198.51.100.66 }
            pass "office speaks as it likes" { from office   sender *@office.test }
            reject "denied sender" { sender *@denied.test <> owner@* }
            defer "no name" { helo unverified   listener public }
        }
        relay {
            reject "suspended" { from office   sender late@ours.test }
            permit "logged in" {
                login any
                sender owned-by-login
                limit 3 recipients per hour for each login
            }
            permit "office" {
                from office
                limit 4 recipients per hour for each client then reject
            }
            permit "partner" { name *.partner.test   to *@there.test *.below.there.test }
            permit "POP" { pop logged-in   sender owned-by-login   until 2027-03-31 }
            permit "certificate" { tls client-certificate ca.pem   to there.test }
            defer "later" { to later.test }
        }
        """
}
