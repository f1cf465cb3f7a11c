/// A recipient as old mailers see one: text around a separator, not a parsed mailbox.
public struct RecipientText: Hashable, Sendable {
    public var localPart: [UInt8]
    /// ASCII lower case; nil for a bare user.
    public var domain: [UInt8]?

    public init(localPart: [UInt8], domain: [UInt8]?) { (self.localPart, self.domain) = (localPart, domain) }

    /// Cut at the last `@` outside of quotes.
    public init(_ bytes: [UInt8]) {
        guard let at = Self.lastAt(in: bytes) else {
            self.init(localPart: bytes, domain: nil)
            return
        }
        self.init(localPart: Array(bytes[..<at]), domain: Self.lowercased(bytes[(at + 1)...]))
    }

    public var bytes: [UInt8] { localPart + (domain.map { [UInt8(ascii: "@")] + $0 } ?? []) }
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    public var domainText: String? { domain.map { String(decoding: $0, as: UTF8.self) } }

    /// Whether the domain is `name`, in lower case.
    public func isAt(_ name: String) -> Bool { domain.map { $0.elementsEqual(name.utf8) } ?? false }
    /// Whether the domain is `name` or below it: whole labels are compared.
    public func isAtOrBelow(_ name: String) -> Bool {
        guard let domain else { return false }
        return isAt(name) || domain.count > name.utf8.count && domain.suffix(name.utf8.count + 1).elementsEqual(".\(name)".utf8)
    }

    // MARK: Forms that hide a destination

    /// `u%h@here` → `u@h`: the last `%` becomes the `@`.
    public var withoutPercent: RecipientText? {
        guard let percent = localPart.lastIndex(of: UInt8(ascii: "%")), percent + 1 < localPart.count else { return nil }
        return RecipientText(localPart: Array(localPart[..<percent]), domain: Self.lowercased(localPart[(percent + 1)...]))
    }

    /// `h!u@here` → `u@h`.
    public var withoutBang: RecipientText? {
        guard let bang = localPart.firstIndex(of: UInt8(ascii: "!")), bang > 0, bang + 1 < localPart.count else { return nil }
        return RecipientText(localPart: Array(localPart[(bang + 1)...]), domain: Self.lowercased(localPart[..<bang]))
    }

    /// `"u@h"@here` → what stands within the quotes, read again.
    public var withoutQuotes: RecipientText? {
        guard localPart.count > 2, localPart.first == UInt8(ascii: "\""), localPart.last == UInt8(ascii: "\"") else { return nil }
        var inner: [UInt8] = []
        var isEscaped = false
        for byte in localPart.dropFirst().dropLast() {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                inner.append(byte)
                isEscaped = false
            }
        }
        let text = RecipientText(inner)
        return text.domain == nil ? RecipientText(localPart: inner, domain: domain) : text
    }

    /// `u@h@here` → `u@h`.
    public var withoutSecondAt: RecipientText? {
        let text = RecipientText(localPart)
        return text.domain == nil ? nil : text
    }

    /// `IMCEASMTP-u+40h+2Etest@here` → `u@h.test`.
    public var withoutEncapsulation: RecipientText? {
        guard Self.lowercased(localPart[...]).starts(with: "imcea".utf8), let dash = localPart.firstIndex(of: UInt8(ascii: "-"))
        else { return nil }
        var decoded: [UInt8] = []
        var rest = localPart[(dash + 1)...]
        while let byte = rest.popFirst() {
            // A sign is a digit to nobody else: `++4` is no byte.
            guard byte == UInt8(ascii: "+"), rest.count >= 2, rest.first != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                decoded.append(byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte)
                continue
            }
            decoded.append(value)
            rest = rest.dropFirst(2)
        }
        let text = RecipientText(decoded)
        return text.domain == nil ? nil : text
    }

    /// `@a,@b:u@h` → (`a`, `u@h` without the first hop).
    public static func withoutRoute(_ bytes: [UInt8]) -> (hop: [UInt8], rest: [UInt8])? {
        guard bytes.first == UInt8(ascii: "@"), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let hops = bytes[1..<colon]
        let rest = Array(bytes[(colon + 1)...])
        guard let comma = hops.firstIndex(of: UInt8(ascii: ",")) else { return (lowercased(hops), rest) }
        return (lowercased(hops[..<comma]), Array(hops[(comma + 1)...]) + [UInt8(ascii: ":")] + rest)
    }

    private static func lastAt(in bytes: [UInt8]) -> Int? {
        var last: Int?
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: "@"), !isQuoted {
                last = index
            }
        }
        return last
    }

    static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    }
}

/// A way to hide a destination within another that a system unwraps.
public enum HiddenForm: Hashable, Sendable, CaseIterable {
    case route, percent, bang, quoted, doubleAt, encapsulated

    /// What most mailers of their time unwrap. Encapsulation is Exchange's.
    public static let common: Set<HiddenForm> = [.route, .percent, .bang, .quoted, .doubleAt]
}

extension RecipientText {
    /// What is left when hidden destinations of these forms are taken out, as long as the outer domain is `isOurs`
    /// (`u%victim@ours` is `u@victim`). Bounded by the length of the text, which only shrinks.
    public static func reduced(
        _ bytes: [UInt8], unwrapping forms: Set<HiddenForm> = HiddenForm.common, isOurs: (RecipientText) -> Bool
    ) -> RecipientText {
        var bytes = bytes
        if forms.contains(.route) {
            while let (hop, rest) = withoutRoute(bytes), isOurs(RecipientText(localPart: [], domain: hop)) { bytes = rest }
            if let (hop, rest) = withoutRoute(bytes) { return RecipientText(localPart: rest, domain: hop) }
        }
        var recipient = RecipientText(bytes)
        for _ in 0...bytes.count {
            guard isOurs(recipient), let inner = recipient.unwrapped(forms) else { return recipient }
            recipient = inner
        }
        return recipient
    }

    private func unwrapped(_ forms: Set<HiddenForm>) -> RecipientText? {
        if forms.contains(.encapsulated), let inner = withoutEncapsulation { return inner }
        if forms.contains(.quoted), let inner = withoutQuotes { return inner }
        if forms.contains(.doubleAt), let inner = withoutSecondAt { return inner }
        if forms.contains(.percent), let inner = withoutPercent { return inner }
        if forms.contains(.bang), let inner = withoutBang { return inner }
        return nil
    }
}
