import MailTypes
import RelayPolicy

/// The trace line of RFC 5321 §4.4, with what RFC 2505 §2.2.1 asks for: the client's address, its confirmed name
/// or that it has none, what it said in EHLO, and the time.
struct ReceivedLine {
    let request: RelayRequest
    let extended: Bool
    let smtpUTF8: Bool
    let hostname: String
    let id: String
    /// The only recipient; with several none is named, so that none learns of another.
    let recipient: ForwardPath?
    let date: String

    var wireForm: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(300)
        bytes += "Received: from ".utf8
        bytes += Self.harmless(request.helo ?? Array("unknown".utf8))
        for part in [" (", clientName, " [", address, "])\r\n\tby ", hostname, " with ", protocolName, " id ", id] {
            bytes += part.utf8
        }
        if let recipient {
            bytes += "\r\n\tfor ".utf8
            bytes += recipient.wireForm
        }
        for part in [";\r\n\t", date, "\r\n"] { bytes += part.utf8 }
        return bytes
    }

    private var clientName: String {
        if case .confirmed(let name) = request.clientName { return name.description }
        return "unknown"
    }

    private var address: String {
        request.client.family == .v6 ? "IPv6:\(request.client)" : "\(request.client)"
    }

    /// RFC 3848, RFC 6531 §4.3.
    private var protocolName: String {
        guard extended else { return "SMTP" }
        let secured = (request.tlsVersion == nil ? "" : "S") + (request.login == .absent ? "" : "A")
        return (smtpUTF8 ? "UTF8SMTP" : "ESMTP") + secured
    }

    /// The client's name without a byte that means something in a header: no comment, quote or fold can begin in it.
    private static func harmless(_ name: [UInt8]) -> [UInt8] {
        name.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                byte
            default: UInt8(ascii: "?")
            }
        }
    }
}
