import MailTypes

@testable import NameLookups

/// Writes DNS messages by hand.
struct Message {
    var id: UInt16 = 7
    /// A reply, recursion desired and available, without an error.
    var flags: UInt16 = 0x8180
    var questions: [(DNSName, UInt16)] = []
    var answers: [[UInt8]] = []
    var authorities: [[UInt8]] = []

    init(to question: DNSQuestion, _ answers: [[UInt8]] = []) {
        questions = [(question.name, question.type.rawValue)]
        self.answers = answers
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for number in [id, flags, UInt16(questions.count), UInt16(answers.count), UInt16(authorities.count), 0] {
            bytes += octets(number)
        }
        for (name, type) in questions { bytes += name.bytes + octets(type) + octets(1) }
        for record in answers + authorities { bytes += record }
        return bytes
    }

    func answer(to question: DNSQuestion) -> DNSAnswer { read(bytes, to: question) }
}

func read(_ bytes: [UInt8], to question: DNSQuestion) -> DNSAnswer {
    bytes.withUnsafeBytes { DNSAnswer($0, to: question) }
}

func octets(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

func name(_ text: String) -> DNSName { DNSName(Domain(text)!)! }

func record(_ owner: [UInt8], _ type: UInt16, ttl: UInt32 = 300, family: UInt16 = 1, _ data: [UInt8]) -> [UInt8] {
    owner + octets(type) + octets(family) + octets(UInt16(ttl >> 16)) + octets(UInt16(ttl & 0xffff))
        + octets(UInt16(data.count)) + data
}

func a(_ owner: String, _ address: String, ttl: UInt32 = 300) -> [UInt8] {
    record(name(owner).bytes, 1, ttl: ttl, IPAddress(address)!.octets)
}

func aaaa(_ owner: String, _ address: String, ttl: UInt32 = 300) -> [UInt8] {
    record(name(owner).bytes, 28, ttl: ttl, IPAddress(address)!.octets)
}

func cname(_ owner: String, _ target: String, ttl: UInt32 = 300) -> [UInt8] {
    record(name(owner).bytes, 5, ttl: ttl, name(target).bytes)
}

func ptr(_ address: String, _ target: String, ttl: UInt32 = 300) -> [UInt8] {
    record(DNSName(reverseOf: IPAddress(address)!).bytes, 12, ttl: ttl, name(target).bytes)
}

func soa(_ owner: String, ttl: UInt32, minimum: UInt32) -> [UInt8] {
    let numbers: [UInt32] = [1, 2, 3, 4, minimum]
    let data = name("ns.\(owner)").bytes + name("admin.\(owner)").bytes
        + numbers.flatMap { octets(UInt16($0 >> 16)) + octets(UInt16($0 & 0xffff)) }
    return record(name(owner).bytes, 6, ttl: ttl, data)
}

extension IPAddress {
    var octets: [UInt8] {
        let count = family == .v4 ? 4 : 16
        return (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt128(8 * (count - 1 - $0))) }
    }
}
