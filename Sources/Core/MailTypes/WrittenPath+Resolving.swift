extension WrittenPath {
    /// `path` with one level resolved (`u%r@t` → `u@r`, `r!u@t` → `u@r`, route → its final mailbox,
    /// quoted `"u@r"@t` → `u@r`, `u@r@t` → `u@r`, `IMCEASMTP-u+40r@t` → `u@r`); nil if that yields no valid
    /// mailbox or the form cannot be resolved.
    ///
    /// The result is read by the parser that reads the client's bytes, and may hold tricks again.
    public func resolving(_ trick: AddressTrick) -> WrittenPath? {
        if trick == .route {
            return route.isEmpty
                ? nil
                : WrittenPath(
                    route: [], path: path, isDoubleAt: isDoubleAt, isBare: isBare, needsSMTPUTF8: needsSMTPUTF8)
        }
        guard route.isEmpty, case .mailbox(let mailbox) = path else { return nil }
        let localPart = mailbox.localPart
        switch trick {
        case .percent:
            // The host on the right takes its own name away and makes the rightmost `%` an `@`.
            guard let sign = localPart.lastIndex(of: UInt8(ascii: "%")) else { return nil }
            return Self.reading(localPart: localPart[..<sign], domain: localPart[(sign + 1)...])
        case .bang:
            // UUCP reads from the left: the first name is the next host.
            guard let sign = localPart.firstIndex(of: UInt8(ascii: "!")) else { return nil }
            return Self.reading(localPart: localPart[(sign + 1)...], domain: localPart[..<sign])
        case .quoted where !isDoubleAt, .doubleAt where isDoubleAt:
            guard let resolved = try? WrittenPath(content: localPart[...]), case .mailbox = resolved.path else {
                return nil
            }
            return resolved
        case .encapsulated:
            return Self.unpacking(localPart, allowingUTF8: needsSMTPUTF8)
        case .route, .doubleAt, .quoted, .slash, .pipe, .leadingDot:
            return nil
        }
    }

    /// The mailbox of a decoded local part and a domain's bytes, read as if a client had written it.
    private static func reading(localPart: ArraySlice<UInt8>, domain: ArraySlice<UInt8>) -> WrittenPath? {
        guard !localPart.isEmpty else { return nil }
        var written: [UInt8] = []
        LocalPart.appendWireForm(of: Array(localPart), to: &written)
        written.append(UInt8(ascii: "@"))
        written += domain
        return try? WrittenPath(content: written[...])
    }

    /// The address in `IMCEASMTP-…`: `+XX` is the byte of that number, `_` a slash (MS-OXCMAIL §2.2.3.1.2). Other kinds
    /// (`IMCEAEX-`, `IMCEAX400-`) hold no mailbox, and neither do X.400 and MAIL-11.
    private static func unpacking(_ localPart: [UInt8], allowingUTF8: Bool) -> WrittenPath? {
        guard localPart.count > 10, ASCII.equal(localPart[..<10], ignoringCase: "imceasmtp-") else { return nil }
        var written = [UInt8(ascii: "<")]
        var index = 10
        while index < localPart.count {
            let byte = localPart[index]
            if byte == UInt8(ascii: "+"), index + 2 < localPart.count,
                let high = ASCII.hexadecimalDigit(localPart[index + 1]),
                let low = ASCII.hexadecimalDigit(localPart[index + 2])
            {
                written.append(high << 4 | low)
                index += 3
            } else {
                written.append(byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte)
                index += 1
            }
        }
        written.append(UInt8(ascii: ">"))
        // Whole, so that control bytes and bad UTF-8 that were hidden as hexadecimal are refused as they are elsewhere.
        guard let path = try? WrittenPath(parsing: written), case .mailbox = path.path else { return nil }
        // What came as ASCII must not go on as UTF-8 that the client never announced.
        return path.needsSMTPUTF8 && !allowingUTF8 ? nil : path
    }
}
