import Diagnostics
import MailTypes

/// `ADDRESS:PORT[/tls]`, where an IPv6 address stands in brackets.
struct Endpoint: Hashable {
    enum Host: Hashable {
        case address(IPAddress)
        case name(Domain)
    }

    var host: Host
    var port: UInt16
    var implicitTLS: Bool

    init(_ word: Word, allowingName: Bool) throws(Diagnostic) {
        let form = allowingName ? "HOST:PORT" : "ADDRESS:PORT"
        var text = word.text[...]
        implicitTLS = text.hasSuffix("/tls")
        if implicitTLS { text = text.dropLast(4) }
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            throw word.problem("\(word.shown) has no port", fix: "write it as \(form), such as \(text):25")
        }
        let (name, digits) = (text[..<colon], text[text.index(after: colon)...])
        guard let port = Word.decimal(digits.utf8, upTo: 65_535), port > 0 else {
            throw word.problem("`\(digits)` is not a port", fix: "a port is a number from 1 to 65535")
        }
        self.port = UInt16(port)
        if name.hasPrefix("[") {
            guard name.hasSuffix("]"), let address = IPAddress(name.dropFirst().dropLast()), address.family == .v6
            else {
                throw word.problem(
                    "`\(name)` is not an IPv6 address in brackets", fix: "write it as [2001:db8::1]:\(port)")
            }
            host = .address(address)
        } else if name.contains(":") {
            throw word.problem("an IPv6 address before a port stands in brackets", fix: "write [\(name)]:\(port)")
        } else if let address = IPAddress(name) {
            host = .address(address)
        } else if allowingName, let domain = Domain(String(name)), !domain.isLiteral {
            host = .name(domain)
        } else {
            throw word.problem(
                "`\(name)` is not \(allowingName ? "a host name or address" : "an address")", fix: "write it as \(form)"
            )
        }
    }

    var hostText: String {
        switch host {
        case .address(let address): "\(address)"
        case .name(let domain): "\(domain)"
        }
    }
}
