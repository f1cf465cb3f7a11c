internal import CLibIDN2

/// IDNA2008 for one label, without any mapping (RFC 5891 §4, RFC 5892).
///
/// `STRASSE` and `straße` are different names, a fullwidth letter is no letter, and an upper-case `Ü` is refused
/// rather than folded: whoever converts for a person may map, but on the wire a name has one reading.
enum InternationalLabel {
    /// Whether IDNA claims this label, rightly or not (RFC 5890 §2.3.2.1).
    static func looksLikeALabel(_ label: ArraySlice<UInt8>) -> Bool {
        label.starts(with: "xn--".utf8)
    }

    /// Refuses, in a whole name, what some software takes for a dot or removes without a word.
    static func checkCharacters(_ name: [UInt8]) throws(SyntaxFault) {
        guard let text = String(validating: name, as: UTF8.self) else { throw SyntaxFault("invalid UTF-8") }
        for character in text.unicodeScalars {
            switch character {
            case "\u{3002}", "\u{FF0E}", "\u{FF61}":
                throw SyntaxFault("dot that is not ASCII in the domain")
            case _ where character.properties.isDefaultIgnorableCodePoint:
                // Joiners are allowed in context by RFC 5892 appendix A; whoever needs one writes the A-label.
                throw SyntaxFault("invisible character in the domain")
            default:
                continue
            }
        }
    }

    /// The A-label of a U-label; an A-label or plain label as it is. An A-label has to decode to a valid U-label
    /// that encodes to it again. Folded to lower case before.
    static func aLabel(_ label: ArraySlice<UInt8>) throws(SyntaxFault) -> ArraySlice<UInt8> {
        let isASCII = label.allSatisfy { $0 < 0x80 }
        if isASCII, !looksLikeALabel(label) { return label }
        let terminated = Array(label) + [0]
        var output: UnsafeMutablePointer<UInt8>?
        let status = terminated.withUnsafeBufferPointer { input in
            isASCII
                ? idn2_register_u8(nil, input.baseAddress, &output, 0)
                : idn2_register_u8(input.baseAddress, nil, &output, 0)
        }
        defer { idn2_free(output) }
        guard status == IDN2_OK.rawValue, let output else {
            throw SyntaxFault("label that IDNA does not allow")
        }
        var converted: [UInt8] = []
        var next = output
        while next.pointee != 0 {
            converted.append(next.pointee)
            next += 1
        }
        guard (1...Domain.longestLabel).contains(converted.count), looksLikeALabel(converted[...]) else {
            throw SyntaxFault("label that IDNA does not allow")
        }
        return converted[...]
    }
}
