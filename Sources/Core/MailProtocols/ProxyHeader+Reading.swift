import MailTypes

extension ProxyHeader {
    /// Looks at all bytes of a connection so far. The answer is the same however they were cut into pieces.
    public static func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
        let line = Array("PROXY ".utf8)
        if bytes.starts(with: line) { return scanLine(bytes) }
        if bytes.starts(with: signature) { return scanBinary(bytes) }
        return line.starts(with: bytes) || signature.starts(with: bytes) ? .incomplete : .refused(.noHeader)
    }

    // MARK: Version 1

    /// `PROXY TCP4 198.51.100.7 192.0.2.25 40312 25` and CRLF (PROXY protocol §2.1): one space between words, numbers
    /// without leading zeros. Behind UNKNOWN anything may stand.
    private static func scanLine(_ bytes: UnsafeRawBufferPointer) -> Finding {
        guard let end = bytes.prefix(longestLine).firstIndex(of: ASCII.lineFeed) else {
            return bytes.count < longestLine ? .incomplete : .refused(.tooLong)
        }
        let content = Array(bytes[6..<end])
        guard content.last == ASCII.carriageReturn, !content.dropLast().contains(ASCII.carriageReturn),
            let subject = subject(ofLine: content.dropLast())
        else { return .refused(.malformed) }
        return .header(ProxyHeader(subject), length: end + 1)
    }

    private static func subject(ofLine content: ArraySlice<UInt8>) -> Subject? {
        let words = content.split(separator: ASCII.space, omittingEmptySubsequences: false)
        if words[0].elementsEqual("UNKNOWN".utf8) { return .unknown }
        let family: IPAddress.Family
        if words[0].elementsEqual("TCP4".utf8) {
            family = .v4
        } else if words[0].elementsEqual("TCP6".utf8) {
            family = .v6
        } else {
            return nil
        }
        guard words.count == 5, let source = IPAddress(parsing: Array(words[1])), source.family == family,
            let destination = IPAddress(parsing: Array(words[2])), destination.family == family,
            let sourcePort = port(words[3]), let destinationPort = port(words[4])
        else { return nil }
        return .client(
            TransportAddress(source, port: sourcePort), to: TransportAddress(destination, port: destinationPort))
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        return ASCII.number(digits).flatMap(UInt16.init(exactly:))
    }

    // MARK: Version 2

    /// The twelve bytes with which version 2 begins: no protocol that people type begins so (PROXY protocol §2.2).
    static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
    private static let fixedLength = 16

    private static func scanBinary(_ bytes: UnsafeRawBufferPointer) -> Finding {
        guard bytes.count > 12 else { return .incomplete }
        guard bytes[12] >> 4 == 2 else { return .refused(.unknownVersion) }
        let isLocal = bytes[12] & 0xf == 0
        guard isLocal || bytes[12] & 0xf == 1 else { return .refused(.unknownCommand) }
        guard bytes.count > 13 else { return .incomplete }
        // The block of LOCAL is skipped, whatever family it names.
        let family = isLocal ? .unspecified : BinaryFamily(rawValue: bytes[13])
        guard let family else { return .refused(.unknownFamily) }
        guard bytes.count >= fixedLength else { return .incomplete }
        let length = fixedLength + (Int(bytes[14]) << 8 | Int(bytes[15]))
        guard length <= longest else { return .refused(.tooLong) }
        guard length - fixedLength >= family.size else { return .refused(.addressesCutOff) }
        guard bytes.count >= length else { return .incomplete }
        let header = Array(bytes[..<length])
        if isLocal { return .header(ProxyHeader(.balancer), length: length) }
        // Where nothing is said of the addresses nobody can tell where the extensions begin.
        if family != .unspecified, let problem = problem(ofExtensionsIn: header, behind: fixedLength + family.size) {
            return .refused(problem)
        }
        return .header(ProxyHeader(subject(of: header, family)), length: length)
    }

    /// Family and transport. Datagrams cannot be what came over a TCP connection.
    private enum BinaryFamily: UInt8 {
        case unspecified = 0x00, tcp4 = 0x11, tcp6 = 0x21, unixStream = 0x31

        /// Bytes of both addresses and ports.
        var size: Int {
            switch self {
            case .unspecified: 0
            case .tcp4: 12
            case .tcp6: 36
            case .unixStream: 216
            }
        }
    }

    private static func subject(of header: [UInt8], _ family: BinaryFamily) -> Subject {
        func number(_ start: Int, _ count: Int) -> UInt128 {
            header[start..<start + count].reduce(0) { $0 << 8 | UInt128($1) }
        }
        func client(_ width: Int, _ address: (UInt128) -> IPAddress) -> Subject {
            let ends = [0, 1].map { index in
                TransportAddress(
                    address(number(fixedLength + index * width, width)),
                    port: UInt16(number(fixedLength + 2 * width + 2 * index, 2)))
            }
            return .client(ends[0], to: ends[1])
        }
        return switch family {
        case .tcp4: client(4) { IPAddress(v4: UInt32($0)) }
        case .tcp6: client(16) { IPAddress(v6: $0) }
        case .unixStream, .unspecified: .unknown
        }
    }

    private static let checksumType: UInt8 = 0x03

    /// Extensions (TLV, PROXY protocol §2.2): each has a type, a length of two bytes, and so many bytes; together they
    /// fill the header. Nothing is taken from them; a checksum has to be right.
    private static func problem(ofExtensionsIn header: [UInt8], behind start: Int) -> Problem? {
        var index = start
        var checksum: Int?
        while index < header.count {
            guard index + 3 <= header.count else { return .badExtension }
            let length = Int(header[index + 1]) << 8 | Int(header[index + 2])
            let value = index + 3
            guard value + length <= header.count else { return .badExtension }
            if header[index] == checksumType {
                guard checksum == nil, length == 4 else { return .badExtension }
                checksum = value
            }
            index = value + length
        }
        guard let checksum else { return nil }
        let said = header[checksum..<checksum + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        var header = header
        for index in checksum..<checksum + 4 { header[index] = 0 }
        return CRC32C.checksum(of: header) == said ? nil : .badChecksum
    }
}
