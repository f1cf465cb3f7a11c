import Testing

@testable import MailProtocols

@Suite("the end of mail data")
struct MailDataScannerTests {
    private static func scan(_ chunks: [[UInt8]]) -> MailDataScanner.Finding {
        var scanner = MailDataScanner()
        var before = 0
        for chunk in chunks {
            switch chunk.withUnsafeBytes({ scanner.scan($0) }) {
            case .more: before += chunk.count
            case .end(let count): return .end(before + count)
            case .broken(let count, let problem): return .broken(before + count, problem)
            }
        }
        return .more
    }

    @Test(
        "only CR LF . CR LF ends it",
        arguments: [
            ("a\n.\n", false), ("a\n.\r\n", false), ("a\r.\r", false), ("a\r.\n", false), ("a\r.\r\n", false),
            ("a\n.\r", false), ("a\r\n.\n", false), ("a\r\n.\r", false), ("a\r\n\0.\r\n", false),
            ("a\r\n.\0\r\n", false), ("a\r\n.\r\r\n", false), ("a\r\r\n.\r\r\n", false), ("a\r\n.\r\n", true),
            (".\r\n", true), ("..\r\n", false), ("a.\r\n", false), ("a\r\n. \r\n", false),
        ])
    func terminators(text: String, ends: Bool) {
        let bytes = Array(text.utf8)
        let finding = Self.scan([bytes])
        #expect((finding == .end(bytes.count)) == ends)
        #expect(Self.scan(bytes.map { [$0] }) == finding, "byte by byte it reads otherwise")
    }

    /// The plain reading: a regular language, one byte at a time, without the fast path.
    private static func plain(_ bytes: [UInt8]) -> MailDataScanner.Finding {
        var line: [UInt8] = []
        var hasReturn = false
        for (index, byte) in bytes.enumerated() {
            if byte == 0 { return .broken(index, .nul) }
            if hasReturn {
                guard byte == 10 else { return .broken(index, .bareCarriageReturn) }
                if line == [UInt8(ascii: ".")] { return .end(index + 1) }
                (line, hasReturn) = ([], false)
            } else if byte == 10 {
                return .broken(index, .bareLineFeed)
            } else if byte == 13 {
                hasReturn = true
            } else {
                line.append(byte)
            }
        }
        return .more
    }

    @Test("all strings of up to seven symbols read as the plain reading says, whole and in two parts")
    func exhaustive() {
        let symbols: [[UInt8]] = [[13], [10], [46], [0], [97], [13, 10], Array("Received: xyzabcdef".utf8)]
        var strings: [[UInt8]] = [[]]
        var count = 0
        for length in 1...6 {
            strings = strings.flatMap { string in symbols.map { string + $0 } }
            for bytes in strings {
                let expected = Self.plain(bytes)
                #expect(Self.scan([bytes]) == expected)
                if length <= 4 {
                    for cut in 1..<bytes.count {
                        #expect(Self.scan([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected)
                    }
                }
            }
            count += strings.count
        }
        #expect(count == 137_256)
    }

    @Test("what breaks it is found at every place of a long line, in header and body, among bytes of all kinds")
    func everyPlace() {
        for before in ["", "\r\n"] {
            for filling: UInt8 in [0x20, 0x61, 0x7f, 0x80, 0xff] {
                for place in 0..<100 {
                    for broken: UInt8 in [0, 10, 13] {
                        var bytes = Array(before.utf8) + [UInt8](repeating: filling, count: 100)
                        bytes[before.utf8.count + place] = broken
                        #expect(Self.scan([bytes]) == Self.plain(bytes), "\(broken) at \(place) among \(filling)")
                    }
                }
            }
        }
    }

    @Test("Received lines of the header are counted, those of the body are not")
    func receivedLines() {
        let text = "Received: a\r\n b\r\nRECEIVED: c\r\nX-Received: d\r\nSubject: Received: e\r\n\r\nReceived: f\r\n.\r\n"
        for size in [1, 3, 1000] {
            var scanner = MailDataScanner()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                _ = Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { scanner.scan($0) }
            }
            #expect(scanner.receivedLines == 2)
        }
    }
}
