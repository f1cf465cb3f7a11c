import MailTypes

/// Reads MetaBase.xml: attributes of `IIsSmtpService`, `IIsSmtpServer` and `IIsSmtpDomain`.
struct IISMetabaseReader {
    private var reader = IISReader()
    /// The settings of the service, which its servers inherit, and of the one server that is read.
    private var inherited: [String: (value: String, origin: Origin)] = [:]
    private var server: String?
    /// The location of the last tag that has one; `Custom` tags within belong to it.
    private var location = ""

    static func isMetabase(_ file: ConfigFile) -> Bool {
        file.lines.contains { $0.text.contains("<IIsSmtp") }
    }

    static func model(of file: ConfigFile, notes: inout ImportNotes) -> IISReader {
        var metabase = IISMetabaseReader()
        let markup = MarkupTags(file)
        if markup.isCut {
            notes.obscure(file.path, at: Origin(note: file.path), why: "the file ends within a tag")
        }
        for tag in markup.tags { metabase.read(tag, notes: &notes) }
        metabase.applySettings(notes: &notes)
        return metabase.reader
    }

    /// Properties that are read, in lower case.
    private static let relevant: Set<String> = ["relayiplist", "relayforauth", "ipsecurity", "authflags", "defaultdomain"]

    private mutating func read(_ tag: MarkupTags.Tag, notes: inout ImportNotes) {
        if tag.name.lowercased() == "custom" { return readCustom(tag, notes: &notes) }
        location = (tag.attributes["location"] ?? location).lowercased()
        let path = (tag.attributes["location"] ?? "").lowercased().split(separator: "/").map(String.init)
        guard path.count >= 2, path[0] == "lm", path[1] == "smtpsvc" else { return }
        switch (tag.name.lowercased(), path.count) {
        case ("iissmtpservice", 2) where server == nil: take(tag, notes: &notes)
        case ("iissmtpserver", 3):
            guard server == nil || server == path[2] else {
                return notes.obscure(
                    tag.attributes["location"] ?? "", at: tag.origin,
                    why: "a second virtual server; import each of them from a file of its own")
            }
            server = path[2]
            take(tag, notes: &notes)
        case (_, 5...) where path[3] == "domain": readDomain(tag, path, notes: &notes)
        case (_, 4) where path[3] == "domain": findSettingsOfDomains(tag, notes: &notes)
        default: notes.ignore()
        }
    }

    /// A property in its raw form, by name or number.
    private func readCustom(_ tag: MarkupTags.Tag, notes: inout ImportNotes) {
        guard location == "/lm/smtpsvc" || location.hasPrefix("/lm/smtpsvc/") else { return }
        let name = (tag.attributes["name"] ?? "").lowercased()
        let isRelay = Self.relevant.contains(name) || ["36970", "36973"].contains(tag.attributes["id"] ?? "")
        guard isRelay else { return notes.ignore() }
        notes.obscure("Custom \(name)", at: tag.origin, why: "a relay setting in its raw form")
    }

    private mutating func take(_ tag: MarkupTags.Tag, notes: inout ImportNotes) {
        for (name, value) in tag.attributes.sorted(by: { $0.key < $1.key }) {
            if Self.relevant.contains(name) {
                inherited[name] = (value, tag.origin)
            } else if Self.isIrrelevant(name) {
                notes.ignore()
            } else {
                notes.obscure("\(name)=\"\(value.prefix(60))\"", at: tag.origin, why: "this property is not known")
            }
        }
    }

    private mutating func applySettings(notes: inout ImportNotes) {
        if let (value, origin) = inherited["relayiplist"],
            let list = IISReader.list(value, "RelayIpList", at: origin, notes: &notes)
        {
            reader.model.relay = list
        }
        if let (value, origin) = inherited["ipsecurity"], !value.isEmpty {
            reader.model.connection = IISReader.list(value, "IPSecurity", at: origin, notes: &notes)
        }
        if let (value, origin) = inherited["relayforauth"] {
            reader.readRelayForAuth(value, "RelayForAuth=\"\(value)\"", at: origin, notes: &notes)
        }
        if let (value, origin) = inherited["authflags"] { readAuthFlags(value, at: origin, notes: &notes) }
        if let (value, origin) = inherited["defaultdomain"], !value.isEmpty {
            reader.addDomain(value, isLocal: true, text: "DefaultDomain=\"\(value)\"", at: origin, notes: &notes)
        }
    }

    /// 1 anonymous, 2 basic, 4 NTLM; the file writes names for numbers that have them.
    private mutating func readAuthFlags(_ value: String, at origin: Origin, notes: inout ImportNotes) {
        let words = value.split(separator: "|").map { OldAddressForms.trimmed($0).lowercased() }
        guard let number = Int(value) ?? (words.allSatisfy { $0.hasPrefix("auth") } ? (words.contains("authanonymous") ? 1 : 0) : nil)
        else { return notes.obscure("AuthFlags=\"\(value)\"", at: origin, why: "not a number and not names of flags") }
        reader.model.admitsAnonymous = number & 1 != 0
        reader.model.anonymousOrigin = origin
        notes.model()
    }

    // MARK: Domains

    private mutating func readDomain(_ tag: MarkupTags.Tag, _ path: [String], notes: inout ImportNotes) {
        guard server == nil || server == path[2] else { return notes.ignore() }
        findSettingsOfDomains(tag, notes: &notes)
        let action = tag.attributes["routeaction"] ?? "0"
        let text = "\(tag.attributes["location"] ?? "") RouteAction=\"\(action)\""
        guard let flags = UInt32(action) else {
            return notes.obscure(text, at: tag.origin, why: "RouteAction is no number")
        }
        let kind = RouteAction(rawValue: flags)
        if !kind.isDisjoint(with: .local) {
            reader.addDomain(path[4], isLocal: true, text: text, at: tag.origin, notes: &notes)
        } else if kind.contains(.relay) {
            reader.addDomain(path[4], isLocal: false, text: text, at: tag.origin, notes: &notes)
        } else {
            // A remote domain changes how mail for it is sent, not who may send it.
            notes.ignore()
        }
    }

    private struct RouteAction: OptionSet {
        let rawValue: UInt32
        /// Drop directory, alias, delivery, default domain.
        static let local = RouteAction(rawValue: 0x1 | 0x10 | 0x20 | 0x40)
        /// *Allow incoming mail to be relayed to this domain*
        static let relay = RouteAction(rawValue: 0x1000)
    }

    private func findSettingsOfDomains(_ tag: MarkupTags.Tag, notes: inout ImportNotes) {
        for name in ["relayiplist", "relayforauth"] {
            guard let value = tag.attributes[name] else { continue }
            notes.obscure("\(name)=\"\(value.prefix(60))\"", at: tag.origin, why: "a relay setting of single domains")
        }
    }

    // MARK: Properties

    /// Properties that cannot change who may relay: names, and beginnings of names.
    private static func isIrrelevant(_ name: String) -> Bool {
        irrelevant.contains(name) || irrelevantPrefixes.contains(where: name.hasPrefix)
    }

    private static let irrelevant: Set<String> = [
        "location", "keytype", "adminacl", "alwaysusessl", "accessflags", "accessssl", "accesssslflags", "badmaildirectory",
        "connectiontimeout", "csideetrndomains", "defaultlogondomain", "domasquerade", "enablereversednslookup",
        "fullyqualifieddomainname", "hopcount", "masqueradedomain", "nameresolutiontype", "ntauthenticationproviders",
        "postmasteremail", "postmastername", "realm", "routeaction", "routeactionstring", "routepassword", "routeusername",
        "routingdll", "routingsources", "sasllogondomain", "securebindings", "sendbadto", "sendndrto", "shoulddeliver",
        "smarthost", "smarthosttype", "updateddefaultdomain", "updatedfqdn", "win32error", "addnoheaders", "authturnlist",
        "sslcerthash", "sslstorename", "sslctlidentifier", "sslctlstorename", "anonymoususername", "anonymoususerpass",
        "cachesecuritydescriptor", "displayname", "vrpath", "inusefields", "relayfromheader", "emailaddresstype",
    ]

    private static let irrelevantPrefixes = [
        "log", "max", "smtp", "local", "remote", "server", "pickup", "queue", "drop", "etrn", "mailroot", "mailqueue", "mailpickup",
        "maildrop", "batchmessages", "retry", "shouldpickup", "shouldpipeline",
    ]
}
