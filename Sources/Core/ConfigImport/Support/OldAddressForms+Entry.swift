import MailTypes

extension OldAddressForms {
    /// One entry of a list in any form that dialogs take: `192.0.2.25`, `192.0.2.0/24`, `192.0.2.0/255.255.255.0`,
    /// `192.0.2.1-192.0.2.9`. Empty if a network has bits outside its mask; nil for other text.
    public static func entry(_ text: some StringProtocol) -> [IPRange]? {
        if let address = address(text) { return [IPRange(address)] }
        if let range = between(text) { return [range] }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (net, mask) = (trimmed(parts[0]), trimmed(parts[1]))
        if let ranges = masked(net: net, mask: mask) { return ranges }
        guard let range = cidr("\(net)/\(mask)"), let address = address(net) else { return nil }
        return range.first == address ? [range] : []
    }
}
