import ConfigImport
import MailTypes
import PolicyLanguage
import SystemEmulation
import Testing
import TestSupport

@Suite("Sendmail 8.9 and later: policy and emulation")
struct Sendmail89AgreementTests {
    @Test("agree on random configurations", arguments: 1...30)
    func agree(seed: UInt64) throws {
        let configuration = SendmailConfiguration(seed: seed)
        let explanation = try InexpressibleInSendmail(configuration)
        var random = SeededRandom(seed: seed)
        try Agreement.check(
            .sendmail89, configuration.files, on: RequestWorld.sendmail.requests(most: 60, &random),
            explained: explanation.explains, seed: seed)
    }
}

/// Requests that a policy cannot say as Sendmail decides them. Each of them a policy refuses, for now or for good.
struct InexpressibleInSendmail {
    private let domains: [HostPattern]
    private let taken: Set<AddressTrick>
    private let hasTemporary: Bool

    init(_ configuration: SendmailConfiguration) throws {
        let files = configuration.files
        let source = ImportSource(held: files)
        let draft = try ImportedConfiguration(system: .sendmail89, source: source, facts: ImportFacts()).draft
        domains = draft.domains.map(\.pattern)
        hasTemporary = configuration.hasTemporary
        taken = Set(draft.tricks.flatMap(\.forms))
    }

    func explains(_ request: RelayRequestText) -> Bool {
        let recipient = RecipientText(Self.withoutRoute(Array(request.recipient.utf8)))
        if isRefusedForm(recipient) || hidesAtForeignHost(recipient) { return true }
        // No address to either, but Sendmail may have said "not now" to the sender before.
        if hasTemporary, recipient.withoutSecondAt != nil { return true }
        // Foreign literals are refused by every policy.
        return recipient.domain?.first == UInt8(ascii: "[") && !isOurs(recipient)
    }

    /// nopercenthack and nouucp with `reject` take such a recipient for remote; a policy refuses it to all.
    private func isRefusedForm(_ recipient: RecipientText) -> Bool {
        recipient.localPart.contains(UInt8(ascii: "%")) && !taken.contains(.percent)
            || recipient.localPart.contains(UInt8(ascii: "!")) && !taken.contains(.bang)
    }

    /// Sendmail leaves it to that host where the client may relay; a policy that takes such forms apart at our domains
    /// refuses them at all others.
    private func hidesAtForeignHost(_ recipient: RecipientText) -> Bool {
        var recipient = recipient
        for _ in 0...recipient.bytes.count {
            let inner = recipient.withoutQuotes ?? recipient.withoutPercent ?? recipient.withoutBang
            guard let inner else { return false }
            if !isOurs(recipient) { return true }
            recipient = inner
        }
        return false
    }

    private static func withoutRoute(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let (_, rest) = RecipientText.withoutRoute(bytes) { bytes = rest }
        return bytes
    }

    private func isOurs(_ recipient: RecipientText) -> Bool {
        guard let domain = recipient.domainText.flatMap({ Domain($0) }) else { return false }
        return domains.contains { $0.matches(domain) }
    }
}
