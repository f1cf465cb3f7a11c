import MailTypes
import TestSupport
import Testing

@Suite("properties of the address parsers")
struct PathPropertyTests {
    private static let seed: UInt64 = 0x6761_7465_706F_7374

    @Test("what is written for any mailbox reads back as that mailbox")
    func roundTripOfMailboxes() throws {
        var generator = SeededRandom(seed: Self.seed)
        let domain = try #require(Domain("example.com"))
        for round in 0..<20_000 {
            let mailbox = Mailbox(localPart: generator.localPart(), domain: domain)
            let written = ForwardPath.mailbox(mailbox).wireForm
            // Quoting may carry a long local part over its limit.
            guard written.count <= 64 + "<@example.com>".utf8.count else { continue }
            let read = try? WrittenPath(parsing: written)
            #expect(read?.path == .mailbox(mailbox), "seed \(Self.seed), round \(round)")
            #expect(read?.path.wireForm == written, "seed \(Self.seed), round \(round)")
            let sender = try? ReversePath(parsing: written)
            #expect(sender == .mailbox(mailbox), "seed \(Self.seed), round \(round)")
        }
    }

    @Test("whatever is accepted has a canonical form that reads back as itself, without a route")
    func canonicalFormIsStable() {
        var generator = SeededRandom(seed: Self.seed)
        var accepted = 0
        for round in 0..<40_000 {
            let bytes = [UInt8(ascii: "<")] + generator.addressBytes() + Array("@a.b>".utf8)
            if let path = try? WrittenPath(parsing: bytes) {
                accepted += 1
                let again = try? WrittenPath(parsing: path.path.wireForm)
                #expect(again?.path == path.path, "seed \(Self.seed), round \(round): \(bytes)")
                #expect(again?.route == [], "seed \(Self.seed), round \(round): \(bytes)")
            }
            if let path = try? ReversePath(parsing: bytes) {
                #expect(
                    (try? ReversePath(parsing: path.wireForm)) == path, "seed \(Self.seed), round \(round): \(bytes)")
            }
        }
        // Else the test says nothing.
        #expect(accepted > 1000)
    }

    @Test("what is sent on holds no control byte, and is plain ASCII unless it says that it is not")
    func whatIsSentOn() {
        var generator = SeededRandom(seed: Self.seed &+ 1)
        for round in 0..<20_000 {
            let bytes = [UInt8(ascii: "<")] + generator.addressBytes() + [UInt8(ascii: ">")]
            guard let path = try? WrittenPath(parsing: bytes) else { continue }
            let sent = path.path.wireForm
            #expect(sent.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "seed \(Self.seed), round \(round)")
            #expect(sent.contains { $0 >= 0x80 } == path.path.needsSMTPUTF8, "seed \(Self.seed), round \(round)")
            #expect(sent.count <= 256, "seed \(Self.seed), round \(round)")
        }
    }

    @Test("resolving ends: no path can be resolved more often than it has bytes")
    func resolvingEnds() {
        var generator = SeededRandom(seed: Self.seed &+ 2)
        for round in 0..<20_000 {
            let bytes = [UInt8(ascii: "<")] + generator.addressBytes() + Array("@a.b>".utf8)
            var next = try? WrittenPath(parsing: bytes)
            var steps = 0
            while let path = next {
                next = path.tricks(whenLocal: true).lazy.compactMap { path.resolving($0) }.first
                steps += 1
                guard steps <= bytes.count else {
                    Issue.record("seed \(Self.seed), round \(round): \(bytes) is resolved for ever")
                    break
                }
            }
        }
    }

    @Test("no parser traps on any bytes", arguments: [true, false])
    func nothingTraps(likeAddresses: Bool) {
        var generator = SeededRandom(seed: Self.seed &+ 3)
        for _ in 0..<20_000 {
            let bytes = likeAddresses ? generator.addressBytes() : generator.anyBytes()
            let text = String(decoding: bytes, as: UTF8.self)
            for bareMailbox in [false, true] {
                _ = try? WrittenPath(parsing: bytes, allowingBareMailbox: bareMailbox)
                _ = try? ReversePath(parsing: bytes, allowingBareMailbox: bareMailbox)
            }
            _ = try? Domain(parsing: bytes)
            _ = IPAddress(parsing: bytes)
            _ = IPAddress(text)
            _ = try? IPNetwork(parsing: text)
            _ = try? AddressSet.parse(text)
            _ = try? PathPattern(parsing: text)
            _ = Instant(text)
            _ = CalendarDay(text)
        }
    }
}
