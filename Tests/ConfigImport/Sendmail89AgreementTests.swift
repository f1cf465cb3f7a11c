import ConfigImport
import Testing
import TestSupport

@Suite("Sendmail 8.9 and later: policy and emulation")
struct Sendmail89AgreementTests {
    @Test("agree on random configurations", arguments: 1...40)
    func agree(seed: UInt64) throws {
        let configuration = SendmailConfiguration(seed: seed)
        var random = SeededRandom(seed: seed)
        try Agreement.check(
            .sendmail89, configuration.files, on: RequestWorld.sendmail.requests(most: 1_000, &random),
            explained: Self.isExplained, seed: seed)
    }

    /// Requests that a policy cannot say as Sendmail decides them. Each is refused, never permitted.
    static func isExplained(_ request: RelayRequestText) -> Bool {
        let recipient = request.recipient
        guard let at = recipient.lastIndex(of: "@") else { return false }
        let (local, domain) = (recipient[..<at], recipient[recipient.index(after: at)...])
        // A local part that hides a destination at a host that is not ours: Sendmail leaves it to that host where the
        // client may relay; a policy that takes such forms apart at our domains refuses them at all others.
        let isForeign = !["ours.test", "partner.test", "host.own.test"].contains(domain)
        return isForeign && local.contains { "%!\"".contains($0) }
    }
}
