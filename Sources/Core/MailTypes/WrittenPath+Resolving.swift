extension WrittenPath {
    /// `path` with one level resolved (`u%r@t` → `u@r`, `r!u@t` → `u@r`, route → its final mailbox,
    /// quoted `"u@r"@t` → `u@r`, `u@r@t` → `u@r`); nil if that yields no valid mailbox or the form
    /// cannot be resolved.
    ///
    /// The result is read by the parser that reads the client's bytes, and may hold tricks again.
    public func resolving(_ trick: AddressTrick) -> WrittenPath? {
        if trick == .route {
            return route.isEmpty
                ? nil : WrittenPath(route: [], path: path, isDoubleAt: isDoubleAt, needsSMTPUTF8: needsSMTPUTF8)
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
        case .route, .doubleAt, .encapsulated, .quoted, .slash, .pipe, .leadingDot:
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
}
