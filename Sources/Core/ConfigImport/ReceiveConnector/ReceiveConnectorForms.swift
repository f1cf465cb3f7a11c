import MailTypes

/// How Exchange writes ranges, bindings and sets of names.
enum ReceiveConnectorForms {
    /// `192.0.2.1`, `10.0.0.0/8`, `192.0.2.1-192.0.2.9`, `10.0.0.0(255.0.0.0)`, and IPv6.
    static func range(_ text: String) -> [IPRange]? {
        if let parenthesis = text.firstIndex(of: "("), text.hasSuffix(")") {
            return OldAddressForms.masked(
                net: OldAddressForms.trimmed(text[..<parenthesis]), mask: text[text.index(after: parenthesis)...].dropLast())
        }
        if let range = try? AddressSet.parse(text) { return [range] }
        return OldAddressForms.cidr(text).map { [$0] } ?? OldAddressForms.between(text).map { [$0] }
    }

    /// `0.0.0.0:25`, `[::]:25`, `192.0.2.1:587`
    static func binding(_ text: String) -> ReceiveConnectorModel.Binding? {
        guard let colon = text.lastIndex(of: ":"), let port = OldAddressForms.decimal(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(host) else { return nil }
        return ReceiveConnectorModel.Binding(family: address.family, address: address.value == 0 ? nil : address, port: port)
    }

    static let everybody = [
        IPRange(first: IPAddress(v4: 0), last: IPAddress(v4: .max)), IPRange(first: IPAddress(v6: 0), last: IPAddress(v6: .max)),
    ].compactMap { $0 }

    static let knownGroups: Set<String> = [
        "none", "anonymoususers", "exchangeusers", "exchangeservers", "exchangelegacyservers", "partners", "custom",
    ]
    static let knownMechanisms: Set<String> = [
        "none", "tls", "integrated", "basicauth", "basicauthrequiretls", "exchangeserver", "externalauthoritative",
    ]

    /// Names between commas, in lower case.
    static func names(_ texts: [String]) -> [String] {
        texts.flatMap { $0.split(separator: ",").map { OldAddressForms.trimmed($0).lowercased() } }.filter { !$0.isEmpty }
    }

    /// `SERVER\Name` in its parts. A server that a variable names is not known.
    static func identity(_ text: String) -> (server: String, name: String) {
        guard let slash = text.lastIndex(of: "\\") else { return ("", text) }
        let server = text[..<slash].lowercased()
        return (server.contains("$") ? "" : server, String(text[text.index(after: slash)...]))
    }

    static func account(_ text: String) -> ReceiveConnectorModel.Account? {
        switch (text.split(separator: "\\").last ?? "").lowercased() {
        case "anonymous logon": .anonymous
        case "authenticated users": .authenticated
        default: nil
        }
    }

    /// The rights that matter of those named.
    static func rights(_ names: [String]) -> [ReceiveConnectorModel.Right] {
        names.compactMap { name in
            switch name {
            case "ms-exch-smtp-accept-any-recipient": .anyRecipient
            case "ms-exch-smtp-submit": .submit
            default: nil
            }
        }
    }

    /// Extended rights that cannot make a client relay: what it may claim, and which checks it is spared.
    static func isIrrelevantRight(_ name: String) -> Bool {
        ["ms-exch-smtp-accept-any-sender", "ms-exch-smtp-accept-authoritative-domain-sender",
            "ms-exch-smtp-accept-authentication-flag", "ms-exch-bypass-anti-spam", "ms-exch-bypass-message-size-limit",
            "ms-exch-smtp-accept-xshadow", "ms-exch-smtp-accept-xattr", "ms-exch-smtp-accept-xproxyfrom",
            "ms-exch-smtp-accept-xsessionparams", "ms-exch-smtp-accept-xsysprobe", "ms-exch-smtp-accept-xmessagecontext",
        ].contains(name) || name.hasPrefix("ms-exch-accept-headers-") || name.hasPrefix("ms-exch-accept-exch50")
            || name.hasPrefix("ms-exch-smtp-accept-exch50")
    }

    /// A connector as `New-ReceiveConnector` makes it for a use, in lower case.
    static func template(_ usage: String) -> (groups: Set<String>, mechanisms: Set<String>, port: Int) {
        switch usage {
        case "internet": (["anonymoususers"], ["tls"], 25)
        case "internal": (["exchangeservers", "exchangelegacyservers"], ["exchangeserver", "tls"], 25)
        case "client": (["exchangeusers"], ["tls", "integrated", "basicauth", "basicauthrequiretls"], 587)
        case "partner": (["partners"], ["tls"], 25)
        default: ([], ["tls"], 25)
        }
    }
}
