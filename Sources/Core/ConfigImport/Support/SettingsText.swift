/// `[Section]` headings and `Name = value` lines, with comments behind `#` or `;`: the form in which
/// settings that live in dialogs only are written down for an import.
struct SettingsText {
    struct Setting {
        /// In lower case, single spaces between words; empty before the first heading.
        var section: String
        /// Lower case, letters and digits alone, so that `Deliver to local only` is `delivertolocalonly`.
        var name: String
        var value: String
        /// The whole line.
        var text: String
        var origin: Origin
    }

    private(set) var settings: [Setting] = []
    /// Headings in order, in lower case.
    private(set) var sections: [Sourced<String>] = []

    /// Lines that are neither are opaque.
    init(_ file: ConfigFile, notes: inout ImportNotes) {
        for (line, text, origin) in SectionedText.lines(of: file) {
            switch line {
            case .section(let name): sections.append(Sourced(SectionedText.words(name), origin))
            case .setting(let key, let value):
                settings.append(
                    Setting(section: sections.last?.value ?? "", name: Self.plain(key), value: value, text: text, origin: origin))
            case .other: notes.obscure(text, at: origin, why: "neither a heading in brackets nor a line `Name = value`")
            }
        }
    }

    /// Lower-case letters and digits of a name.
    static func plain(_ name: some StringProtocol) -> String {
        var plain = ""
        for byte in name.utf8 {
            switch byte {
            case 0x61...0x7a, 0x30...0x39: plain.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x41...0x5a: plain.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            default: break
            }
        }
        return plain
    }
}

extension SettingsText.Setting {
    /// `1`, `on`, `yes`, `enabled` and their opposites; nil for anything else.
    var isOn: Bool? {
        switch value.lowercased() {
        case "1", "on", "yes", "true", "enabled": true
        case "0", "off", "no", "false", "disabled": false
        default: nil
        }
    }
}
