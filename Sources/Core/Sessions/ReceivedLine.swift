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
        appendHelo(to: &bytes)
        bytes += " (".utf8
        bytes += clientName.utf8
        bytes += (request.client.family == .v6 ? " [IPv6:" : " [").utf8
        bytes += request.client.description.utf8
        bytes += "])\r\n\tby ".utf8
        bytes += hostname.utf8
        bytes += " with ".utf8
        bytes += protocolName.utf8
        if let version = request.tlsVersion { bytes += " (\(version))".utf8 }
        bytes += " id ".utf8
        bytes += id.utf8
        if let recipient {
            bytes += "\r\n\tfor ".utf8
            bytes += recipient.wireForm
        }
        bytes += ";\r\n\t".utf8
        bytes += date.utf8
        bytes += "\r\n".utf8
        return bytes
    }

    private var clientName: String {
        if case .confirmed(let name) = request.clientName { return name.description }
        return "unknown"
    }

    /// RFC 3848, RFC 6531 §4.3.
    private var protocolName: String {
        guard extended else { return "SMTP" }
        let secured = (request.tlsVersion == nil ? "" : "S") + (request.login == .absent ? "" : "A")
        return (smtpUTF8 ? "UTF8SMTP" : "ESMTP") + secured
    }

    /// The client's name without a byte that means something in a header: no comment, quote or fold can begin in it.
    private func appendHelo(to bytes: inout [UInt8]) {
        guard let name = request.helo else {
            bytes += "unknown".utf8
            return
        }
        for byte in name {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                bytes.append(byte)
            default: bytes.append(UInt8(ascii: "?"))
            }
        }
    }
}
