import ConfigImport
import Testing

@Suite("whose file it is")
struct RecognitionTests {
    private static let held: Set<MailSystem> = [.mercury, .dominoR4, .dominoConfiguration, .quickMail, .appleShareIP]

    @Test("the forms of the Configuration document are known by their fields", arguments: [
        "LocalDomains = ours.test\nDenyTo = *\n", "AllowFrom: [192.0.2.*]\n", "Enforcement = None\n",
        "Deny messages to be sent to the following external internet domains: (* means all) = *\n",
    ])
    func configurationDocument(text: String) throws {
        let file = try ConfigFile(Array(text.utf8), path: "inbound.txt")
        #expect(MailSystem.recognised(in: file) == [.dominoConfiguration])
    }

    @Test("no importer takes a file of another system", arguments: ConfigurationCase.all)
    func recognises(_ configuration: ConfigurationCase) {
        for path in configuration.source.paths {
            guard let file = try? configuration.source.file(path) else { continue }
            let systems = Set(MailSystem.recognised(in: file).map { $0.importer.system })
            #expect(systems.intersection(Self.held).isSubset(of: [configuration.system]), "\(path)")
        }
    }
}
