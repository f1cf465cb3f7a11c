import MailTypes
import PolicyLanguage

extension VMSPattern {
    /// What a pattern for domains says in the words of a policy.
    public enum DomainForm: Hashable, Sendable {
        case everything
        case host(HostPattern)
        /// `*theirs.test`: also `eviltheirs.test`.
        case ending(String)
        case inexpressible
    }

    public var domainForm: DomainForm {
        if isEverything { return .everything }
        if let literal {
            return Domain(Self.text(literal)).map { .host(HostPattern(domain: $0, isBelow: false)) } ?? .inexpressible
        }
        guard let ending else { return .inexpressible }
        if ending.first == UInt8(ascii: "."), let domain = Domain(Self.text(ending.dropFirst())), !domain.isLiteral {
            return .host(HostPattern(domain: domain, isBelow: true))
        }
        return Self.isEndOfDomain(ending) ? .ending(Self.text(ending)) : .inexpressible
    }

    /// What a pattern for addresses says as one of a policy.
    public enum AddressForm: Hashable, Sendable {
        /// Every address, the null path too.
        case everything
        /// A pattern of the language.
        case path(String)
        /// No address fits.
        case nothing
        case inexpressible
    }

    /// Angle brackets around a pattern mean nothing, since addresses are compared with theirs then.
    public var addressForm: AddressForm {
        if literal == Array("<>".utf8) { return .path("<>") }
        guard let tokens = withoutBrackets else { return .nothing }
        let bare = VMSPattern(tokens: tokens)
        if bare.isEverything { return .everything }
        return bare.bareAddressForm
    }

    /// Nil when it begins with a bracket and cannot end in one, so that no address fits.
    private var withoutBrackets: [Token]? {
        guard tokens.first == .byte(UInt8(ascii: "<")) else { return tokens }
        var inner = Array(tokens.dropFirst())
        switch inner.last {
        case .byte(UInt8(ascii: ">"))?: inner.removeLast()
        case .character?: inner.removeLast()
        case .text?: break
        default: return nil
        }
        return inner
    }

    private var bareAddressForm: AddressForm {
        guard let at = tokens.lastIndex(of: .byte(UInt8(ascii: "@"))) else {
            // Without `@` and `*` nothing fits: every address has an `@`.
            if tokens.allSatisfy({ $0 != .text && $0 != .character }) { return .nothing }
            guard let ending, Self.isEndOfDomain(ending) else { return .inexpressible }
            return Self.ending(ending)
        }
        let (local, domain) = (tokens[..<at], VMSPattern(tokens: Array(tokens[(at + 1)...])))
        if local == [.text] {
            if let literal = domain.literal {
                return Domain(Self.text(literal)).map { .path("*@\($0)") } ?? .inexpressible
            }
            guard let ending = domain.ending, Self.isEndOfDomain(ending) else { return .inexpressible }
            return Self.ending(ending)
        }
        guard let user = Self.bytes(local), Self.isPlain(user) else { return .inexpressible }
        if domain.isEverything { return .path("\(Self.text(user))@*") }
        guard let literal = domain.literal, let name = Domain(Self.text(literal)) else { return .inexpressible }
        return .path("\(Self.text(user))@\(name)")
    }

    private static func ending(_ bytes: [UInt8]) -> AddressForm {
        if bytes.first == UInt8(ascii: "."), let domain = Domain(text(bytes.dropFirst())), !domain.isLiteral {
            return .path("*.\(domain)")
        }
        return .path("ends-with:\(text(bytes))")
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func isEndOfDomain(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// A local part that is written as it is meant.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.first != UInt8(ascii: ".") && bytes.last != UInt8(ascii: ".")
            && bytes.allSatisfy { isLetterOrDigit($0) || ".-_+=".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
    }
}
