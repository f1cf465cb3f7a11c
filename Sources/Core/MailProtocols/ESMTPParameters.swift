import MailTypes

/// Parameters of MAIL (RFC 1870, RFC 6152, RFC 6531, RFC 3461 §4.3, §4.4), as values. What is sent on is written
/// anew from them.
public struct MailParameters: Hashable, Sendable {
    public enum Body: Hashable, Sendable { case sevenBit, eightBitMIME }
    public enum Return: Hashable, Sendable { case full, headers }

    /// Bytes of mail data that the client announces.
    public var size: UInt64?
    public var body: Body?
    public var smtpUTF8 = false
    public var ret: Return?
    /// Still xtext.
    public var envelopeID: [UInt8]?

    public init() {}

    init(parsing text: ArraySlice<UInt8>) throws(CommandProblem) {
        for (keyword, value) in try Parameter.list(text) {
            if ASCII.equals(keyword, "SIZE"), size == nil, let number = value.flatMap(ASCII.number) {
                size = number
            } else if ASCII.equals(keyword, "BODY"), body == nil, let value, let known = Self.body(value) {
                body = known
            } else if ASCII.equals(keyword, "SMTPUTF8"), value == nil, !smtpUTF8 {
                smtpUTF8 = true
            } else if ASCII.equals(keyword, "RET"), ret == nil, let value, let known = Self.ret(value) {
                ret = known
            } else if ASCII.equals(keyword, "ENVID"), envelopeID == nil, let value, Parameter.isXtext(value, limit: 100) {
                envelopeID = Array(value)
            } else {
                throw Parameter.problem(keyword, known: ["SIZE", "BODY", "SMTPUTF8", "RET", "ENVID"])
            }
        }
    }

    private static func body(_ value: ArraySlice<UInt8>) -> Body? {
        ASCII.equals(value, "7BIT") ? .sevenBit : ASCII.equals(value, "8BITMIME") ? .eightBitMIME : nil
    }

    private static func ret(_ value: ArraySlice<UInt8>) -> Return? {
        ASCII.equals(value, "FULL") ? .full : ASCII.equals(value, "HDRS") ? .headers : nil
    }

    /// Whether a DSN parameter was given (RFC 3461).
    public var asksForDSN: Bool { ret != nil || envelopeID != nil }

    /// ` SIZE=… BODY=…`, as much of it as a server with `capabilities` has.
    public func wireForm(for capabilities: ServerCapabilities) -> [UInt8] {
        var bytes: [UInt8] = []
        if let size, capabilities.size != nil { bytes += Array(" SIZE=\(size)".utf8) }
        if let body, capabilities.eightBitMIME {
            bytes += Array((body == .sevenBit ? " BODY=7BIT" : " BODY=8BITMIME").utf8)
        }
        if smtpUTF8, capabilities.smtpUTF8 { bytes += Array(" SMTPUTF8".utf8) }
        if capabilities.dsn {
            if let ret { bytes += Array((ret == .full ? " RET=FULL" : " RET=HDRS").utf8) }
            if let envelopeID { bytes += Array(" ENVID=".utf8) + envelopeID }
        }
        return bytes
    }
}

/// Parameters of RCPT (RFC 3461 §4.1, §4.2).
public struct RecipientParameters: Hashable, Sendable {
    public struct Notify: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let success = Notify(rawValue: 1)
        public static let failure = Notify(rawValue: 2)
        public static let delay = Notify(rawValue: 4)
        /// Alone.
        public static let never = Notify(rawValue: 8)
    }

    public var notify: Notify?
    /// `rfc822;xtext`, still xtext: it is never decoded into anything.
    public var originalRecipient: [UInt8]?

    public init() {}

    init(parsing text: ArraySlice<UInt8>) throws(CommandProblem) {
        for (keyword, value) in try Parameter.list(text) {
            if ASCII.equals(keyword, "NOTIFY"), notify == nil, let value, let known = Self.notify(value) {
                notify = known
            } else if ASCII.equals(keyword, "ORCPT"), originalRecipient == nil, let value, Self.isOriginal(value) {
                originalRecipient = Array(value)
            } else {
                throw Parameter.problem(keyword, known: ["NOTIFY", "ORCPT"])
            }
        }
    }

    private static func notify(_ value: ArraySlice<UInt8>) -> Notify? {
        var notify: Notify = []
        for word in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let one: Notify
            if ASCII.equals(word, "SUCCESS") {
                one = .success
            } else if ASCII.equals(word, "FAILURE") {
                one = .failure
            } else if ASCII.equals(word, "DELAY") {
                one = .delay
            } else if ASCII.equals(word, "NEVER") {
                one = .never
            } else {
                return nil
            }
            guard notify.insert(one).inserted else { return nil }
        }
        return notify.contains(.never) && notify != .never ? nil : notify
    }

    private static func isOriginal(_ value: ArraySlice<UInt8>) -> Bool {
        guard let semicolon = value.firstIndex(of: UInt8(ascii: ";")) else { return false }
        let type = value[..<semicolon]
        let isAtom = type.allSatisfy {
            ASCII.isDigit($0) || (0x41...0x5a).contains(ASCII.upper($0)) || $0 == UInt8(ascii: "-")
        }
        return !type.isEmpty && isAtom && Parameter.isXtext(value[(semicolon + 1)...], limit: 500)
    }

    public var asksForDSN: Bool { notify != nil || originalRecipient != nil }

    public func wireForm(for capabilities: ServerCapabilities) -> [UInt8] {
        guard capabilities.dsn else { return [] }
        var bytes: [UInt8] = []
        if let notify {
            let words: [(Notify, String)] = [
                (.never, "NEVER"), (.success, "SUCCESS"), (.failure, "FAILURE"), (.delay, "DELAY"),
            ]
            bytes += Array((" NOTIFY=" + words.filter { notify.contains($0.0) }.map(\.1).joined(separator: ",")).utf8)
        }
        if let originalRecipient { bytes += Array(" ORCPT=".utf8) + originalRecipient }
        return bytes
    }
}

/// The common form of ESMTP parameters (RFC 5321 §4.1.2).
private enum Parameter {
    typealias Pair = (keyword: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)

    /// `KEYWORD[=value]`, one space between them.
    static func list(_ text: ArraySlice<UInt8>) throws(CommandProblem) -> [Pair] {
        if text.isEmpty { return [] }
        var pairs: [Pair] = []
        for word in text.split(separator: ASCII.space) {
            let equals = word.firstIndex(of: UInt8(ascii: "="))
            let keyword = word[..<(equals ?? word.endIndex)]
            let value = equals.map { word[($0 + 1)...] }
            guard isKeyword(keyword), value.map({ !$0.isEmpty && $0.allSatisfy(isValueByte) }) ?? true,
                pairs.count < 10
            else { throw CommandProblem(.parameter, 501, "5.5.4", "Malformed parameter") }
            pairs.append((keyword, value))
        }
        return pairs
    }

    static func isKeyword(_ bytes: ArraySlice<UInt8>) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            ASCII.isDigit(byte) || (0x41...0x5a).contains(ASCII.upper(byte))
        }
        guard let first = bytes.first, isLetterOrDigit(first) else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// Bytes 33–60 and 62–126.
    static func isValueByte(_ byte: UInt8) -> Bool {
        (33...126).contains(byte) && byte != UInt8(ascii: "=")
    }

    /// RFC 3461 §4: `+` stands only before two upper-case hexadecimal digits, and those are no control byte,
    /// which would be a line end for whoever decodes it.
    static func isXtext(_ bytes: ArraySlice<UInt8>, limit: Int) -> Bool {
        guard bytes.count <= limit else { return false }
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "+") else { continue }
            guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal),
                high * 16 + low >= 0x20, high * 16 + low != 0x7f
            else { return false }
        }
        return true
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// 501 for a known keyword with a value that it cannot have, 555 for one that nobody announced (RFC 5321
    /// §4.1.1.11).
    static func problem(_ keyword: ArraySlice<UInt8>, known: [StaticString]) -> CommandProblem {
        known.contains { ASCII.equals(keyword, $0) }
            ? CommandProblem(.parameter, 501, "5.5.4", "Malformed or repeated parameter")
            : CommandProblem(.parameter, 555, "5.5.4", "Parameter not recognized")
    }
}
