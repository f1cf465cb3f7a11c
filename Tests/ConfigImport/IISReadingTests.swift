import ConfigImport
import MailTypes
import PolicyLanguage
import Testing

@Suite("IIS SMTP: metabases and dialogs")
struct IISReadingTests {
    private static func read(_ text: String) throws -> (model: IISModel, notes: ImportNotes) {
        var notes = ImportNotes()
        let source = ImportSource(paths: ["MetaBase.xml"]) { _ in .success(Array(text.utf8)) }
        return (try IISImporter.model(of: source, facts: ImportFacts(), notes: &notes), notes)
    }

    private static let entries = [(net: "192.168.1.0", mask: "255.255.255.0"), (net: "10.0.0.5", mask: "255.255.255.255")]
    private static let list = IISAgreementTests.binary(entries, isGrant: true)

    private static func server(_ attributes: String) -> String {
        "<IIsSmtpServer Location =\"/LM/SmtpSvc/1\" DefaultDomain=\"ours.test\" \(attributes) ></IIsSmtpServer>\n"
    }

    /// The value that published scripts begin with: one group of granted addresses that holds none.
    private static let scriptBase =
        "24,0,0,128,32,0,0,128,60,0,0,128,68,0,0,128,1,0,0,0,76,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,2,0,0,0,1,0,0,0,4,0,0,0,0,0,0,0,76,0,0,128,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,255,255,255,255"

    @Test("the binary list is read in hexadecimal and as scripts print it")
    func binary() throws {
        let (model, notes) = try Self.read(Self.server("RelayIpList=\"\(Self.list)\""))
        #expect(notes.opaque.isEmpty)
        #expect(model.relay.mode == .onlyListed)
        #expect(model.relay.ranges.map(\.value.description) == ["192.168.1.0/24", "10.0.0.5"])
        let empty = try Self.read("[Relay Restrictions]\nRelayIpList = \(Self.scriptBase)\n")
        #expect(empty.notes.opaque.isEmpty)
        #expect(empty.model.relay.mode == .onlyListed && empty.model.relay.entries.isEmpty)
        // Two addresses more, as the scripts add them: at the end, and to both counts.
        var bytes = Self.scriptBase.split(separator: ",").map(String.init)
        (bytes[36], bytes[44]) = ("2", "3")
        let two = (bytes + ["127", "0", "0", "1", "10", "0", "0", "9"]).joined(separator: ",")
        let (listed, _) = try Self.read("[Relay Restrictions]\nRelayIpList = \(two)\n")
        #expect(listed.relay.ranges.map(\.value.description) == ["127.0.0.1", "10.0.0.9"])
    }

    @Test("a list that is cut anywhere is not understood, and nobody is on it")
    func cutList() throws {
        for length in stride(from: 2, to: Self.list.utf8.count - 1, by: 2) {
            let (model, notes) = try Self.read(Self.server("RelayIpList=\"\(Self.list.prefix(length))\""))
            #expect(!notes.opaque.isEmpty, "\(length)")
            #expect(model.relay.mode == .onlyListed && model.relay.entries.isEmpty, "\(length)")
        }
    }

    @Test("what may matter and is not understood", arguments: [
        server("RelayForAuth=\"maybe\""), server("NewRelaySwitch=\"1\""), server("AuthFlags=\"some\""),
        server("") + "<IIsSmtpServer Location =\"/LM/SmtpSvc/2\" ></IIsSmtpServer>",
        server("") + "<IIsConfigObject Location =\"/LM/SmtpSvc/1/Domain\" RelayForAuth=\"1\" ></IIsConfigObject>",
        server("") + "<IIsConfigObject Location =\"/LM/SmtpSvc/1\" ><Custom Name=\"RelayIpList\" ID=\"36970\" Value=\"18\" /></IIsConfigObject>",
        server("") + "<IIsSmtpDomain Location =\"/LM/SmtpSvc/1/Domain/a.test\" RouteAction=\"relay\" ></IIsSmtpDomain>",
        server("") + "<IIsSmtpDomain Location =\"/LM/SmtpSvc/1/Domain/a.test\" RouteAction=\"4096",
        "[Relay Restrictions]\nMode = maybe\n", "[Relay Restrictions]\nEntry = ten\n", "[Relay Restrictions]\nnonsense\n",
        "[Relay Restrictions]\nRelayIpList = 1,2,3\n", "[Something]\n", "[Remote Domain a.test]\nUnknown = 1\n",
    ])
    func opaque(text: String) throws {
        #expect(try !Self.read(text).notes.opaque.isEmpty)
    }

    @Test("a server inherits from the service, comments and other services do not count")
    func inheritance() throws {
        let text =
            "<!-- <IIsSmtpServer Location =\"/LM/SmtpSvc/1\" RelayForAuth=\"0\"> -->\n"
            + "<IIsSmtpService Location =\"/LM/SmtpSvc\" RelayForAuth=\"-1\" RelayIpList='\(Self.list)' ></IIsSmtpService>\n"
            + Self.server("") + "<IIsWebServer Location =\"/LM/W3SVC/1\" RelayForAuth=\"0\" ></IIsWebServer>"
        let (model, notes) = try Self.read(text)
        #expect(notes.opaque.isEmpty)
        #expect(model.relayForLogin?.at?.line == 2)
        #expect(model.relay.entries.count == 2)
        let (own, _) = try Self.read(text.replacing("DefaultDomain", with: "RelayForAuth=\"0\" DefaultDomain"))
        #expect(own.relayForLogin == nil)
    }

    @Test("each file is recognised as its own system's alone", arguments: ConfigurationCase.all)
    func recognised(_ configuration: ConfigurationCase) throws {
        let others: [any SystemImporter.Type] = [
            Exchange55Importer.self, IISImporter.self, ReceiveConnectorImporter.self, WorldMailImporter.self,
        ]
        for path in configuration.source.paths {
            guard let file = try? configuration.source.file(path) else { continue }
            for importer in others where importer.system != configuration.system {
                let isTaken = importer.recognises(file)
                #expect(!isTaken, "\(path) as \(importer.system.rawValue)")
            }
        }
    }
}
