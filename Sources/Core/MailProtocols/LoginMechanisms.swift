/// Mechanisms of SMTP AUTH by which we log in to a server: those that hand over the password.
public struct LoginMechanisms: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// RFC 4616.
    public static let plain = LoginMechanisms(rawValue: 1)
    /// No RFC has it, and many servers have nothing else.
    public static let login = LoginMechanisms(rawValue: 2)

    /// Those that we know, of the words behind the keyword.
    init(announced words: some Sequence<ArraySlice<UInt8>>) {
        self.init()
        for word in words {
            if ASCII.equals(word, "PLAIN") { insert(.plain) }
            if ASCII.equals(word, "LOGIN") { insert(.login) }
        }
    }
}
