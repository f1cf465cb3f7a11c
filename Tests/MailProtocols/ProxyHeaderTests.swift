import MailTypes
import TestSupport
import Testing

@testable import MailProtocols

@Suite("the header of the PROXY protocol")
struct ProxyHeaderTests {
    private static func scan(_ bytes: [UInt8]) -> ProxyHeader.Finding { bytes.withUnsafeBytes(ProxyHeader.scan) }
    private static func scan(_ text: String) -> ProxyHeader.Finding { scan(Array(text.utf8)) }

    private static func client(_ source: String, _ sourcePort: UInt16, _ destination: String, _ port: UInt16) -> ProxyHeader {
        ProxyHeader(
            .client(
                TransportAddress(IPAddress(source)!, port: sourcePort),
                to: TransportAddress(IPAddress(destination)!, port: port)))
    }

    private static let v4 = client("198.51.100.7", 40312, "192.0.2.25", 25)
    private static let v6 = client("2001:db8::7", 65535, "2001:db8:25::1", 0)
    private static let line = "PROXY TCP4 198.51.100.7 192.0.2.25 40312 25\r\n"

    /// Version 2 with this command and family, and a block behind it.
    private static func binary(_ command: UInt8, _ family: UInt8, _ block: [UInt8], saidLength: Int? = nil) -> [UInt8] {
        let length = saidLength ?? block.count
        return ProxyHeader.signature + [command, family, UInt8(length >> 8), UInt8(length & 0xff)] + block
    }

    private static let addresses: [UInt8] = [198, 51, 100, 7, 192, 0, 2, 25, 0x9d, 0x78, 0, 25]

    /// Extensions with a checksum that is right.
    private static func checksummed(_ before: [UInt8] = [], _ after: [UInt8] = []) -> [UInt8] {
        var header = binary(0x21, 0x11, addresses + before + [3, 0, 4, 0, 0, 0, 0] + after)
        let checksum = CRC32C.checksum(of: header)
        let start = 16 + 12 + before.count + 3
        for index in 0..<4 { header[start + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index)) }
        return header
    }

    private static let goodLines: [(String, ProxyHeader)] = [
        (line, v4),
        ("PROXY TCP6 2001:db8::7 2001:db8:25::1 65535 0\r\n", v6),
        ("PROXY TCP6 2001:DB8:0:0:0:0:0:7 2001:db8:25::1 65535 0\r\n", v6),
        ("PROXY TCP6 ::ffff:198.51.100.7 ::ffff:192.0.2.25 1 25\r\n", client("::ffff:198.51.100.7", 1, "::ffff:192.0.2.25", 25)),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", client("255.255.255.255", 65535, "255.255.255.255", 65535)),
        (
            "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            client(
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535)
        ),
        ("PROXY UNKNOWN\r\n", ProxyHeader(.unknown)),
        ("PROXY UNKNOWN ffff::1 anything at all 1 2\r\n", ProxyHeader(.unknown)),
        ("PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n", ProxyHeader(.unknown)),
    ]

    @Test("headers of version 1", arguments: goodLines)
    func lines(text: String, header: ProxyHeader) {
        #expect(Self.scan(text) == .header(header, length: text.utf8.count))
        #expect(Self.scan(text + "EHLO x\r\n") == .header(header, length: text.utf8.count))
    }

    private static let badLines: [(String, ProxyHeader.Problem)] = [
        ("PROXY  TCP4 198.51.100.7 192.0.2.25 40312 25\r\n", ProxyHeader.Problem.malformed),
        ("PROXY TCP4  198.51.100.7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7  192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25  40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 40312 25 \r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 40312 25 1\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 40312\r\n", .malformed),
        ("PROXY TCP4\t198.51.100.7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 40312 25\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 40312 25\r\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7\r192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.007 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.256 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 2001:db8::7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 2001:db8::7 40312 25\r\n", .malformed),
        ("PROXY TCP6 198.51.100.7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP6 2001:db8::7%eth0 2001:db8::7 40312 25\r\n", .malformed),
        ("PROXY TCP6 [2001:db8::7] 2001:db8::7 40312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 65536 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 040312 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 00 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 +403 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 -1 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 4e3 25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25  25\r\n", .malformed),
        ("PROXY TCP4 198.51.100.7 192.0.2.25 99999999999999999999999 25\r\n", .malformed),
        ("PROXY tcp4 198.51.100.7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY TCP5 198.51.100.7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY UDP4 198.51.100.7 192.0.2.25 40312 25\r\n", .malformed),
        ("PROXY UNKNOWNX\r\n", .malformed),
        ("PROXY UNKNOWN\n", .malformed),
        ("PROXY \r\n", .malformed),
        ("PROXY UNKNOWN " + String(repeating: "x", count: 92) + "\r\n", .tooLong),
        ("PROXY UNKNOWN " + String(repeating: "x", count: 5_000), .tooLong),
        ("proxy TCP4 198.51.100.7 192.0.2.25 40312 25\r\n", .noHeader),
        ("PROXY\r\n", .noHeader),
        (" PROXY TCP4 198.51.100.7 192.0.2.25 40312 25\r\n", .noHeader),
        ("\r\nPROXY TCP4 198.51.100.7 192.0.2.25 40312 25\r\n", .noHeader),
        ("EHLO client.test\r\n", .noHeader),
        ("\u{16}\u{3}\u{1}", .noHeader),
        ("\0", .noHeader),
    ]

    @Test("lines that are no header of version 1", arguments: badLines)
    func brokenLines(text: String, problem: ProxyHeader.Problem) { #expect(Self.scan(text) == .refused(problem)) }

    private static let goodBinaries: [([UInt8], ProxyHeader)] = [
        (binary(0x21, 0x11, addresses), v4),
        (binary(0x21, 0x11, addresses + [4, 0, 3, 0, 0, 0]), v4),
        (binary(0x21, 0x11, addresses + [1, 0, 2, 0x68, 0x32, 0xee, 0, 0]), v4),
        (binary(0x21, 0x11, addresses + [5, 0x0f, 0x00] + [UInt8](repeating: 7, count: 0xf00)), v4),
        (checksummed(), v4),
        (checksummed([4, 0, 1, 9], [0x20, 0, 2, 1, 2]), v4),
        (binary(0x20, 0x00, []), ProxyHeader(.balancer)),
        (binary(0x20, 0x11, addresses), ProxyHeader(.balancer)),
        (binary(0x20, 0xff, [1, 2, 3]), ProxyHeader(.balancer)),
        (binary(0x20, 0x11, []), ProxyHeader(.balancer)),
        (binary(0x21, 0x00, []), ProxyHeader(.unknown)),
        (binary(0x21, 0x00, [1, 2, 3, 4, 5]), ProxyHeader(.unknown)),
        (binary(0x21, 0x31, [UInt8](repeating: 65, count: 216)), ProxyHeader(.unknown)),
    ]

    @Test("headers of version 2", arguments: goodBinaries)
    func binaries(bytes: [UInt8], header: ProxyHeader) {
        #expect(Self.scan(bytes) == .header(header, length: bytes.count))
        #expect(Self.scan(bytes + [1, 2, 3]) == .header(header, length: bytes.count))
    }

    private static let badBinaries: [([UInt8], ProxyHeader.Problem)] = [
        (binary(0x11, 0x11, addresses), ProxyHeader.Problem.unknownVersion),
        (binary(0x31, 0x11, addresses), .unknownVersion),
        (binary(0x01, 0x11, addresses), .unknownVersion),
        (binary(0x22, 0x11, addresses), .unknownCommand),
        (binary(0x2f, 0x11, addresses), .unknownCommand),
        (binary(0x21, 0x12, addresses), .unknownFamily),
        (binary(0x21, 0x22, addresses + addresses + addresses), .unknownFamily),
        (binary(0x21, 0x32, [UInt8](repeating: 65, count: 216)), .unknownFamily),
        (binary(0x21, 0x10, addresses), .unknownFamily),
        (binary(0x21, 0x01, addresses), .unknownFamily),
        (binary(0x21, 0x13, addresses), .unknownFamily),
        (binary(0x21, 0x41, addresses), .unknownFamily),
        (binary(0x21, 0x11, Array(addresses.dropLast())), .addressesCutOff),
        (binary(0x21, 0x21, addresses), .addressesCutOff),
        (binary(0x21, 0x31, [UInt8](repeating: 65, count: 215)), .addressesCutOff),
        (binary(0x21, 0x11, []), .addressesCutOff),
        (binary(0x21, 0x11, addresses + [4]), .badExtension),
        (binary(0x21, 0x11, addresses + [4, 0]), .badExtension),
        (binary(0x21, 0x11, addresses + [4, 0, 1]), .badExtension),
        (binary(0x21, 0x11, addresses + [4, 0, 1, 9, 9]), .badExtension),
        (binary(0x21, 0x11, addresses + [4, 0xff, 0xff, 0]), .badExtension),
        (binary(0x21, 0x11, addresses + [3, 0, 3, 0, 0, 0]), .badExtension),
        (binary(0x21, 0x11, addresses + [3, 0, 4, 0, 0, 0, 0]), .badChecksum),
        (Array(checksummed().dropLast(1)) + [checksummed().last! ^ 1], .badChecksum),
        (checksummed([], [3, 0, 4, 0, 0, 0, 0]), .badExtension),
        (binary(0x21, 0x11, addresses, saidLength: ProxyHeader.longest - 15), .tooLong),
        (binary(0x21, 0x11, addresses, saidLength: 0xffff), .tooLong),
        (binary(0x20, 0x00, [], saidLength: 0xffff), .tooLong),
    ]

    @Test("bytes that are no header of version 2", arguments: badBinaries)
    func brokenBinaries(bytes: [UInt8], problem: ProxyHeader.Problem) { #expect(Self.scan(bytes) == .refused(problem)) }

    @Test("one bit that is wrong under a checksum never goes unseen behind the fixed part")
    func checksum() {
        let good = Self.checksummed([4, 0, 1, 9])
        for index in 16..<good.count {
            for bit in 0..<8 {
                var bytes = good
                bytes[index] ^= 1 << UInt8(bit)
                // The type or the length of an extension may be hit, so that there is no checksum any more.
                let isOfForm = index == 28 || index == 29 || index == 30 || (32...34).contains(index)
                if case .header = Self.scan(bytes), !isOfForm { Issue.record("bit \(bit) of byte \(index)") }
            }
        }
    }

    @Test("a header cut anywhere is incomplete, and never something else", arguments: [
        Array(line.utf8), Array("PROXY UNKNOWN\r\n".utf8), binary(0x21, 0x11, addresses), checksummed([4, 0, 1, 9]),
        binary(0x20, 0x00, []), binary(0x21, 0x31, [UInt8](repeating: 65, count: 216)),
    ])
    func pieces(bytes: [UInt8]) {
        for count in 0..<bytes.count { #expect(Self.scan(Array(bytes[..<count])) == .incomplete, "\(count) bytes") }
    }

    @Test("every first byte but two is refused at once")
    func firstByte() {
        for byte in UInt8.min...UInt8.max {
            let mayBegin = byte == UInt8(ascii: "P") || byte == 13
            #expect(Self.scan([byte]) == (mayBegin ? .incomplete : .refused(.noHeader)))
        }
    }

    @Test("what is written is read as the same, by both versions", arguments: ProxyHeader.Version.allCases)
    func roundTrip(version: ProxyHeader.Version) {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            func address(_ isIPv4: Bool) -> IPAddress {
                isIPv4
                    ? IPAddress(v4: UInt32.random(in: 0...UInt32.max, using: &random))
                    : IPAddress(v6: UInt128(UInt64.random(in: 0...UInt64.max, using: &random)) << UInt128.random(in: 0...64, using: &random))
            }
            let isIPv4 = Bool.random(using: &random)
            let ends = (0..<2).map { _ in
                TransportAddress(address(isIPv4), port: UInt16.random(in: 0...UInt16.max, using: &random))
            }
            let header = ProxyHeader(.client(ends[0], to: ends[1]))
            let bytes = header.wireForm(version)
            #expect(Self.scan(bytes) == .header(header, length: bytes.count), "\(header)")
        }
        #expect(Self.scan(ProxyHeader(.unknown).wireForm(version)).subject == .unknown)
        #expect(Self.scan(ProxyHeader(.balancer).wireForm(version)).subject == (version == .one ? .unknown : .balancer))
    }

    @Test("version 1 as HAProxy's specification shows it")
    func writtenLine() {
        #expect(Self.v4.wireForm(.one) == Array(Self.line.utf8))
        let mixed = Self.client("198.51.100.7", 1, "2001:db8::25", 25)
        #expect(mixed.wireForm(.one) == Array("PROXY TCP6 ::ffff:198.51.100.7 2001:db8::25 1 25\r\n".utf8))
    }

    @Test("the longest line is just as long as it may be")
    func longestLine() {
        let ones = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        #expect(Self.client(ones, 65535, ones, 65535).wireForm(.one).count == 104)
        #expect(("PROXY UNKNOWN \(ones) \(ones) 65535 65535\r\n").utf8.count == ProxyHeader.longestLine)
    }

    private static let checksums: [([UInt8], UInt32)] = [
        ([UInt8](repeating: 0, count: 32), UInt32(0x8a91_36aa)), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        ([UInt8](0..<32), 0x46dd_794e), (Array("123456789".utf8), 0xe306_9283),
    ]

    @Test("the checksum of RFC 3720 §B.4", arguments: checksums)
    func checksum(bytes: [UInt8], expected: UInt32) { #expect(CRC32C.checksum(of: bytes) == expected) }

    @Test("bytes at random are never a header, and nothing traps")
    func random() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<20_000 {
            var bytes = Self.checksummed([4, 0, 1, 9])
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            if case .header(_, let length) = Self.scan(bytes) { #expect(length <= bytes.count) }
        }
    }
}

extension ProxyHeader.Finding {
    fileprivate var subject: ProxyHeader.Subject? {
        if case .header(let header, _) = self { header.subject } else { nil }
    }
}
