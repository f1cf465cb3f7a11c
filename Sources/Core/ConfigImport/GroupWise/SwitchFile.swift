/// A file of start-up switches, one a line: `/name`, `-name` or `--name`, a value behind `-`, `=` or a space, and `;` for
/// comments.
struct SwitchFile {
    struct Switch: Hashable {
        /// Lower case; empty for a line that is no switch.
        var name: String
        var value: String
        var text: String
        var origin: Origin
    }

    let switches: [Switch]

    init(_ file: ConfigFile) {
        switches = file.lines.compactMap { line in
            let text = OldAddressForms.trimmed(line.text)
            guard let first = text.first, first != ";", first != "#" else { return nil }
            return Self.read(text, file.origin(line))
        }
    }

    static func read(_ text: String, _ origin: Origin) -> Switch {
        let body = text.hasPrefix("--") ? text.dropFirst(2) : text.hasPrefix("-") || text.hasPrefix("/") ? text.dropFirst() : ""
        let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let rest = body[name.endIndex...].prefix { $0 != ";" }
        let value = rest.drop { $0 == "-" || $0 == "=" || $0 == ":" || $0 == " " || $0 == "\t" }
        return Switch(name: name.lowercased(), value: OldAddressForms.trimmed(value), text: text, origin: origin)
    }
}
