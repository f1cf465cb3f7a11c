import Diagnostics
import MailTypes

extension Word {
    /// Whether this can only be a name of `networks`: it begins with a letter, and neither an address nor a range has
    /// only letters, digits, `-` and `_` behind one.
    var canBeNameOfNetwork: Bool {
        guard let first = text.utf8.first, (first | 0x20) &- 0x61 < 26 else { return false }
        return text.utf8.allSatisfy { byte in
            (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }

    /// `ADDRESS[:PORT]`, where an IPv6 address stands in brackets before a port.
    func resolver() throws(Diagnostic) -> Configuration.Node.Resolver {
        if let address = IPAddress(text) { return Configuration.Node.Resolver(address: address) }
        let endpoint = try Endpoint(self, allowingName: false)
        guard case .address(let address) = endpoint.host, !endpoint.implicitTLS else {
            throw problem("\(shown) is not a name server", fix: "write its address, or ADDRESS:PORT")
        }
        return Configuration.Node.Resolver(address: address, port: endpoint.port)
    }

    /// An address, a network or a range.
    func addressRange() throws(Diagnostic) -> IPRange {
        do {
            return try AddressSet.parse(text)
        } catch {
            let isName = Domain(text).map { !$0.isLiteral } ?? false
            let usual =
                isName
                ? "write its address; `name \(text)` is for a host name that the DNS confirms"
                : "write an address (192.0.2.1), a network (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9)"
            throw problem(error.message, fix: error.fix ?? usual)
        }
    }
}
