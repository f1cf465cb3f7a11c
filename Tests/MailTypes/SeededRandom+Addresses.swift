import TestSupport

extension SeededRandom {
    /// Pieces that addresses are made of, so that much of what they yield is nearly or wholly an address.
    private static let pieces: [[UInt8]] = {
        let signs = Array("@@..abA01-_%!/|\"\"\\<>:,()[]=+* \t\n\0üÜ＠。").map { String($0) }
        let words = [
            "\u{301}", "\u{AD}", "\u{2028}", "xn--", "xn--bcher-kva", "IPv6:", "::", "ffff:", "192.0.2.1", "010", "255",
            "/24",
            "/8", "example", ".com", "postmaster", "SRS0=", "IMCEASMTP-", "ends-with:", "2026-11-24", "T12:35:52Z",
            "+01:00",
        ]
        let notUTF8: [[UInt8]] = [[0xC0], [0x80], [0xFF], [0xED, 0xA0, 0x80]]
        return (signs + words).map { Array($0.utf8) } + notUTF8
    }()

    mutating func addressBytes() -> [UInt8] {
        (0..<Int.random(in: 0...12, using: &self)).flatMap { _ in
            Self.pieces.randomElement(using: &self) ?? []
        }
    }

    mutating func anyBytes() -> [UInt8] {
        (0..<Int.random(in: 0...40, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// A decoded local part: UTF-8 without control characters, 1...20 characters.
    mutating func localPart() -> [UInt8] {
        let characters = Array(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~abzABZ019..üж＠😀")
        return (0..<Int.random(in: 1...20, using: &self)).flatMap { _ in
            Array(String(characters.randomElement(using: &self) ?? "a").utf8)
        }
    }
}
