import ConfigImport
import Testing

/// Which of two lines counts is documented for none of these systems, so the second must not close a server that the
/// first leaves open.
@Suite("a setting that is said twice")
struct SaidOnceTests {
    struct Setting: CustomTestStringConvertible {
        var system: MailSystem
        var file: String
        /// With `%` for what is said.
        var text: String
        var open: String
        var closed: String

        var testDescription: String { "\(system.rawValue): \(closed)" }

        func notes(_ first: String, _ second: String) throws -> ImportNotes {
            let whole = text.replacing("%", with: "\(first)\n\(second)")
            return try ImportedConfiguration(
                system: system, source: ImportSource(held: [file: Array(whole.utf8)]), facts: ImportFacts()
            ).notes
        }
    }

    static let settings = [
        Setting(
            system: .worldMail, file: "cmc.txt", text: "[SMTP Relay (Non-Local Only)]\n%\n", open: "Default = Allowed Access",
            closed: "Default = Denied Access"),
        Setting(
            system: .exchange55, file: "routing.txt", text: "%\nours.test\t<inbound>\n", open: "# Routing page: reroute = yes",
            closed: "# Routing page: reroute = no"),
        Setting(
            system: .iisSMTP, file: "relay.txt", text: "[Relay Restrictions]\n%\n", open: "Mode = all-except-listed",
            closed: "Mode = only-listed"),
        Setting(
            system: .iisSMTP, file: "relay.txt", text: "[Relay Restrictions]\nMode = only-listed\n%\n", open: "RelayForAuth = -1",
            closed: "RelayForAuth = 0"),
        Setting(
            system: .groupWiseGWIA, file: "page.txt", text: "[SMTP Relay]\n%\n", open: "Default = Allow message relaying",
            closed: "Default = Prevent message relaying"),
        Setting(
            system: .mercury, file: "MERCURY.INI", text: "[MercuryS]\nStrict_Relay : 1\n%\n", open: "Relay : 1", closed: "Relay : 0"),
        Setting(
            system: .dominoR4, file: "notes.ini", text: "[Notes]\n%\n", open: "SMTPMTA_REJECT_RELAYS=0",
            closed: "SMTPMTA_REJECT_RELAYS=1"),
        Setting(
            system: .dominoConfiguration, file: "inbound.txt", text: "DenyTo = *\n%\n", open: "Enforcement = None",
            closed: "Enforcement = All connecting hosts"),
    ]

    @Test("in two ways: the second is opaque", arguments: settings)
    func contradiction(_ setting: Setting) throws {
        for (first, second) in [(setting.open, setting.closed), (setting.closed, setting.open)] {
            #expect(try setting.notes(first, second).opaque.map(\.text) == [second])
        }
    }

    @Test("in one way: nothing is wrong", arguments: settings)
    func repetition(_ setting: Setting) throws {
        #expect(try setting.notes(setting.closed, setting.closed).opaque.isEmpty)
    }
}
