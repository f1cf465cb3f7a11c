/// How the client wrote it, for a server that judges for itself what Gatepost would refuse as a trick.
extension WrittenPath {
    /// Whether the canonical form of its mailbox leaves something of it out: the route, or that `u@r@t` and `.u@t` had
    /// no quotes.
    public var isSpelledOtherwise: Bool { isBare || !route.isEmpty }

    /// As it was written, without angle brackets, behind what stands in `bytes`.
    ///
    /// It is put together from what was parsed, and no byte of a client's is copied: each is of an atom, a domain, or
    /// within quotes, so that none ends the path or the command.
    public func appendSpelling(to bytes: inout [UInt8]) {
        for (index, hop) in route.enumerated() {
            bytes.append(UInt8(ascii: index == 0 ? "@" : ","))
            if index > 0 { bytes.append(UInt8(ascii: "@")) }
            bytes += hop.bytes
        }
        if !route.isEmpty { bytes.append(UInt8(ascii: ":")) }
        guard isBare, case .mailbox(let mailbox) = path else { return path.appendPath(to: &bytes) }
        bytes += mailbox.localPart
        bytes.append(UInt8(ascii: "@"))
        bytes += mailbox.domain.bytes
    }

    /// `appendSpelling` alone.
    public var spelling: [UInt8] {
        var bytes: [UInt8] = []
        appendSpelling(to: &bytes)
        return bytes
    }
}
