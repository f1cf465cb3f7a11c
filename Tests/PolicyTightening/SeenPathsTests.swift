import MailTypes
import RelayPolicy
import Testing

@testable import PolicyTightening

@Suite("senders and recipients in few patterns")
struct SeenPathsTests {
    private func patterns(_ seen: String, within own: String?) throws -> String? {
        var paths = SeenPaths()
        for path in seen.split(separator: " ") {
            paths.add(try ReversePath(parsing: Array(path.utf8), allowingBareMailbox: true))
        }
        return paths.patterns(within: own.map(patternList))?.map(\.description).joined(separator: " ")
    }

    @Test(
        "mailboxes where few, else domains where few, else those of the rule's own that were used",
        arguments: [
            ("a@x.example A@x.example", nil, "a@x.example"), ("<> a@x.example", nil, "<> a@x.example"),
            ("a@x.example b@x.example c@x.example d@y.example e@y.example", nil, "*@x.example *@y.example"),
            ("<> a@x.example b@x.example c@x.example d@x.example", nil, "<> *@x.example"),
            ("a@1.ex a@2.ex a@3.ex a@4.ex a@5.ex a@6.ex a@7.ex a@8.ex a@9.ex", nil, nil),
            ("a@1.ex a@2.ex a@3.ex a@4.ex a@5.ex a@6.ex a@7.ex a@8.ex a@9.ex", "*.ex x@y.example", "*.ex"),
            ("a@x.example b@x.example c@x.example d@x.example e@x.example", "*@x.example", nil),
            ("a@x.example b@x.example c@x.example d@x.example e@x.example", "ends-with:x.example", "*@x.example"),
            // A domain would be more than the rule permits.
            (
                "a@x.example b@x.example c@x.example d@x.example e@x.example",
                "a@x.example b@x.example c@x.example d@x.example e@x.example f@x.example",
                "a@x.example b@x.example c@x.example d@x.example e@x.example"
            ),
            ("a@x.example", "a@x.example", nil), ("a@x.example", "a@*", "a@x.example"),
        ] as [(String, String?, String?)])
    func examples(seen: String, own: String?, expected: String?) throws {
        #expect(try patterns(seen, within: own) == expected)
    }

    @Test("no pattern fits a postmaster without domain alone, so nothing is said")
    func postmaster() {
        var paths = SeenPaths()
        paths.add(ForwardPath.postmaster)
        #expect(paths.patterns(within: nil) == nil)
    }
}
