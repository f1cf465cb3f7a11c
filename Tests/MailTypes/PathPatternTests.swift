import MailTypes
import TestSupport
import Testing

@Suite("patterns of senders and recipients")
struct PathPatternTests {
    @Test(
        "a pattern has one meaning, or is refused with what to write instead",
        arguments: CorpusTable.rows("patterns.tsv", columns: 3))
    func parsing(row: CorpusTable.Row) {
        do {
            let pattern = try PathPattern(parsing: row.text(0))
            #expect(pattern.description == row.text(1))
            #expect(try PathPattern(parsing: pattern.description) == pattern)
        } catch {
            #expect("!" + error.message == row.text(1))
            #expect((error.fix ?? "") == row.text(2))
        }
    }

    @Test(
        "what each pattern matches",
        arguments: [
            ("<>", "<>", true), ("*@example.com", "<>", false), ("anna@*", "<>", false),
            ("anna@example.com", "<ANNA@Example.COM>", true), ("anna@example.com", "<\"anna\"@example.com>", true),
            ("anna@example.com", "<anna@sub.example.com>", false), ("anna@example.com", "<ann@example.com>", false),
            ("example.com", "<x@example.com>", true), ("example.com", "<x@a.example.com>", false),
            ("*.example.com", "<x@a.b.example.com>", true), ("*.example.com", "<x@example.com>", false),
            ("*.example.com", "<x@notexample.com>", false), ("anna@*", "<Anna@[192.0.2.1]>", true),
            ("ends-with:xyz.com", "<x@uvwxyz.com>", true), ("ends-with:xyz.com", "<x@xyz.com>", true),
            ("ends-with:xyz.com", "<x@xyz.com.test>", false), ("bücher.example", "<x@xn--bcher-kva.example>", true),
            ("[192.0.2.1]", "<x@[192.0.2.1]>", true), ("jürgen@example.com", "<jÜrgen@example.com>", false),
        ])
    func matching(pattern: String, path: String, matches: Bool) throws {
        let pattern = try PathPattern(parsing: pattern)
        let path = try ReversePath(parsing: Array(path.utf8))
        #expect(pattern.matches(path) == matches)
        #expect(PathPatternSet([pattern]).contains(path) == matches)
    }

    @Test(
        "<postmaster> without a domain is matched by postmaster@* alone",
        arguments: [
            ("postmaster@*", true), ("Postmaster@*", true), ("postmaster@example.com", false), ("example.com", false),
            ("<>", false), ("anna@*", false),
        ])
    func postmaster(pattern: String, matches: Bool) throws {
        let pattern = try PathPattern(parsing: pattern)
        #expect(pattern.matches(ForwardPath.postmaster) == matches)
        #expect(PathPatternSet([pattern]).contains(ForwardPath.postmaster) == matches)
    }

    @Test("the index agrees with the patterns one by one")
    func indexAgrees() throws {
        var generator = SeededRandom(seed: 8)
        let domains = ["a", "b.a", "c.b.a", "ab.a", "[192.0.2.1]"].compactMap { Domain($0) }
        let locals = ["u", "U", "v", "postmaster"].map { Array($0.utf8) }
        let ends = ["a", "b.a", ".a", "x"].map { Array($0.utf8) }
        for round in 0..<3000 {
            let patterns = (0..<Int.random(in: 0...4, using: &generator)).compactMap { _ -> PathPattern? in
                guard let domain = domains.randomElement(using: &generator),
                    let local = locals.randomElement(using: &generator), let end = ends.randomElement(using: &generator)
                else { return nil }
                return [
                    .null, .mailbox(localPart: local, domain: domain), .domain(domain), .below(domain),
                    .localPart(local), .endsWith(end),
                ]
                .randomElement(using: &generator)
            }
            let set = PathPatternSet(patterns)
            var index = PathPatternIndex<Int>()
            for (number, pattern) in patterns.enumerated() { index.insert(number, for: pattern) }
            for domain in domains {
                for local in locals {
                    let path = ForwardPath.mailbox(Mailbox(localPart: local, domain: domain))
                    let fitting = patterns.indices.filter { patterns[$0].matches(path) }
                    #expect(set.contains(path) == !fitting.isEmpty, "seed 8, round \(round)")
                    var found: [Int] = []
                    _ = index.contains(matching: path) {
                        found.append($0)
                        return false
                    }
                    #expect(found.sorted() == fitting, "seed 8, round \(round)")
                }
            }
            #expect(set.contains(ReversePath.null) == patterns.contains(.null), "seed 8, round \(round)")
            #expect(
                set.contains(ForwardPath.postmaster) == patterns.contains { $0.matches(ForwardPath.postmaster) },
                "seed 8, round \(round)")
        }
    }
}
