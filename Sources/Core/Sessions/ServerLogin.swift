import MailTypes

/// With what we log in to a protected server (`login NAME password CREDENTIAL`). A class, so that a session that logs in
/// nowhere stays small.
public final class ServerLogin: Sendable {
    public let name: String
    private let password: [UInt8]

    /// Octets of name and password together: AUTH with both of them is one command line of 512 (RFC 4954 §4).
    public static let longest = 370

    /// What keeps a file from being a password. It never says what is in it.
    public enum Problem: Error, Hashable, Sendable {
        case empty, severalLines, nul, tooLong
    }

    /// `file` holds the password and nothing else; the end of its line is no part of it.
    public init(name: String, passwordFile file: [UInt8]) throws(Problem) {
        var password = file[...]
        if password.last == UInt8(ascii: "\n") { password = password.dropLast() }
        if password.last == UInt8(ascii: "\r") { password = password.dropLast() }
        guard !password.isEmpty else { throw .empty }
        // RFC 4616 §2 has no way to say it.
        guard !password.contains(0) else { throw .nul }
        guard !password.contains(UInt8(ascii: "\n")), !password.contains(UInt8(ascii: "\r")) else { throw .severalLines }
        guard name.utf8.count + password.count <= Self.longest else { throw .tooLong }
        (self.name, self.password) = (name, Array(password))
    }

    /// RFC 4616 §2: to act as nobody else than who logs in.
    var plainResponse: String { Base64.encoded([0] + Array(name.utf8) + [0] + password) }
    var nameResponse: String { Base64.encoded(Array(name.utf8)) }
    var passwordResponse: String { Base64.encoded(password) }
}

extension ServerLogin: Hashable {
    public static func == (one: ServerLogin, other: ServerLogin) -> Bool {
        one.name == other.name && one.password == other.password
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(password)
    }
}

extension ServerLogin: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { name }
    public var debugDescription: String { name }
}
