import Diagnostics
import MailTypes

/// Reads MERCURY.INI: sections in brackets, `Keyword : value`, a comment behind `#` everywhere.
struct MercuryReader {
    private var isServed = false
    private var mode: (relay: Bool, strict: Bool) = (false, false)
    private var relayOrigin: Origin?
    private var strictOrigin: Origin?
    private var entries: [AddressPriority<MercuryModel.Access>.Entry] = []
    private var domains: [Sourced<Domain>] = []
    private var authentication: Origin?
    private var once = SaidOnce()

    static func model(of file: ConfigFile, facts: ImportFacts, notes: inout ImportNotes) -> MercuryModel {
        var reader = MercuryReader()
        var section = ""
        for line in file.lines {
            let text = OldAddressForms.trimmed(line.text.prefix { $0 != "#" })
            guard !text.isEmpty else { continue }
            if text.hasPrefix("["), text.hasSuffix("]") {
                section = text.dropFirst().dropLast().lowercased()
                if section == "mercurys" { reader.isServed = true }
            } else {
                reader.read(text, in: section, at: file.origin(line), notes: &notes)
            }
        }
        if !reader.isServed {
            notes.obscure(
                file.path, at: Origin(SourceLocation(file: file.path, line: 1, column: 1)),
                why: "there is no section [MercuryS], which has the settings of the SMTP server")
        }
        return reader.finished(facts, notes: &notes)
    }

    private mutating func read(_ text: String, in section: String, at origin: Origin, notes: inout ImportNotes) {
        guard !section.isEmpty else { return notes.obscure(text, at: origin, why: "a line outside of all sections") }
        guard section == "mercurys" || section == "domains" else { return notes.ignore() }
        guard let colon = text.firstIndex(of: ":") else {
            return notes.obscure(text, at: origin, why: "a line without a colon")
        }
        let key = OldAddressForms.trimmed(text[..<colon])
        let value = OldAddressForms.trimmed(text[text.index(after: colon)...])
        if section == "domains" {
            readDomain(value, line: text, at: origin, notes: &notes)
        } else {
            readSetting(key.lowercased(), value, line: text, at: origin, notes: &notes)
        }
    }

    /// `server : domain`
    private mutating func readDomain(_ value: String, line: String, at origin: Origin, notes: inout ImportNotes) {
        guard let domain = Domain(value) else {
            return notes.obscure(line, at: origin, why: "`\(value)` is not a domain")
        }
        notes.model()
        domains.append(Sourced(domain, origin))
    }

    private mutating func readSetting(
        _ key: String, _ value: String, line: String, at origin: Origin, notes: inout ImportNotes
    ) {
        switch key {
        case "relay", "strict_relay", "smtp_authentication":
            guard value == "0" || value == "1" else {
                return notes.obscure(line, at: origin, why: "neither 0 nor 1")
            }
            guard once.isFirst(key, value, line, at: origin, notes: &notes) else { return }
            notes.model()
            let isOn = value == "1"
            switch key {
            case "relay": (mode.relay, relayOrigin) = (isOn, origin)
            case "strict_relay": (mode.strict, strictOrigin) = (isOn, origin)
            default: authentication = isOn ? origin : nil
            }
        case "allow", "refuse":
            guard let range = OldAddressForms.trailingZeros(value) ?? OldAddressForms.between(value) else {
                return notes.obscure(line, at: origin, why: "`\(value)` is not an address, a network with zeros at its end, or a range")
            }
            notes.model()
            let ranges = value == "0.0.0.0" ? MercuryModel.everybody : [range]
            entries.append(.init(ranges, key == "allow" ? .allow : .refuse, origin))
        case let key where Self.irrelevant.contains(key): notes.ignore()
        default: notes.obscure(line, at: origin, why: "this keyword of [MercuryS] is not known")
        }
    }

    /// Cannot change who may relay.
    private static let irrelevant: Set<String> = [
        "debug", "timeout", "logfile", "log", "tcp/ip_port", "ip_interface", "esmtp", "no_vrfy", "session_logging",
        "session_logmode", "allow_illegals", "compliance_settings", "maximum_failures", "size", "max_size", "relay_message",
        "sslport", "ssl_mode", "ssl_cert", "echo", "helo", "alt_port", "st_blacklisting", "auth_file",
    ]

    private func finished(_ facts: ImportFacts, notes: inout ImportNotes) -> MercuryModel {
        let narrowest = AddressPriority(narrowestFirst: entries)
        let sequential = AddressPriority(inFileOrder: entries)
        let isOld = facts.isAtLeast(4) == false
        notes.reading =
            isOld
            ? "Mercury before 4: of Allow and Refuse the first in the file that fits applies."
            : "Mercury 4: of Allow and Refuse the one for the fewest addresses applies."
        if facts.release == nil, let address = narrowest.disagreement(with: sequential) {
            notes.find(MercuryFindings.orderMatters(at: sequential.entry(for: address)?.origin, for: address))
        }
        let mode: MercuryModel.Mode = self.mode.relay ? .open : self.mode.strict ? .strict : .normal
        if mode == .open, let strictOrigin, self.mode.strict {
            notes.find(MercuryFindings.strictWithoutEffect(at: strictOrigin))
        }
        let origin = mode == .strict ? strictOrigin : relayOrigin
        return MercuryModel(
            mode: mode, modeOrigin: origin ?? Origin(note: "default: normal mode"), access: isOld ? sequential : narrowest,
            domains: domains + facts.deliveredDomains, aliases: facts.sortedAliases, authentication: authentication)
    }
}
