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

    private static let folders: [(files: [String: String], system: MailSystem)] = [
        (["sendmail.cR": "192.0.2\n", "sendmail.cw": "ours.test\n"], .sendmail89),
        (["access": "# nets\n10.20\tRELAY\n"], .sendmail89),
        (["sendmail.cf": "V8/Berkeley\nScheck_rcpt\n"], .sendmail89),
        (["ours.mc": "include(`../m4/cf.m4')\nHACK(use_ip)\nHACK(check_rcpt4)\n", "LocalIP": "10.77\n"], .sendmail88),
        (["sendmail.mc": "FEATURE(`use_cw_file')\nHACK(`popauth')\n", "local-host-names": "ours.test\n"], .popBeforeSMTP),
        (["dracd.allow": "255.255.255.255 192.0.2.1\n", "sendmail.cf": "V8\nSRcpt_ok\n"], .popBeforeSMTP),
        (["sendmail.cf": "V7\nS0\n", "sendmail.cR": "ours.test\n"], .sendmail88),
        (["relay.txt": "MCP SET SMTP/NORELAY\n"], .mxOpenVMS),
        (["mail.txt": "[ Mail In ]\nRequireLocalFromInUsersAndGroups = 1\n"], .appleShareIP),
        (["relaying.txt": "  [SMTP  domain] ; the dialog\nRelaying = none\n"], .quickMail),
        (["ntmail.txt": "[SMTP]\n  Only Accept Local Mail = 1\n"], .ntMail),
    ]

    @Test("files that stand together are one system's", arguments: folders)
    func standTogether(files: [String: String], system: MailSystem) throws {
        var recognition = SystemRecognition()
        for (path, text) in files { recognition.add(try ConfigFile(Array(text.utf8), path: path)) }
        #expect(recognition.systems == [system])
    }
}
