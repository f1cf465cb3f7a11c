import FuzzSupport
import MailTypes
import NameLookups
import RelayPolicy

/// Names of clients: whatever a resolver sends, a lookup ends after few questions, and a name is confirmed only by a
/// message that holds the client's address.
///
/// Input: a letter for what is asked (`6`: of an IPv6 client, `h`: for a HELO), then the resolver's messages, each behind
/// its length in one byte.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNameAnswers(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let letter = input.byte()
    let client = required(IPAddress(letter == UInt8(ascii: "6") ? "2001:db8::1" : "192.0.2.1"), "an address")
    let helo = required(Domain("a.test"), "a name")
    var (lookup, step) = NameLookup.begin(letter == UInt8(ascii: "h") ? .helo(helo, client: client) : .clientName(client))
    var messages: [[UInt8]] = []
    while case .ask(let question) = step {
        require(messages.count <= NameLookup.mostNames, "\(question) is one question too many")
        messages.append(input.bytes(Int(input.byte())))
        step = lookup.answered(messages[messages.count - 1].withUnsafeBytes { DNSAnswer($0, to: question) })
    }
    guard case .found(let answer, _) = step else { fail("a lookup ends with an answer") }
    switch answer {
    case .clientName(.confirmed), .helo(.verified):
        let address = (0..<(client.family == .v4 ? 4 : 16)).reversed().map { UInt8(truncatingIfNeeded: client.value >> UInt128(8 * $0)) }
        let last = required(messages.last, "a message")
        let holds = last.indices.contains { last[$0...].starts(with: address) }
        require(holds, "the address stands in the answer")
    default: break
    }
    return 0
}
