import MailTypes

/// Reads registry exports and the transcription of the routing table.
struct Exchange55Reader {
    private var controlSet: String?
    private var flags: Exchange55Model.Flags?
    private var flagsOrigin: Origin?
    /// `RelayFlags` is there, and what it says is not known.
    private var hasUnreadableFlags = false
    private var lists: [String: [Exchange55Model.Mask]] = [:]
    private var reroutes = true
    private var reroutesOrigin: Origin?
    private var routes: [Exchange55Model.Route] = []
    private var routePlaces: Set<String> = []
    private var once = SaidOnce()

    static func model(
        of files: [ConfigFile], facts: ImportFacts, notes: inout ImportNotes
    ) -> Exchange55Model {
        var reader = Exchange55Reader()
        for file in files {
            if RegistryExport.isExport(file) {
                reader.read(RegistryExport(file), notes: &notes)
            } else {
                reader.readRoutingTable(file, notes: &notes)
            }
        }
        return reader.finished(facts, notes: &notes)
    }

    // MARK: Registry

    private static let lists: Set<String> = ["relaydenylist", "relayallowlist", "relaylocaliplist"]

    private mutating func read(_ export: RegistryExport, notes: inout ImportNotes) {
        for (key, text, origin) in export.deletedKeys where Self.controlSet(of: key) != nil {
            notes.obscure(text, at: origin, why: "takes the key of the restrictions out; an export of a server has no such line")
        }
        for (key, text, origin) in export.strays {
            if Self.controlSet(of: key) == nil { notes.ignore() } else {
                notes.obscure(text, at: origin, why: "no line of a registry export")
            }
        }
        for value in export.values {
            guard let set = Self.controlSet(of: value.key) else {
                notes.ignore()
                continue
            }
            read(value, of: export, in: set, notes: &notes)
        }
    }

    /// Which control set the key of the restrictions is in; nil for other keys. The article writes `Service`.
    private static func controlSet(of key: String) -> String? {
        for services in ["services", "service"] {
            let tail = "\\\(services)\\msexchangeimc\\parameters"
            if key.hasSuffix(tail) { return String(key.dropLast(tail.count)) }
        }
        return nil
    }

    private mutating func read(
        _ value: RegistryExport.Value, of export: RegistryExport, in set: String, notes: inout ImportNotes
    ) {
        let isRelevant = value.name == "relayflags" || Self.lists.contains(value.name)
        guard isRelevant else {
            if Exchange55Vocabulary.irrelevant.contains(value.name) { return notes.ignore() }
            return notes.obscure(value.text, at: value.origin, why: "this value of the Internet Mail Service is not known")
        }
        guard set == controlSet ?? set else {
            // Older control sets are what the server started with some time ago.
            if set.hasSuffix("currentcontrolset") {
                (flags, flagsOrigin, hasUnreadableFlags, lists) = (nil, nil, false, [:])
            } else if controlSet?.hasSuffix("currentcontrolset") ?? false {
                return notes.ignore()
            } else {
                return notes.obscure(value.text, at: value.origin, why: "several control sets and none is CurrentControlSet")
            }
            controlSet = set
            return read(value, of: export, in: set, notes: &notes)
        }
        controlSet = set
        if value.name == "relayflags" { readFlags(value, notes: &notes) } else { readList(value, of: export, notes: &notes) }
    }

    private mutating func readFlags(_ value: RegistryExport.Value, notes: inout ImportNotes) {
        hasUnreadableFlags = false
        switch value.data {
        case .deletion:
            (flags, flagsOrigin) = (nil, nil)
            notes.model()
        case .number(let number) where Exchange55Model.Flags(rawValue: number).isSubset(of: .known):
            (flags, flagsOrigin) = (Exchange55Model.Flags(rawValue: number), value.origin)
            notes.model()
        case .number(let number):
            (flags, flagsOrigin) = (Exchange55Model.Flags(rawValue: number).intersection(.known), value.origin)
            notes.obscure(value.text, at: value.origin, why: "only the flags 1, 2, 4 and 8 are known")
        case .text, .bytes, .unreadable:
            (hasUnreadableFlags, flagsOrigin) = (true, value.origin)
            notes.obscure(value.text, at: value.origin, why: "RelayFlags is no DWORD")
        }
    }

    private mutating func readList(_ value: RegistryExport.Value, of export: RegistryExport, notes: inout ImportNotes) {
        switch value.data {
        case .deletion:
            lists[value.name] = nil
            notes.model()
        case .bytes(kind: 7, let bytes, let isCut):
            let (strings, isWhole) = export.strings(bytes)
            lists[value.name] = []
            if isCut || !isWhole {
                notes.obscure(value.text, at: value.origin, why: "the list is cut off: it does not end with two NULs")
            } else {
                notes.model()
            }
            // Of a list that is cut off the last entry may be half of one.
            for entry in isWhole && !isCut ? strings : strings.dropLast() {
                addEntry(entry, to: value, notes: &notes)
            }
        case .text, .number, .bytes, .unreadable:
            notes.obscure(value.text, at: value.origin, why: "no list of strings (hex(7))")
        }
    }

    private mutating func addEntry(_ entry: String, to value: RegistryExport.Value, notes: inout ImportNotes) {
        let parts = entry.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let mask = parts.count > 1 ? OldAddressForms.trimmed(parts[1]) : "255.255.255.255"
        guard let net = Self.number(OldAddressForms.trimmed(parts[0])), let bits = Self.number(mask) else {
            return notes.obscure(entry, at: value.origin, why: "no `net;mask`")
        }
        let read = Exchange55Model.Mask(net: net, mask: bits, origin: value.origin)
        guard let ranges = read.ranges else {
            return notes.obscure(entry, at: value.origin, why: "a mask with more than 16 holes")
        }
        lists[value.name, default: []].append(read)
        guard ranges.isEmpty else { return }
        notes.find(
            AuditFinding(
                "exchange55-never-matches", .warning, "no address fits `\(entry)`", at: value.origin,
                why: "the net has bits set outside its mask, and what is compared is the address under the mask",
                fix: "\(Self.text(net & bits));\(Self.text(bits))"))
    }

    private static func number(_ text: String) -> UInt32? {
        OldAddressForms.address(text).map { UInt32(truncatingIfNeeded: $0.value) }
    }

    private static func text(_ number: UInt32) -> String { "\(IPAddress(v4: number))" }

    // MARK: Routing table

    /// `# Routing page: reroute = yes`, then `domain TAB target`. `#` with a blank behind it begins a comment, else it
    /// is a part of the name.
    private mutating func readRoutingTable(_ file: ConfigFile, notes: inout ImportNotes) {
        for line in file.lines {
            let text = OldAddressForms.trimmed(line.text)
            guard !text.isEmpty, text != "#" else { continue }
            if text.hasPrefix("# ") || text.hasPrefix("#\t") {
                readHeading(text, at: file.origin(line), notes: &notes)
            } else {
                readRoute(text, at: file.origin(line), notes: &notes)
            }
        }
    }

    static let heading = "routing page: reroute"

    private mutating func readHeading(_ text: String, at origin: Origin, notes: inout ImportNotes) {
        let said = OldAddressForms.trimmed(text.dropFirst()).lowercased()
        guard said.hasPrefix(Self.heading) else { return }
        let choice = OldAddressForms.trimmed(said.dropFirst(Self.heading.count).drop { $0 == " " || $0 == "=" })
        guard choice == "yes" || choice == "no" else { return notes.obscure(text, at: origin, why: "neither yes nor no") }
        guard once.isFirst(Self.heading, choice, text, at: origin, notes: &notes) else { return }
        reroutes = choice == "yes"
        reroutesOrigin = origin
        notes.model()
    }

    private mutating func readRoute(_ text: String, at origin: Origin, notes: inout ImportNotes) {
        let end = text.firstIndex { $0 == "\t" || $0 == " " } ?? text.endIndex
        let target = OldAddressForms.trimmed(text[end...])
        let isExact = text.hasPrefix("#")
        let isInbound = target.lowercased() == "<inbound>"
        guard let domain = Domain(String(text[..<end].dropFirst(isExact ? 1 : 0))), !domain.isLiteral,
            isInbound || !target.isEmpty && !target.contains(where: { "<> \t".contains($0) })
        else {
            return notes.obscure(text, at: origin, why: "no `domain TAB target`, of which the target is a host or <inbound>")
        }
        guard routePlaces.insert("\(isExact)\(domain)").inserted else {
            return notes.obscure(text, at: origin, why: "a second row for the same name")
        }
        routes.append(
            Exchange55Model.Route(
                domain: domain, isExact: isExact, target: isInbound ? .inbound : .host(target), origin: origin))
        notes.model()
    }

    // MARK: Finishing

    private func finished(_ facts: ImportFacts, notes: inout ImportNotes) -> Exchange55Model {
        // What the table says of a name goes before what is given as a fact.
        let known = Set(routes.map(\.domain))
        let given = facts.deliveredDomains.filter { !known.contains($0.value) }.map { domain in
            Exchange55Model.Route(
                domain: domain.value, isExact: true, target: .inbound, origin: domain.origin ?? Origin(note: "--facts"))
        }
        let servicePack = Self.servicePack(facts.release)
        var model = Exchange55Model(
            reroutes: reroutes, reroutesOrigin: reroutesOrigin ?? Origin(note: "default: rerouting is on"),
            routes: routes + given, flags: hasUnreadableFlags ? flagsOfLists : flags, flagsOrigin: flagsOrigin ?? Origin(note: "default: no RelayFlags"),
            encapsulation: servicePack.map { $0 < 3 } ?? false ? .escapes : .isJudged)
        model.deny = lists["relaydenylist"] ?? []
        model.allow = lists["relayallowlist"] ?? []
        model.interfaces = lists["relaylocaliplist"] ?? []
        notes.reading =
            servicePack.map { $0 == 0 ? "Exchange 5.0 or 5.5 without a service pack." : "Exchange 5.5 with service pack \($0)." }
            ?? "Exchange 5.5 with service pack 3 or later: IMCEASMTP- recipients are taken apart before they are judged."
        Exchange55Audit(model: model, lists: lists, servicePack: servicePack).find(notes: &notes)
        return model
    }

    /// Every restriction that has something to say: what an export means whose `RelayFlags` cannot be read.
    private var flagsOfLists: Exchange55Model.Flags {
        let names: [(String, Exchange55Model.Flags)] = [
            ("relaydenylist", .deny), ("relayallowlist", .allow), ("relaylocaliplist", .interfaces),
        ]
        return names.reduce(.authenticated) { flags, list in lists[list.0]?.isEmpty ?? true ? flags : flags.union(list.1) }
    }

    /// The service pack of `5.5 SP3` or of a build number (2448 is SP2, 2650 SP3, 2653 SP4); 0 for what came before,
    /// nil if it was not said.
    static func servicePack(_ release: String?) -> Int? {
        guard let release = release?.lowercased() else { return nil }
        var facts = ImportFacts()
        facts.release = release
        let numbers = facts.releaseNumbers
        if numbers.count > 2 {
            let first = [2232: 1, 2448: 2, 2650: 3, 2653: 4]
            return first.filter { $0.key <= numbers[2] }.map(\.value).max() ?? 0
        }
        for (sign, digit) in zip(release, release.dropFirst(2)) where sign == "s" {
            if let pack = digit.wholeNumberValue { return pack }
        }
        guard let major = numbers.first else { return nil }
        return major < 5 || numbers == [5, 0] ? 0 : release.contains("rtm") ? 0 : nil
    }
}
