import Diagnostics
import Foundation
import MailTypes
import PolicyLanguage
import Testing

/// Whoever makes one slip reads of one, and not of all that follows from it.
@Suite("one slip is one error")
struct OneSlipTests {
    static let good = """
        version 1

        networks  office  192.0.2.0/24

        local {
            domains  example.com
        }

        refuse {
            reject "known bad" {
                from  203.0.113.66
            }
        }

        relay {
            reject "suspended" {
                sender  gone@example.com
                reply   550 5.7.1 "Account suspended"
            }
            permit "staff" {
                login   any
                sender  *@example.com
            }
            permit "office LAN" {
                from    office except 192.0.2.66
                limit   100 recipients per hour for each client
            }
        }

        tests {
            reject  from 198.51.100.7  sender x@evil.example    to y@victim.example
            permit  from 192.0.2.10    sender anna@example.com  to y@victim.example  by "office LAN"
        }
        """

    /// What is written instead of what, and the line in which the one error is said.
    static let slips: [(written: String, insteadOf: String, line: Int)] = [
        ("realy {", "relay {", 15),
        ("networsk", "networks", 3),
        ("lcoal {", "local {", 5),
        ("refsue {", "refuse {", 9),
        ("permti \"office LAN\"", "permit \"office LAN\"", 24),
        ("*@example.com\n", "*@example.com\n    }\n", 20),
        ("client\n    }\n", "client\n    }\n}\n", 15),
        ("relay", "relay {", 15),
        ("relay\n{", "relay {", 16),
        ("permit \"staff\"", "permit \"staff\" {", 20),
        ("permit \"staff\"\n    {", "permit \"staff\" {", 21),
        ("*@example.com\n    }\n    }\n", "*@example.com\n    }\n", 25),
        ("relay {\n}", "relay {", 17),
        ("\"office LAN {", "\"office LAN\" {", 24),
        ("office LAN {", "\"office LAN\" {", 24),
        ("\"known bad\" { from  203.0.113.66", "\"known bad\" {\n        from  203.0.113.66\n    }", 10),
        ("lgoin ", "login ", 21),
        ("from    ofice", "from    office", 25),
    ]

    private static func errors(_ text: String, purpose: ReadPurpose = .policyOnly) -> [Diagnostic] {
        let result = Configuration.read(
            Array(text.utf8), file: "x.conf", purpose: purpose, now: Instant(seconds: 1_795_478_400)
        ) { _ in .failure(FileProblem("no such file")) }
        return result.diagnostics.filter { $0.severity >= .error }
    }

    @Test("the file without a slip has no error")
    func good() { #expect(Self.errors(Self.good).isEmpty) }

    @Test("a slip is said once, where it is", arguments: slips)
    func slip(written: String, insteadOf right: String, line: Int) throws {
        let place = try #require(Self.good.range(of: right))
        let errors = Self.errors(Self.good.replacingCharacters(in: place, with: written))
        #expect(errors.map(\.at.line) == [line], "\(errors.map(\.message))")
    }

    @Test(
        "a word misspelt at the top is not missing too",
        arguments: [("lcoal", "local", 2), ("upstraem", "upstream", 3), ("lisen", "listen", 6), ("rout", "route", 4)])
    func misspeltWhereItIsNeeded(written: String, insteadOf right: String, line: Int) {
        let good = """
            version 1
            local { domains example.com }
            upstream a { server 127.0.0.1:25 }
            route local a
            route elsewhere a
            listen public { address 127.0.0.1:2525 }
            relay { permit "x" { from 192.0.2.1 } }
            """
        #expect(Self.errors(good, purpose: .serving).isEmpty)
        let text = good.split(separator: "\n").map { $0.hasPrefix("\(right) ") ? written + $0.dropFirst(right.count) : $0[...] }
        let errors = Self.errors(text.joined(separator: "\n"), purpose: .serving)
        #expect(Set(errors.map(\.message)) == ["unknown word `\(written)`"] && errors.first?.at.line == line)
    }

    @Test("a rule's name of one word needs no quotes")
    func nameWithoutQuotes() {
        #expect(Self.errors(Self.good.replacing("\"staff\"", with: "staff")).isEmpty)
    }

    @Test("two slips are two errors: a word that stands for nothing else is still said")
    func two() {
        let text = Self.good.replacing("relay {", with: "realy {").replacing("domains ", with: "domain ")
        #expect(Self.errors(text).map(\.at.line) == [6, 15])
    }
}
