import Foundation
import MailTypes
import PolicyLanguage
import RelayPolicy
import Testing

@Suite("rules changed in their file")
struct RuleEditorTests {
    private static let names = GoldenFileTests.names + ["complete/gatepost.conf"]

    private func read(_ bytes: [UInt8], beside path: URL) -> ReadResult {
        Configuration.read(bytes, file: path.lastPathComponent, purpose: .policyOnly, now: CorpusPolicies.now) {
            CorpusPolicies.read($0, beside: path)
        }
    }

    @Test("what is edited changes, and nothing else of the policy", arguments: names)
    func onlyWhatIsEdited(name: String) throws {
        let path = CorpusPolicies.folder.appending(path: name)
        let bytes = try [UInt8](Data(contentsOf: path))
        let editor = RuleEditor(bytes, file: name)
        guard let policy = read(bytes, beside: path).configuration?.policy.withoutPlaces else { return }
        #expect(read(editor.edited([]), beside: path).diagnostics == read(bytes, beside: path).diagnostics)
        for (index, rule) in policy.relay.enumerated() where rule.verb == .permit {
            var expected = policy
            expected.relay.remove(at: index)
            let deleted = editor.edited([RuleEdit(rule: rule.name, change: .delete)], withoutTests: true)
            #expect(read(deleted, beside: path).configuration?.policy.withoutPlaces == expected, "without \(rule.name)")

            var conditions = RuleEdit.Conditions()
            conditions.from = AddressSet([try AddressSet.parse("192.0.2.7"), try AddressSet.parse("192.0.2.64/27")])
            if !rule.conditions.senderOwnedByLogin {
                conditions.sender = [.null, try PathPattern(parsing: "\"a # b\"@x.example")]
            }
            conditions.to = [try PathPattern(parsing: "*@x.example"), try PathPattern(parsing: "\"*\"@y.example")]
            expected = policy
            expected.relay[index].conditions.from = conditions.from.map { Conditions.Addresses($0, text: "") }
            if let sender = conditions.sender {
                expected.relay[index].conditions.sender = Conditions.Patterns(PathPatternSet(sender), text: "")
            }
            expected.relay[index].conditions.to = conditions.to.map {
                Conditions.Patterns(PathPatternSet($0), text: "")
            }
            let edit = RuleEdit(rule: rule.name, change: .conditions(conditions))
            #expect(
                read(editor.edited([edit], withoutTests: true), beside: path).configuration?.policy.withoutPlaces
                    == expected)
            #expect(editor.text(of: edit)?.first?.hasPrefix("permit ") == true)
        }
    }

    @Test("comments, line ends and other lines stay, byte for byte")
    func bytes() throws {
        let text = [
            "version 1", "relay {", "    permit \"a\" {  # ours", "        from  10.0.0.0/8   # all", "",
            "        until 2030-01-01",
            "    }", "    # theirs", "    permit \"b\" { from 192.0.2.1 }", "    reject   \"c\"   { to  x.example }",
            "}", "",
        ]
        var conditions = RuleEdit.Conditions()
        (conditions.from, conditions.to) = (AddressSet([try AddressSet.parse("10.0.0.1")]), [.null])
        let edits = [
            RuleEdit(rule: "a", change: .conditions(conditions)), RuleEdit(rule: "b", change: .delete),
            RuleEdit(rule: "absent", change: .delete),
        ]
        for lineEnd in ["\n", "\r\n"] {
            let editor = RuleEditor(Array(text.joined(separator: lineEnd).utf8), file: "f")
            var expected = text
            expected[3] = "        from  10.0.0.1   # all"
            expected.insert("        to <>", at: 4)
            expected.remove(at: 9)
            #expect(String(decoding: editor.edited(edits), as: UTF8.self) == expected.joined(separator: lineEnd))
            #expect(
                editor.text(of: edits[0]) == [
                    "permit \"a\" {    # ours", "    from  10.0.0.1    # all", "    to    <>", "",
                    "    until  2030-01-01", "}",
                ])
        }
    }
}
