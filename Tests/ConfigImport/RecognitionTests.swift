import ConfigImport
import Testing

@Suite("whose file it is")
struct RecognitionTests {
    private static let held: Set<MailSystem> = [.mercury, .dominoR4, .dominoConfiguration, .quickMail, .appleShareIP]

    @Test("no importer takes a file of another system", arguments: ConfigurationCase.all)
    func recognises(_ configuration: ConfigurationCase) {
        for path in configuration.source.paths {
            guard let file = try? configuration.source.file(path) else { continue }
            let systems = Set(MailSystem.recognised(in: file).map { $0.importer.system })
            #expect(systems.intersection(Self.held).isSubset(of: [configuration.system]), "\(path)")
        }
    }
}
