import MailTypes
import RelayPolicy

/// `H=host.example (helo) [192.0.2.1]:4711 I=[192.0.2.9]:25 X=TLS1.3:… A=plain:anna`, as Exim names a client. A name
/// without brackets was looked up and leads back to the address.
enum EximClient {
    /// Takes `H=` and the fields behind it, up to `F=` or the first word that is no field. Nil if there is no client.
    static func facts(_ rest: inout ArraySlice<UInt8>, _ time: Instant) -> RelayRequest? {
        guard rest.begins("H=") else { return nil }
        rest = rest.dropFirst(2)
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
        facts.helo = helo?.isEmpty == false ? helo : name.map { Array($0.description.utf8) }
        addFields(&rest, to: &facts)
        return facts
    }

    /// The addresses behind the word `for`, which stands outside quotation marks; nil if there is none.
    static func recipients(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var rest = text
        var words: [ArraySlice<UInt8>]?
        while !rest.isEmpty {
            let word = rest[..<PathText.end(of: rest, before: " ")]
            rest = rest[word.endIndex...].dropFirst()
            if words != nil {
                words?.append(word)
            } else if word.elementsEqual("for".utf8) {
                words = []
            }
        }
        return words
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

    private static func addFields(_ rest: inout ArraySlice<UInt8>, to facts: inout RelayRequest) {
        while !rest.begins("F=") {
            // `DN="…"` has spaces in its quotation marks; `K` and its like have no value.
            let word = rest[..<PathText.end(of: rest, before: " ")]
            let key = word.prefix { (0x41...0x5a).contains($0) }
            var value = word[key.endIndex...]
            guard !key.isEmpty, value.isEmpty || value.first == UInt8(ascii: "=") else { return }
            value = value.dropFirst()
            rest = rest[word.endIndex...].dropFirst()
            switch key.text {
            case "I" where value.first == UInt8(ascii: "["): facts.localAddress = address(&value)
            case "X" where value.first != UInt8(ascii: ":") && !value.isEmpty: facts.tlsVersion = tls(value)
            case "A": facts.login = login(value)
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
        guard parts.count == 2 else { return .absent }
        let name = parts[1].prefix { $0 != UInt8(ascii: ",") }
        return name.isEmpty ? .absent : .known(.init(name: name.text))
    }
}
