import PolicyLanguage
import RelayPolicy
import Testing

/// Changing a file where it stands.
@Suite("editing")
struct EditingTests {
    static let rule: RuleText = {
        var rule = RuleText(.permit, name: "new")
        rule.append("from", ["192.0.2.9"])
        rule.append("sender", ["*@ours.example"])
        return rule
    }()
    static let added = [
        "    # added by ann", "    permit \"new\" {", "        from    192.0.2.9", "        sender  *@ours.example",
        "    }",
    ]

    static let long = """
        version 1
        relay {    # who may
            # the old one
            permit "old" { from 192.0.2.1 }    # kept
            # the last one
            permit "last" {
                from 192.0.2.2
            }    # end of last
            # nothing below
        }   # end
        tests { }

        """

    @Test(
        "a rule is put where it was asked for, and nothing else changes",
        arguments: [
            (EditableConfiguration.Place.top, 2), (.end, 9), (.before("old"), 2), (.after("old"), 4),
            (.before("last"), 4), (.after("last"), 8),
        ])
    func places(place: EditableConfiguration.Place, line: Int) throws {
        var text = EditableConfiguration(Array(Self.long.utf8), file: "x.conf")
        try text.insert(Self.rule, place, note: "added by ann")
        var lines = Self.long.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.insert(contentsOf: Self.added, at: line)
        #expect(String(decoding: text.bytes, as: UTF8.self) == lines.joined(separator: "\n"))
    }

    @Test(
        "a block without lines of its own gets them, and a missing one is made",
        arguments: [
            ("relay { }\n", "relay {\nNEW}\n"), ("relay {}", "relay {\nNEW}"),
            ("relay { permit \"a\" { from 192.0.2.1 } }\n", "relay {\n    permit \"a\" { from 192.0.2.1 }\nNEW}\n"),
            (
                "relay {\n    permit \"a\" { from 192.0.2.1 } }\n",
                "relay {\n    permit \"a\" { from 192.0.2.1 }\nNEW}\n"
            ),
            ("version 1\n", "version 1\n\nrelay {\nNEW}\n"), ("version 1", "version 1\n\nrelay {\nNEW}\n"),
        ])
    func layouts(old: String, new: String) throws {
        for end in ["\n", "\r\n"] {
            var text = EditableConfiguration(Array(old.replacing("\n", with: end).utf8), file: "x.conf")
            try text.insert(Self.rule, .end, note: "added by ann")
            let block = Self.added.map { $0 + "\n" }.joined()
            let own = old.contains("\n") ? end : "\n"
            let expected = new.replacing("NEW", with: block).replacing("\n", with: own)
            #expect(String(decoding: text.bytes, as: UTF8.self) == expected)
        }
    }

    @Test("what was laid out canonically still is")
    func canonical() throws {
        let bytes = try formatted(Array(Self.long.utf8), file: "x.conf").get()
        for place in [EditableConfiguration.Place.top, .end, .before("last")] {
            var text = EditableConfiguration(bytes, file: "x.conf")
            try text.insert(Self.rule, place, note: "added by ann")
            #expect(try formatted(text.bytes, file: "x.conf").get() == text.bytes)
        }
    }

    @Test("a byte order mark stays, and a note cannot become more than its line")
    func noteAndMark() throws {
        var text = EditableConfiguration([0xef, 0xbb, 0xbf] + Array("relay { }\n".utf8), file: "x.conf")
        try text.insert(Self.rule, .end, note: "added by a\nnn }")
        #expect(text.bytes.starts(with: [0xef, 0xbb, 0xbf]))
        #expect(String(decoding: text.bytes.dropFirst(3), as: UTF8.self).contains("    # added by ann }\n    permit"))
    }

    @Test(
        "words are added to and taken from the lines of a rule",
        arguments: [
            ("network", "networks  office  192.0.2.0/24 198.51.100.7    # ours"),
            ("from", "        from  office 198.51.100.7 except 192.0.2.66 192.0.2.67    # kiosks"),
            ("to", "        to    a.example y@b.example"),
            ("exception 0", "        from  office except 192.0.2.67    # kiosks"),
            ("exception 1", "        from  office except 192.0.2.66    # kiosks"),
        ])
    func words(change: String, line: String) throws {
        let old = """
            networks  office  192.0.2.0/24    # ours
            relay {
                permit "x" {
                    from  office except 192.0.2.66 192.0.2.67    # kiosks
                    to    a.example
                }
            }

            """
        var text = EditableConfiguration(Array(old.utf8), file: "x.conf")
        switch change {
        case "network": try text.add("198.51.100.7", toNetwork: "office")
        case "from": try text.add("198.51.100.7", to: "from", ofRule: "x")
        case "to": try text.add("y@b.example", to: "to", ofRule: "x")
        default: _ = try text.removeException(change.hasSuffix("0") ? 0 : 1, ofRule: "x")
        }
        let (before, after) = (
            old.split(separator: "\n"), String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        )
        #expect(zip(before, after).filter { $0 != $1 }.map { String($0.1) } == [line])
        #expect(before.count == after.count)
    }

    @Test("the last exception takes `except` with it")
    func lastException() throws {
        var text = EditableConfiguration(
            Array("relay { permit \"x\" { from 192.0.2.0/24 except file:k.list may-be-empty } }\n".utf8),
            file: "x.conf")
        #expect(try text.removeException(0, ofRule: "x") == "file:k.list may-be-empty")
        #expect(String(decoding: text.bytes, as: UTF8.self) == "relay { permit \"x\" { from 192.0.2.0/24 } }\n")
    }

    @Test(
        "what is asked of a file that cannot have it is a problem, and the text stays",
        arguments: ["version 1\nrelay {\n", "version 1\n", "\u{0}relay { }\n"])
    func problems(old: String) {
        var text = EditableConfiguration(Array(old.utf8), file: "x.conf")
        #expect(throws: EditableConfiguration.Problem.self) { try text.insert(Self.rule, .before("none")) }
        #expect(throws: EditableConfiguration.Problem.self) { try text.add("192.0.2.1", toNetwork: "none") }
        #expect(text.bytes == Array(old.utf8))
    }

    @Test(
        "words from outside stay words",
        arguments: [
            ("office except 192.0.2.66", ["office", "except", "192.0.2.66"]), ("\"a b\"", ["\"a b\""]), ("", []),
            ("x } permit", nil), ("x # y", nil), ("x\ny", nil), ("\"x", nil), ("x\u{0}", nil), ("{", nil),
        ] as [(String, [String]?)])
    func onlyWords(text: String, words: [String]?) {
        #expect(RuleText.words(text) == words)
    }
}
