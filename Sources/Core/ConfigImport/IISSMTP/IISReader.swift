import MailTypes

/// What a metabase and a transcription have in common: one virtual server in the making.
struct IISReader {
    var model = IISModel(relay: .init(.onlyListed, origin: Origin(note: "default: only the list, which is empty")))
    /// Whether `RelayForAuth` was said.
    var saysRelayForAuth = false
    var once = SaidOnce()

    static func isOn(_ value: String) -> Bool? {
        switch value.lowercased() {
        case "true": true
        case "false": false
        case let text where text.hasPrefix("0x"): UInt32(text.dropFirst(2), radix: 16).map { $0 != 0 }
        case let text: Int64(text).map { $0 != 0 }
        }
    }

    mutating func readRelayForAuth(_ value: String, _ text: String, at origin: Origin, notes: inout ImportNotes) {
        guard let isOn = Self.isOn(value) else {
            return notes.obscure(text, at: origin, why: "RelayForAuth is neither -1 nor 0")
        }
        model.relayForLogin = isOn ? origin : nil
        saysRelayForAuth = true
        notes.model()
    }

    mutating func addDomain(_ name: String, isLocal: Bool, text: String, at origin: Origin, notes: inout ImportNotes) {
        if name == "*" {
            guard !isLocal else { return notes.obscure(text, at: origin, why: "a local domain that is every domain") }
            model.relaysEverywhere = origin
            return notes.model()
        }
        let isBelow = name.hasPrefix("*.")
        guard let domain = Domain(isBelow ? String(name.dropFirst(2)) : name), !domain.isLiteral else {
            return notes.obscure(text, at: origin, why: "`\(name)` is not a domain")
        }
        let pattern = Sourced(HostPattern(domain: domain, isBelow: isBelow), origin)
        if isLocal { model.local.append(pattern) } else { model.relayed.append(pattern) }
        notes.model()
    }

    /// A list in its binary form.
    static func list(
        _ value: String, _ name: String, at origin: Origin, notes: inout ImportNotes
    ) -> IISModel.AccessList? {
        let text = value.utf8.count > 60 ? "\(name)=\"\(value.prefix(60))…\"" : "\(name)=\"\(value)\""
        if value.isEmpty {
            notes.model()
            return IISModel.AccessList(.allExceptListed, origin: origin)
        }
        guard let bytes = RelayListBinary.bytes(of: value), let binary = RelayListBinary(bytes) else {
            notes.obscure(text, at: origin, why: "not the known layout of such a list; transcribe the dialog instead")
            notes.find(
                AuditFinding(
                    "iis-malformed-list", .warning, "\(name) cannot be read", at: origin,
                    why: "some releases of the management console stop working with such a value",
                    fix: "set the list again in the Relay Restrictions dialog", confidence: .likely))
            return nil
        }
        if binary.names > 0 {
            notes.obscure(text, at: origin, why: "it holds domain names, whose layout is not known; transcribe the dialog instead")
        } else if binary.granted.groups > 0, binary.denied.groups > 0 {
            notes.obscure(text, at: origin, why: "it grants and denies at once, which the dialog cannot say")
        } else {
            notes.model()
        }
        let isGrant = binary.granted.groups > 0
        var list = IISModel.AccessList(isGrant ? .onlyListed : .allExceptListed, origin: origin)
        for (net, mask) in (isGrant ? binary.granted : binary.denied).entries {
            guard let ranges = OldAddressForms.masked(net, mask) else {
                notes.obscure(text, at: origin, why: "a mask with more than 16 holes")
                continue
            }
            list.add(ranges, "\(IPAddress(v4: net))/\(IPAddress(v4: mask))", at: origin, notes: &notes)
        }
        return list
    }
}

extension IISModel.AccessList {
    mutating func add(_ ranges: [IPRange], _ text: String, at origin: Origin, notes: inout ImportNotes) {
        entries.append(IISModel.Entry(ranges: ranges, origin: origin))
        guard ranges.isEmpty else { return }
        notes.find(
            AuditFinding(
                "iis-never-matches", .warning, "no client fits `\(text)`", at: origin,
                why: "the network has bits set outside its mask", fix: "enter the first address of the network",
                confidence: .likely))
    }
}
