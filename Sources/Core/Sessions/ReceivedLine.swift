import MailTypes
import RelayPolicy

/// The trace line of RFC 5321 §4.4, with what RFC 2505 §2.2.1 asks for: the client's address, its confirmed name
/// or that it has none, what it said in EHLO, and the time.
struct ReceivedLine {
    private let client: IPAddress
    private let clientIsUnknown: Bool
    private let clientName: RelayRequest.ClientName
    private let helo: [UInt8]?
    private let protocolName: String
    private let tlsVersion: String?
    private let hostname: String
    private let id: String
    /// The only recipient; with several none is named, so that none learns of another.
    private let recipient: ForwardPath?
    private let date: String

    init(
        request: borrowing RelayRequest, extended: Bool, smtpUTF8: Bool, hostname: String, id: String,
        recipient: ForwardPath?, date: String
    ) {
        (client, clientIsUnknown) = (request.client, request.clientIsUnknown)
        (clientName, helo) = (request.clientName, request.helo)
        tlsVersion = request.tlsVersion
        protocolName = Self.protocolName(request, extended: extended, smtpUTF8: smtpUTF8)
        (self.hostname, self.id, self.recipient, self.date) = (hostname, id, recipient, date)
    }

    var wireForm: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(300)
        bytes += "Received: from "
        appendHelo(to: &bytes)
        bytes += " ("
        bytes.append(text: confirmedName)
        if !clientIsUnknown {
            bytes += client.family == .v6 ? " [IPv6:" : " ["
            bytes.append(text: client.description)
            bytes += "]"
        }
        bytes += ")\r\n\tby "
        bytes.append(text: hostname)
        bytes += " with "
        bytes.append(text: protocolName)
        if let tlsVersion {
            bytes += " ("
            bytes.append(text: tlsVersion)
            bytes += ")"
        }
        bytes += " id "
        bytes.append(text: id)
        if let recipient {
            bytes += "\r\n\tfor <"
            recipient.appendPath(to: &bytes)
            bytes += ">"
        }
        bytes += ";\r\n\t"
        bytes.append(text: date)
        bytes += "\r\n"
        return bytes
    }

    private var confirmedName: String {
        if case .confirmed(let name) = clientName { return name.description }
        return "unknown"
    }

    /// RFC 3848, RFC 6531 §4.3.
    private static func protocolName(_ request: borrowing RelayRequest, extended: Bool, smtpUTF8: Bool) -> String {
        guard extended else { return "SMTP" }
        // By patterns, since nearly all are this one.
        if !smtpUTF8, request.tlsVersion == nil, case .absent = request.login { return "ESMTP" }
        let secured = (request.tlsVersion == nil ? "" : "S") + (request.login == .absent ? "" : "A")
        return (smtpUTF8 ? "UTF8SMTP" : "ESMTP") + secured
    }

    /// The client's name without a byte that means something in a header: no comment, quote or fold can begin in it.
    private func appendHelo(to bytes: inout [UInt8]) {
        guard let name = helo else {
            bytes += "unknown"
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
