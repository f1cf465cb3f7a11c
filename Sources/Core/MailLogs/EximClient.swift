import MailTypes
import RelayPolicy

/// `H=host.example (helo) [192.0.2.1]:4711 I=[192.0.2.9]:25 X=TLS1.3:… A=plain:anna`, as Exim names a client. A name
/// without brackets was looked up and leads back to the address.
enum EximClient {
    /// Of the first `H=`; nil if there is no client.
    static func facts(_ text: ArraySlice<UInt8>, _ time: Instant) -> RelayRequest? {
        guard let start = text.first("H=")?.upperBound else { return nil }
        var rest = text[start...]
        var name: Domain?
        if rest.first != UInt8(ascii: "("), rest.first != UInt8(ascii: "[") { name = Domain(rest.nextWord().text) }
        var helo: [UInt8]?
        if rest.first == UInt8(ascii: "("), let end = rest.first(") [") {
            helo = Array(rest[(rest.startIndex + 1)..<end.lowerBound])
            rest = rest[(end.lowerBound + 2)...]
        }
        guard rest.first == UInt8(ascii: "["), let client = address(&rest) else { return nil }
        var facts = RelayRequest(client: client, forwardPath: WrittenPath(.postmaster), now: time)
        if let name { facts.clientName = .confirmed(name) }
        // A HELO that is the name of the host is not said twice.
        facts.helo = helo ?? name.map { Array($0.description.utf8) }
        addFields(rest, to: &facts)
        return facts
    }

    /// `[192.0.2.1]`, and a port behind it.
    private static func address(_ rest: inout ArraySlice<UInt8>) -> IPAddress? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        defer {
            rest = rest[(end + 1)...]
            _ = rest.nextWord()
        }
        return IPAddress(parsing: Array(rest[(rest.startIndex + 1)..<end]))?.unmapped
    }

    /// Up to the first word that is no field: further on stands what the client said.
    private static func addFields(_ text: ArraySlice<UInt8>, to facts: inout RelayRequest) {
        var rest = text
        while !rest.isEmpty {
            let word = rest.nextWord()
            guard word.count > 2, word[word.startIndex + 1] == UInt8(ascii: "=") else { break }
            var value = word.dropFirst(2)
            switch word[word.startIndex] {
            case UInt8(ascii: "I") where value.first == UInt8(ascii: "["): facts.localAddress = address(&value)
            case UInt8(ascii: "X"): facts.tlsVersion = tls(value)
            case UInt8(ascii: "A"): facts.login = login(value)
            case UInt8(ascii: "F"): return
            default: break
            }
        }
    }

    /// `TLSv1.3` of `TLS1.3:TLS_AES_256_GCM_SHA384:256`.
    private static func tls(_ value: ArraySlice<UInt8>) -> String {
        let version = value.prefix { $0 != UInt8(ascii: ":") }
        return version.begins("TLS1") ? "TLSv" + version.dropFirst(3).text : version.text
    }

    /// Of `authenticator:login`. The authenticator's name is the administrator's own, and no mechanism.
    private static func login(_ value: ArraySlice<UInt8>) -> RelayRequest.Fact<RelayRequest.Login> {
        let parts = value.split(separator: UInt8(ascii: ":"), maxSplits: 1)
        return parts.count == 2 ? .known(.init(name: parts[1].prefix { $0 != UInt8(ascii: ",") }.text)) : .absent
    }
}
