import MailTypes
import RelayPolicy

/// `host.example[192.0.2.1]`, as Postfix names a client. The name is one that leads back to the address, else
/// `unknown`.
enum PostfixClient {
    /// What `text` begins with; nil if that is no client.
    static func facts(_ text: ArraySlice<UInt8>, _ time: Instant) -> RelayRequest? {
        guard let open = text.firstIndex(of: UInt8(ascii: "[")),
            let close = text[open...].firstIndex(of: UInt8(ascii: "]")),
            let client = IPAddress(parsing: Array(text[(open + 1)..<close]))
        else { return nil }
        var facts = RelayRequest(client: client.unmapped, forwardPath: WrittenPath(.postmaster), now: time)
        let name = text[..<open].text
        if name != "unknown", let domain = Domain(name) { facts.clientName = .confirmed(domain) }
        return facts
    }

    /// The value behind `, KEY=`, up to the next comma.
    static func value(_ key: StaticString, in text: ArraySlice<UInt8>) -> String? {
        for part in text.split(separator: UInt8(ascii: ",")) {
            let part = part.drop { $0 == UInt8(ascii: " ") }
            if part.begins(key), part.dropFirst(key.utf8CodeUnitCount).first == UInt8(ascii: "=") {
                let value = part.dropFirst(key.utf8CodeUnitCount + 1).text
                return value.isEmpty ? nil : value
            }
        }
        return nil
    }
}
