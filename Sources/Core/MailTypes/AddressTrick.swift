/// A form of address with which a third party hides the real destination. Raw values are the words of
/// `address-tricks` in the language.
public enum AddressTrick: String, Hashable, Sendable, CaseIterable {
    /// `@t:u@r`: carried to `t` first by whoever follows routes (RFC 5321 appendix C).
    case route
    /// `u@r@t`: the first and the last `@` disagree.
    case doubleAt = "double-at"
    /// `IMCEASMTP-u+40r@t` (CVE-1999-0682), `"/c=us/…/"@t` (X.400), `"gateway::u"@t` (MAIL-11).
    case encapsulated
    /// `"u@r"@t`: means something else once the quotes are gone (CERT VU#176972).
    case quoted
    /// `u%r@t` (RFC 1123 §5.2.16).
    case percent
    /// `r!u@t`: UUCP.
    case bang
    /// A local part that becomes a file name.
    case slash
    /// A local part that reaches a shell.
    case pipe
    /// `.u@t`: a hidden file, or a directory above.
    case leadingDot = "leading-dot"
}
