import MailTypes
import Testing

@testable import NameLookups

@Suite("what a message of the resolver says")
struct DNSAnswerTests {
    static let question = DNSQuestion(name: name("mail.example"), type: .a)
    static let address = DNSAnswer.Record.address(IPAddress("192.0.2.1")!)

    @Test("where the names of an address stand")
    func reverseNames() {
        #expect(DNSName(reverseOf: IPAddress("198.51.100.7")!).description == "7.100.51.198.in-addr.arpa")
        #expect(
            DNSName(reverseOf: IPAddress("2001:db8::567:89ab")!).description
                == "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
    }

    @Test("records of the name, with the least of their times")
    func records() {
        let message = Message(
            to: Self.question,
            [a("mail.example", "192.0.2.1", ttl: 600), a("MAIL.example", "192.0.2.2", ttl: 60), a("other.example", "192.0.2.3")])
        #expect(
            message.answer(to: Self.question)
                == .records([Self.address, .address(IPAddress("192.0.2.2")!)], seconds: 60))
        let six = DNSQuestion(name: name("mail.example"), type: .aaaa)
        #expect(
            Message(to: six, [aaaa("mail.example", "2001:db8::1")]).answer(to: six)
                == .records([.address(IPAddress("2001:db8::1")!)], seconds: 300))
        let reverse = DNSQuestion(name: DNSName(reverseOf: IPAddress("192.0.2.1")!), type: .ptr)
        #expect(
            Message(to: reverse, [ptr("192.0.2.1", "Mail.Example")]).answer(to: reverse)
                == .records([.name(name("mail.example"))], seconds: 300))
    }

    @Test("a name may be an alias, in any order, and so may that")
    func aliases() {
        let message = Message(
            to: Self.question,
            [a("c.example", "192.0.2.1"), cname("b.example", "c.example", ttl: 20), cname("mail.example", "b.example")])
        #expect(message.answer(to: Self.question) == .records([Self.address], seconds: 20))
        let dangling = Message(to: Self.question, [cname("mail.example", "b.example", ttl: 20)])
        #expect(dangling.answer(to: Self.question) == .none(seconds: 20))
    }

    @Test("aliases in circles, or too many of them, are no answer")
    func circles() {
        let circle = [cname("mail.example", "b.example"), cname("b.example", "mail.example")]
        #expect(Message(to: Self.question, circle).answer(to: Self.question) == .failed)
        #expect(Message(to: Self.question, [cname("mail.example", "mail.example")]).answer(to: Self.question) == .failed)
        func chain(_ length: Int) -> [[UInt8]] {
            let names = ["mail.example"] + (1...length).map { "n\($0).example" }
            return zip(names, names.dropFirst()).map { cname($0, $1) } + [a("n\(length).example", "192.0.2.1")]
        }
        #expect(Message(to: Self.question, chain(10)).answer(to: Self.question) == .records([Self.address], seconds: 300))
        #expect(Message(to: Self.question, chain(11)).answer(to: Self.question) == .failed)
    }

    @Test("no such name and no such record are none, for the time that the SOA gives")
    func nothing() {
        var message = Message(to: Self.question)
        #expect(message.answer(to: Self.question) == .none(seconds: 60))
        message.authorities = [soa("example", ttl: 500, minimum: 90)]
        #expect(message.answer(to: Self.question) == .none(seconds: 90))
        message.flags = 0x8183
        #expect(message.answer(to: Self.question) == .none(seconds: 90))
        message.authorities = [soa("example", ttl: 40, minimum: 0x8000_0000)]
        #expect(message.answer(to: Self.question) == .none(seconds: 0), "a time with its highest bit set is none")
        message.answers = [a("mail.example", "192.0.2.1")]
        #expect(message.answer(to: Self.question) == .failed, "there is no such name, and here is its address")
    }

    @Test(
        "an error, a truncated message and a question are no answer",
        arguments: [0x8182, 0x8181, 0x8185, 0x8184, 0x8380, 0x0100, 0x9180] as [UInt16])
    func flags(_ flags: UInt16) {
        var message = Message(to: Self.question, [a("mail.example", "192.0.2.1")])
        message.flags = flags
        #expect(message.answer(to: Self.question) == .failed)
    }

    @Test("an answer to another question is none")
    func otherQuestion() {
        let records = [a("mail.example", "192.0.2.1")]
        for other in [DNSQuestion(name: name("mail.test"), type: .a), DNSQuestion(name: name("mail.example"), type: .aaaa)] {
            #expect(Message(to: other, records).answer(to: Self.question) == .failed)
        }
        var message = Message(to: Self.question, records)
        message.questions = []
        #expect(message.answer(to: Self.question) == .failed)
        message.questions = [(name("mail.example"), 1), (name("mail.example"), 1)]
        #expect(message.answer(to: Self.question) == .failed)
    }

    @Test("records of a class of its own, or of a wrong length, do not count")
    func oddRecords() {
        let chaos = record(name("mail.example").bytes, 1, family: 3, [192, 0, 2, 1])
        #expect(Message(to: Self.question, [chaos]).answer(to: Self.question) == .none(seconds: 60))
        let short = record(name("mail.example").bytes, 1, [192, 0, 2])
        #expect(Message(to: Self.question, [a("mail.example", "192.0.2.1"), short]).answer(to: Self.question) == .failed)
    }

    @Test("compressed names are read, and those in circles are not")
    func compression() {
        // The question's name begins at 12.
        let pointer: [UInt8] = [0xc0, 12]
        let message = Message(to: Self.question, [record(pointer, 1, [192, 0, 2, 1])])
        #expect(message.answer(to: Self.question) == .records([Self.address], seconds: 300))
        let start = UInt8(Message(to: Self.question).bytes.count)
        for loop: [UInt8] in [[0xc0, start], [1, 0x61, 0xc0, start], [0xc0, start + 2, 0xc0, start], [0xff, 0xff], [0x80, 0]] {
            #expect(Message(to: Self.question, [record(loop, 1, [192, 0, 2, 1])]).answer(to: Self.question) == .failed)
        }
    }

    @Test("a message that is cut off anywhere says nothing, and none traps")
    func cut() {
        var message = Message(
            to: Self.question, [cname("mail.example", "b.example"), a("b.example", "192.0.2.1")])
        #expect(message.answer(to: Self.question) == .records([Self.address], seconds: 300))
        for count in 0..<message.bytes.count { #expect(read(Array(message.bytes.prefix(count)), to: Self.question) == .failed) }
        message.answers = []
        message.authorities = [soa("example", ttl: 500, minimum: 90)]
        for count in 0..<message.bytes.count { #expect(read(Array(message.bytes.prefix(count)), to: Self.question) == .failed) }
    }

    @Test("every message with one byte changed is read without a trap, and never as another address of its own making")
    func changed() {
        let bytes = Message(to: Self.question, [record([0xc0, 12], 1, [192, 0, 2, 1])]).bytes
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = byte
                if case .records(let records, _) = read(changed, to: Self.question) {
                    #expect(records.count == 1 && (index >= bytes.count - 4 || records == [Self.address]))
                }
            }
        }
    }

    @Test("too many records are no answer")
    func many() {
        func message(_ count: Int) -> Message {
            Message(to: Self.question, Array(repeating: a("mail.example", "192.0.2.1"), count: count))
        }
        #expect(message(500).answer(to: Self.question) != .failed)
        #expect(message(501).answer(to: Self.question) == .failed)
    }

    @Test("names that are no host names are read, and are no domains")
    func otherNames() throws {
        var index = 0
        let bytes: [UInt8] = [3] + Array("a_b".utf8) + [2] + Array("c.".utf8) + [0]
        let read = try #require(bytes.withUnsafeBytes { DNSName.read($0, at: &index) })
        #expect(index == bytes.count && read.domain == nil)
        #expect(name("mail.example").domain == Domain("mail.example"))
        // Labels that hold a dot are no two labels.
        let dotted: [UInt8] = [4] + Array("a.bc".utf8) + [0]
        index = 0
        let single = dotted.withUnsafeBytes { DNSName.read($0, at: &index) }
        #expect(single != name("a.bc"))
    }
}
