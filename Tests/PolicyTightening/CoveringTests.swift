import MailTypes
import TestSupport
import Testing

@testable import PolicyTightening

@Suite("addresses in few values")
struct CoveringTests {
    @Test(
        "few stay as they are, many become the smallest networks that the rule permits",
        arguments: [
            ("10.0.0.1 10.0.0.9", "10.0.0.0/8", 2, "10.0.0.1 10.0.0.9"),
            ("10.0.0.1 10.0.0.2 10.9.0.1", "10.0.0.0/8", 2, "10.0.0.1-10.0.0.2 10.9.0.1"),
            ("10.0.0.1 10.0.0.4 10.9.0.1", "10.0.0.0/8", 2, "10.0.0.0/29 10.9.0.1"),
            ("10.0.0.1 10.0.0.4 10.9.0.1", "10.0.0.0/8", 1, "10.0.0.0/12"),
            ("10.0.0.1 10.0.0.4 10.9.0.1", "10.0.0.1-10.255.255.255", 2, "10.0.0.1 10.0.0.4 10.9.0.1"),
            ("10.0.0.1 10.0.0.4 10.0.0.6", "10.0.0.1 10.0.0.4-10.0.0.7", 1, "10.0.0.1 10.0.0.4/30"),
            ("2001:db8::1 2001:db8::ff 192.0.2.1", "::/0 0.0.0.0/0", 2, "192.0.2.1 2001:db8::/120"),
            ("::1 8000::", "::/0", 1, "::/0"), ("0.0.0.0 255.255.255.255", "0.0.0.0/0", 1, "0.0.0.0/0"),
        ])
    func examples(used: String, whole: String, count: Int, expected: String) {
        #expect(addressSet(used).covered(within: addressSet(whole), inValues: count) == addressSet(expected))
    }

    @Test("holds all that was used, and nothing that was not permitted", arguments: 0..<300)
    func bounds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func addresses(_ count: Int, in numbers: Range<UInt32>) -> [IPRange] {
            (0..<count).map { _ in IPRange(IPAddress(v4: UInt32.random(in: numbers, using: &random))) }
        }
        let whole = AddressSet(
            addresses(40, in: 0..<512) + [IPRange(first: IPAddress(v4: 600), last: IPAddress(v4: 900))!])
        let used = AddressSet(addresses(60, in: 0..<1024)).intersection(whole)
        let count = Int.random(in: 1...20, using: &random)
        let covered = used.covered(within: whole, inValues: count)
        #expect(used.subtracting(covered).isEmpty)
        #expect(covered.subtracting(whole).isEmpty)
        #expect(covered.ranges.count <= max(count, whole.ranges.count))
    }
}
