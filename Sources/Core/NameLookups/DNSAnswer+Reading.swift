import MailTypes

/// Reads the answer out of a message of the resolver (RFC 1035 §4).
extension DNSAnswer {
    /// A chain of aliases is followed so far; one that goes in circles ends here too.
    static let mostAliases = 10
    /// A message with more records in a section is none that an honest host needs.
    static let mostRecords = 500
    /// How long nothing is known to be there where the message does not say (RFC 2308 §5).
    static let secondsWithoutSOA: UInt32 = 60

    /// What `message` says to `question`. Whatever is not wholly in order says nothing.
    public init(_ message: UnsafeRawBufferPointer, to question: DNSQuestion) {
        var reader = DNSMessageReader(message)
        self = reader.answer(to: question) ?? .failed
    }
}

private struct DNSMessageReader {
    private let message: UnsafeRawBufferPointer
    private var index = 0

    private static let cname: UInt16 = 5
    private static let soa: UInt16 = 6
    private static let internet: UInt16 = 1

    private struct RecordHead {
        let owner: DNSName
        let type: UInt16
        let isOfInternet: Bool
        let seconds: UInt32
        let data: Range<Int>
    }

    init(_ message: UnsafeRawBufferPointer) { self.message = message }

    /// Nil where the message is broken, is no answer to the question, or says that there is none.
    mutating func answer(to question: DNSQuestion) -> DNSAnswer? {
        guard message.count <= 0xffff, number() != nil, let flags = number(), let questions = number(),
            let answers = number(), let authorities = number(), number() != nil
        else { return nil }
        let (isReply, opcode, isTruncated, code) = (flags >> 15 == 1, flags >> 11 & 0xf, flags >> 9 & 1 == 1, flags & 0xf)
        let (noError, noSuchName): (UInt16, UInt16) = (0, 3)
        guard isReply, opcode == 0, !isTruncated, code == noError || code == noSuchName else { return nil }
        guard questions == 1, DNSName.read(message, at: &index) == question.name, number() == question.type.rawValue,
            number() == Self.internet
        else { return nil }
        guard let records = section(answers), let found = follow(question, records) else { return nil }
        switch found {
        case .records: return code == noSuchName ? nil : found
        case .none(let alias):
            guard let authority = section(authorities) else { return nil }
            return .none(seconds: min(alias, secondsOfNothing(authority)))
        case .failed: return nil
        }
    }

    /// Goes along the aliases to the records; nil where they have no end.
    private func follow(_ question: DNSQuestion, _ records: [RecordHead]) -> DNSAnswer? {
        var name = question.name
        var seconds = UInt32.max
        for _ in 0...DNSAnswer.mostAliases {
            let own = records.filter { $0.isOfInternet && $0.owner == name }
            let wanted = own.filter { $0.type == question.type.rawValue }
            if !wanted.isEmpty {
                let values = wanted.compactMap { value(of: $0, as: question.type) }
                guard values.count == wanted.count else { return nil }
                return .records(values, seconds: wanted.reduce(seconds) { min($0, $1.seconds) })
            }
            guard let alias = own.first(where: { $0.type == Self.cname }) else { return DNSAnswer.none(seconds: seconds) }
            guard let target = self.name(in: alias.data) else { return nil }
            (name, seconds) = (target, min(seconds, alias.seconds))
        }
        return nil
    }

    private func value(of record: RecordHead, as type: DNSQuestion.RecordType) -> DNSAnswer.Record? {
        switch type {
        case .a:
            guard record.data.count == 4 else { return nil }
            return .address(IPAddress(v4: record.data.reduce(0) { $0 << 8 | UInt32(message[$1]) }))
        case .aaaa:
            guard record.data.count == 16 else { return nil }
            return .address(IPAddress(v6: record.data.reduce(0) { $0 << 8 | UInt128(message[$1]) }))
        case .ptr: return name(in: record.data).map(DNSAnswer.Record.name)
        }
    }

    /// A name that is the whole of some record's data.
    private func name(in data: Range<Int>) -> DNSName? {
        var end = data.lowerBound
        guard let name = DNSName.read(message, at: &end), end == data.upperBound else { return nil }
        return name
    }

    /// The least of the SOA's own time and its last field (RFC 2308 §5).
    private func secondsOfNothing(_ authority: [RecordHead]) -> UInt32 {
        guard let record = authority.first(where: { $0.type == Self.soa && $0.isOfInternet && $0.data.count >= 22 }) else {
            return DNSAnswer.secondsWithoutSOA
        }
        let minimum = record.data.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32(message[$1]) }
        return min(record.seconds, Self.lifetime(minimum))
    }

    // MARK: Pieces

    private mutating func section(_ count: UInt16) -> [RecordHead]? {
        guard count <= DNSAnswer.mostRecords else { return nil }
        var records: [RecordHead] = []
        for _ in 0..<count {
            guard let owner = DNSName.read(message, at: &index), let type = number(), let family = number(),
                let high = number(), let low = number(), let length = number(), index + Int(length) <= message.count
            else { return nil }
            let data = index..<(index + Int(length))
            index = data.upperBound
            records.append(
                RecordHead(
                    owner: owner, type: type, isOfInternet: family == Self.internet,
                    seconds: Self.lifetime(UInt32(high) << 16 | UInt32(low)), data: data))
        }
        return records
    }

    private mutating func number() -> UInt16? {
        guard index + 2 <= message.count else { return nil }
        defer { index += 2 }
        return UInt16(message[index]) << 8 | UInt16(message[index + 1])
    }

    /// A time with its highest bit set counts as none (RFC 2181 §8).
    private static func lifetime(_ seconds: UInt32) -> UInt32 { seconds > 0x7fff_ffff ? 0 : seconds }
}
