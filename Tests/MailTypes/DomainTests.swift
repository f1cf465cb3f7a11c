import MailTypes
import TestSupport
import Testing

@Suite("domains")
struct DomainTests {
    @Test(
        "names below a domain are those with more whole labels",
        arguments: [
            ("a.example.com", "example.com", true), ("a.b.example.com", "example.com", true),
            ("example.com", "example.com", false), ("notexample.com", "example.com", false),
            ("example.com.evil.test", "example.com", false), ("com", "example.com", false),
            ("[192.0.2.1]", "example.com", false), ("xexample.com", "example.com", false),
        ])
    func isBelow(name: String, other: String, isBelow: Bool) throws {
        let (name, other) = (try #require(Domain(name)), try #require(Domain(other)))
        #expect(name.isBelow(other) == isBelow)
    }

    @Test("the parents of a name are what stands behind its dots, and a literal has none")
    func parents() {
        let names = sequence(first: Domain("a.b.example.com")) { $0?.parent }.prefix { $0 != nil }
        #expect(names.map { $0?.description } == ["a.b.example.com", "b.example.com", "example.com", "com"])
        #expect(Domain("[192.0.2.1]")?.parent == nil)
    }

    @Test(
        "spellings of one domain are equal, and look-alikes are not",
        arguments: [
            ("EXAMPLE.com", "example.COM", true), ("bücher.example", "xn--bcher-kva.example", true),
            ("straße.example", "strasse.example", false), ("[192.0.2.1]", "[IPv6:::ffff:192.0.2.1]", false),
            ("[IPv6:2001:db8::1]", "[ipv6:2001:DB8:0:0:0:0:0:1]", true), ("k.example", "\u{212A}.example", false),
        ])
    func equality(a: String, b: String, areEqual: Bool) {
        #expect((Domain(a) == Domain(b)) == areEqual)
    }

    @Test("a literal knows its address", arguments: ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
    func address(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(Domain(literal: address).address == address)
        #expect(Domain(Domain(literal: address).description) == Domain(literal: address))
        #expect(Domain("example.com")?.address == nil)
    }

    @Test("converting to A-labels is stable: what came out goes in and comes out again")
    func conversionIsStable() {
        var generator = SeededRandom(seed: 5)
        let letters = Array("abcäöüßéñжשन中あ한0-")
        for round in 0..<20_000 {
            let label = String(
                (0..<Int.random(in: 1...8, using: &generator)).compactMap { _ in
                    letters.randomElement(using: &generator)
                })
            guard let domain = Domain(label + ".example") else { continue }
            #expect(domain.bytes.allSatisfy { $0 < 0x80 }, "seed 5, round \(round): \(label)")
            #expect(Domain(domain.description) == domain, "seed 5, round \(round): \(label)")
        }
    }
}
