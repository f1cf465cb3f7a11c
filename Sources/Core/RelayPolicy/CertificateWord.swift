/// What a rule and a request call a client's certificate: the name of its file, or `fingerprint:` and 64 digits.
public enum CertificateWord {
    public static let fingerprint = "fingerprint:"

    /// The one spelling of a word: a fingerprint is the same with colons, in capitals and behind `sha256:`. Nil for
    /// one that is no SHA-256 fingerprint.
    public static func canonical(_ word: String) -> String? {
        guard word.hasPrefix(fingerprint) else { return word }
        return digits(word.dropFirst(fingerprint.count)).map { fingerprint + $0 }
    }

    /// The 64 digits of a SHA-256 fingerprint in lower case, however it is written.
    public static func digits(_ text: some StringProtocol) -> String? {
        var text = text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }[...]
        if text.starts(with: "sha256:".utf8) { text = text.dropFirst("sha256:".utf8.count) }
        let digits = text.filter { $0 != UInt8(ascii: ":") }
        let isHexadecimal = digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return digits.count == 64 && isHexadecimal ? String(decoding: digits, as: UTF8.self) : nil
    }
}
