import DecisionRecords
import MailTypes
import RelayPolicy
import Storage
import Testing

struct SearchTests {
    /// The numbers of the records that a search finds.
    private static let cases: [(String, @Sendable (inout DecisionSearch) -> Void, [Int])] = [
        ("everything, the oldest first", { _ in }, [1, 2, 3, 4]),
        ("an address", { $0.client = IPAddress("198.51.100.7").map(IPRange.init) }, [1, 2]),
        ("a network", { $0.client = try? AddressSet.parse("198.51.100.0/24") }, [1, 2, 3]),
        ("IPv6", { $0.client = try? AddressSet.parse("2001:db8::/32") }, [4]),
        ("all of IPv4", { $0.client = try? AddressSet.parse("0.0.0.0/0") }, [1, 2, 3]),
        ("all of IPv6", { $0.client = try? AddressSet.parse("::/0") }, [4]),
        ("a mailbox, in any case", { $0.to = "Y@VICTIM.example" }, [1]),
        ("a mailbox in brackets", { $0.to = "<y@victim.example>" }, [1]),
        ("a domain", { $0.to = "victim.example" }, [1, 2]),
        ("not the end of a domain", { $0.to = "example" }, []),
        ("a pattern", { $0.to = "*@*.victim.example" }, [3]),
        ("a question mark is itself", { $0.to = "?@*" }, []),
        ("the null reverse-path", { $0.sender = "<>" }, [2]),
        ("a sender", { $0.sender = "x@evil.example" }, [1, 3, 4]),
        ("a verdict", { $0.verdict = .permit }, [4]),
        ("a reason", { $0.reason = "no-rule" }, [1, 2, 3]),
        ("a rule", { $0.rule = "office" }, [4]),
        ("a listener", { $0.listener = "inside" }, [3]),
        ("a login", { $0.login = "anna" }, [3]),
        ("since", { $0.since = Instant(seconds: noon.seconds + 3) }, [3, 4]),
        ("until, without it", { $0.until = Instant(seconds: noon.seconds + 2, nanoseconds: noon.nanoseconds) }, [1]),
        ("the start of an id", { $0.id = String(identifier(3)) }, [3]),
        ("the newest of many", { $0.limit = 2 }, [3, 4]),
        ("the next page", { ($0.after, $0.limit) = (1, 2) }, [2, 3]),
        ("the page before", { ($0.before, $0.limit) = (4, 2) }, [2, 3]),
        ("observed", { $0.observed = true }, [4]),
    ]

    private static func records() throws -> [DecisionRecord] {
        var records = [
            try refusal(1), try refusal(2, to: "<z@victim.example>"),
            try refusal(3, client: "198.51.100.9", to: "<y@sub.victim.example>"),
            try refusal(4, client: "2001:db8::7", to: "<y@elsewhere.test>"),
        ]
        records[1].request.reversePath = .null
        records[2].request.listener = "inside"
        records[2].request.login = .known(RelayRequest.Login(name: "Anna"))
        records[3].decision.rule = Decision.RuleReference(
            name: "office", at: .init(file: "gatepost.conf", line: 9, column: 1))
        (records[3].decision.verdict, records[3].decision.reason) = (.permit, .relayRule)
        records[3].decision.observed = true
        records[3].decision.wouldHaveBeen = Decision.Outcome(records[0].decision)
        return records
    }

    @Test func searchesFindWhatTheyAskFor() throws {
        let folder = try Folder()
        _ = keeping(try Self.records(), in: folder.decisions)
        let archive = try DecisionArchive(folder.decisions)
        for (name, change, wanted) in Self.cases {
            var search = DecisionSearch()
            change(&search)
            let found = try archive.find(search)
            #expect(found.decisions.map(\.record.id) == wanted.map(identifier), "\(name)")
        }
    }
}
