import MailTypes
import PolicyLanguage
import PolicyReview
import RelayPolicy
import Testing

@testable import PolicyLanguage

@Suite("what is read")
struct ReadingTests {
    private func read(_ text: String, purpose: ReadPurpose = .policyOnly, lists: [String: String] = [:]) -> ReadResult {
        Configuration.read(Array(text.utf8), file: "etc/gatepost.conf", purpose: purpose, now: CorpusPolicies.now) {
            name in
            lists[name].map { .success(Array($0.utf8)) } ?? .failure(FileProblem("no such file"))
        }
    }

    private func policy(_ text: String, lists: [String: String] = [:]) throws -> Policy {
        let result = read("version 1\n" + text, lists: lists)
        return try #require(result.configuration, "\(CorpusPolicies.rendered(result))").policy
    }

    @Test("the complete file's settings")
    func completeSettings() throws {
        let configuration = try #require(CorpusPolicies.read("complete/gatepost.conf").configuration)
        #expect(configuration.node.hostname == "mx.example.net" && configuration.node.state == "/var/lib/gatepost")
        #expect(configuration.upstreams.map(\.name) == ["mailstore", "branch", "smarthost"])
        #expect(
            configuration.upstreams[0].servers == [
                .init(host: "10.0.0.25", port: 25), .init(host: "10.0.0.26", port: 25, isBackup: true),
            ])
        #expect(configuration.upstreams[1].servers == [.init(host: "mail.branch.example", port: 25)])
        #expect(configuration.listeners.map(\.name) == ["public", "submission", "policy", "milter"])
        #expect(configuration.listeners[1].addresses.map(\.port) == [587, 587, 465, 465])
        #expect(configuration.policy.listeners[1].requiresLogin && configuration.policy.listeners[1].requiresTLS)
        #expect(configuration.policy.listeners[0].authNeverAt?.line == 45)
        #expect(configuration.policy.routes == Policy.Routes(local: "mailstore", elsewhere: "smarthost"))
        let limits = configuration.limits
        #expect(limits.connections == 1000 && limits.connectionsForEachClient == 20 && limits.messageSize == 50 << 20)
        #expect(limits.recipientsPerMessage == 100 && limits.badCommands == 10)
        #expect(limits.refusedRelays == .init(count: 10, window: .seconds(600), ban: .seconds(3600)))
        #expect(configuration.policy.ownership["anna"]?.patterns.count == 2)
        #expect(
            configuration.policy.relay.map(\.name) == [
                "suspended customers", "staff, logged in", "printers, to accounting only", "app servers", "office LAN",
                "recent POP login",
            ])
        #expect(configuration.policy.local.entries.count == 6)
        #expect(PolicyReview(configuration, at: CorpusPolicies.now).failedTests == [])
    }

    @Test("words that are read and not carried out are named with their places, in file order")
    func notCarriedOut() throws {
        let configuration = try #require(CorpusPolicies.read("complete/gatepost.conf").configuration)
        #expect(
            configuration.notCarriedOut.map { "\($0.at.line) \($0.word)" } == [
                "51 auth required", "53 speaks postfix-policy",
                "54 speaks milter", "61 pop-before-smtp", "116 console", "117 metrics",
                "118 log to journal",
            ])
    }

    @Test(
        "resolver names addresses, with a port or without",
        arguments: [
            ("192.0.2.53", "192.0.2.53 53"), ("192.0.2.53:5353 [::1]:54 2001:db8::53", "192.0.2.53 5353, ::1 54, 2001:db8::53 53"),
            ("ns.example", "ns.example"), ("192.0.2.53:0", "port"), ("192.0.2.53 192.0.2.53:53", "twice"), ("192.0.2.53:53/tls", "name server"),
            ("", "address"),
        ])
    func resolvers(values: String, wanted: String) {
        let result = Configuration.read(
            Array("version 1\nnode {\nresolver \(values)\n}\n".utf8), file: "gatepost.conf", purpose: .policyOnly,
            now: CorpusPolicies.now, files: { _ in .failure(FileProblem("no such file")) })
        if let node = result.configuration?.node {
            #expect(node.resolvers.map { "\($0.address) \($0.port)" }.joined(separator: ", ") == wanted)
        } else {
            let said = result.diagnostics.map { "\($0.message) \($0.fix ?? "")" }
            #expect(said.count == 1 && said[0].contains(wanted), "\(said)")
        }
    }

    @Test(
        "keep-decisions is for a time and a size, or not at all",
        arguments: [
            ("", "2592000.0 seconds 1073741824"), ("keep-decisions 90d", "7776000.0 seconds 1073741824"),
            ("keep-decisions 1h up-to 5MB", "3600.0 seconds 5242880"), ("keep-decisions no", "none"),
        ])
    func keptDecisions(line: String, wanted: String) throws {
        let result = Configuration.read(
            Array("version 1\nlog {\n\(line)\n}\n".utf8), file: "gatepost.conf", purpose: .policyOnly, now: CorpusPolicies.now,
            files: { _ in .failure(FileProblem("no such file")) })
        let kept = try #require(result.configuration).log.keptDecisions
        #expect((kept.map { "\($0.age) \($0.size)" } ?? "none") == wanted)
    }

    @Test("a name may stand below its use, and `except` takes away")
    func networks() throws {
        let policy = try policy(
            "relay { permit \"a\" { from all except 192.0.2.66 } }\nnetworks all office\nnetworks office 192.0.2.0/24\n"
        )
        let from = try #require(policy.relay.first?.conditions.from)
        #expect(from.text == "all except 192.0.2.66")
        #expect(
            from.set
                == AddressSet([
                    try AddressSet.parse("192.0.2.0-192.0.2.65"), try AddressSet.parse("192.0.2.67-192.0.2.255"),
                ]))
    }

    @Test("a list file stands beside the file that names it, and its problems have its own places")
    func listFiles() {
        let result = read(
            "version 1\nnetworks a file:a.list\nnetworks b file:/b.list\n",
            lists: ["etc/a.list": "192.0.2.1\nbad/1\n", "/b.list": "192.0.2.1"])
        #expect(result.diagnostics.map(\.at.description) == ["etc/a.list:2:1"])
        #expect(result.sources.keys.sorted() == ["/b.list", "etc/a.list", "etc/gatepost.conf"])
    }

    @Test("password hashes are in no text that a message may show")
    func noSecrets() {
        let users = "anna $y$j9T$secret anna@example.com\nbert \"$y$ secret\" bert@\n# carla $y$old\n"
        let result = read("version 1\nauth { users file:users }\n", lists: ["etc/users": users])
        #expect(
            result.sources["etc/users"]
                == "anna ************* anna@example.com\nbert **** ******* *****\n# ***** ******\n")
        #expect(!CorpusPolicies.rendered(result).contains("secret"))
        #expect(result.diagnostics.count == 1)
    }

    @Test("a file in a wrong format is not answered line by line")
    func manyProblems() {
        let garbage = (0..<50_000).map { "???\($0)\n" }.joined()
        let result = read("version 1\nnetworks a file:a.list\n", lists: ["etc/a.list": garbage])
        #expect(result.diagnostics.count == 21)
        #expect(result.diagnostics.last?.message == "49980 more problems in this file")
    }

    @Test("lists of ten thousand lines are read whole")
    func longLists() throws {
        let networks = (0..<10_000).map { "10.\($0 / 256).\($0 % 256).0/25\n" }.joined()
        let domains = (0..<10_000).map { "d\($0).example\n" }.joined()
        let mailboxes = (0..<10_000).map { "user\($0)@example.com\n" }.joined()
        let text = """
            version 1
            networks a file:a.list
            senders s file:s.list
            local { domains file:d.list }
            relay { permit "a" { from a   sender s file:s.list   to file:d.list } }

            """
        let result = read(text, lists: ["etc/a.list": networks, "etc/s.list": mailboxes, "etc/d.list": domains])
        let policy = try #require(result.configuration?.policy)
        #expect(policy.local.entries.count == 10_000 && policy.relay[0].conditions.from?.set.ranges.count == 10_000)
    }

    @Test(
        "lists in lists are not multiplied",
        arguments: [("networks", "192.0.2.1", "from n29"), ("senders", "a@b.example", "from ::1   sender n29")])
    func listsInLists(word: String, value: String, condition: String) throws {
        let lists = (1...29).map { "\(word) n\($0) n\($0 - 1) n\($0 - 1) n\($0 - 1)\n" }.joined()
        let policy = try policy("\(word) n0 \(value)\n\(lists)relay { permit \"a\" { \(condition) } }\n")
        let conditions = try #require(policy.relay.first).conditions
        #expect(word == "networks" ? conditions.from?.set.ranges.count == 1 : conditions.sender?.set.patterns.count == 1)
    }

    @Test("an empty list that may be empty fits nobody, and never everyone")
    func emptyList() throws {
        let policy = try policy("relay { permit \"a\" { from file:a may-be-empty } }\n", lists: ["etc/a": "# nobody\n"])
        #expect(policy.relay[0].conditions.from?.set.isEmpty == true)
    }

    @Test("tabs are spaces and CRLF ends a line")
    func tabsAndCRLF() throws {
        let policy = try policy("relay {\r\n\tpermit\t\"a\"\t{\r\n\t\tfrom\t192.0.2.1\r\n\t}\r\n}\r\n")
        #expect(policy.relay.map(\.name) == ["a"])
    }

    @Test("`node` is read also where the rest has errors")
    func lenientNode() {
        let node = Configuration.Node(
            leniently: Array("rubbish {\nnode {\n state /var/lib/gatepost\n wibble\n}\nrelay {".utf8))
        #expect(node.state == "/var/lib/gatepost")
    }

    @Test("a strangers' grant is critical, and the configuration is still there for those who only look")
    func critical() throws {
        let result = read("version 1\nrelay { permit \"all\" { from 0.0.0.0/0 } }\n")
        let configuration = try #require(result.configuration)
        #expect(PolicyReview(configuration, at: CorpusPolicies.now).diagnostics.map(\.severity) == [.critical])
        #expect(result.diagnostics.isEmpty)
    }
}
