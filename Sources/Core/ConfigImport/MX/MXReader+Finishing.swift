import MailTypes

extension MXReader {
    /// Bounds what masks with holes may come to.
    private static let mostRanges = 200_000

    /// What was read, as the release reads it.
    mutating func finished(_ facts: ImportFacts) -> MXModel {
        sayRelease(facts)
        dropWhatTheReleaseLacks()
        let networks = release < .v51 ? [] : networks.ordered
        obscureHoles(networks)
        if !relayAllowed.isOn { MXFindings.findEntries(self.networks, notes: &notes) }
        return MXModel(
            release: release, relayAllowed: relayAllowed, takesPercent: takesPercent, expandsPercent: expandsPercent,
            authentication: authentication, inside: MXNetworks.table(networks),
            localDomains: localDomains + facts.deliveredDomains.map { $0.map { VMSPattern("\($0)") } },
            paths: MXPaths(paths.compactMap { $0 }), rewritings: rewritings, rejections: rejections.all,
            hostNames: hostNames(facts))
    }

    private mutating func sayRelease(_ facts: ImportFacts) {
        let name =
            switch release {
            case .v42: "4.2: it has no relay controls, so settings for them count for nothing"
            case .v50: "5.0: without inside addresses everybody is inside, and the parent domain is local for recipients too"
            case .v51: "5.1: the parent domain of the host's name is local for recipients too"
            case .v52: "5.2: the SMTP server takes recipients with a percent sign"
            case .v53: "5.3"
            }
        notes.reading = "MX \(name)\(facts.release == nil ? " (taken, since the release was not given)" : "")."
    }

    /// Commands of later releases are errors to an earlier one.
    private mutating func dropWhatTheReleaseLacks() {
        func lacks(_ what: String, since: String, _ origin: Origin) {
            notes.find(
                AuditFinding(
                    "mx-not-in-release", .warning, "\(what) counts for nothing in this release", at: origin,
                    why: "it came with MX \(since)", fix: "install MX 5.3 or later", confidence: .likely))
        }
        if release < .v50, let origin = relayAllowed.origin, !relayAllowed.isOn {
            lacks("/NORELAY_ALLOWED", since: "5.0", origin)
            relayAllowed = .init(isOn: true)
        }
        if release < .v51, let first = networks.ordered.first { lacks("an inside list", since: "5.1", first.origin) }
        if release < .v51, let first = rejections.all.first {
            lacks("REJMAN", since: "5.1", first.origin)
            rejections = MXRejectionList()
        }
        if release < .v53, let origin = takesPercent.origin, !takesPercent.isOn {
            lacks("SMTP/NOPERCENT_HACK", since: "5.3", origin)
            takesPercent = .init(isOn: true)
        }
    }

    private mutating func obscureHoles(_ networks: [MXNetworks.Network]) {
        let holes = networks.filter { MXNetworks.hasHoles($0.mask) }
        guard !holes.isEmpty else { return }
        let table = MXNetworks.table(networks).entries
        guard table.reduce(0, { $0 + $1.ranges.count }) <= Self.mostRanges, holes.count <= 50 else {
            return notes.obscure("/NETMASK", at: holes[0].origin, why: "masks with holes stand for too many ranges")
        }
        for hole in holes {
            guard let ranges = OldAddressForms.masked(hole.address, hole.mask) else {
                notes.obscure("/NETMASK", at: hole.origin, why: "a mask with holes that stands for too many ranges")
                continue
            }
            let own = AddressSet(ranges)
            if table.contains(where: { $0.outcome != hole.outcome && !own.intersection(AddressSet($0.ranges)).isEmpty }) {
                notes.obscure(
                    "/NETMASK", at: hole.origin, why: "whether it is asked before or after entries that overlap it is not certain"
                )
            }
        }
    }

    /// The name that was not given is taken to be the other.
    private mutating func hostNames(_ facts: ImportFacts) -> [Domain] {
        var names: [Domain] = []
        for name in [facts.hostName, facts.tcpipHostName].compactMap({ $0 }) where !names.contains(name) { names.append(name) }
        if names.isEmpty, !relayAllowed.isOn, release >= .v52 {
            notes.find(
                AuditFinding(
                    "mx-own-name-not-known", .note, "the host's own name is local too, and no command says it",
                    at: Origin(note: "MX_NODE_NAME"),
                    why: "from 5.2 on it lets clients inside send and takes mail for itself, and lets no stranger relay",
                    fix: "give hostName and tcpipHostName in the facts"))
        } else if names.isEmpty, !relayAllowed.isOn {
            notes.obscure(
                "the host's name", at: Origin(note: "MX_NODE_NAME"),
                why:
                    "before 5.2 mail for all of the domain above it is taken from everybody, and no command says it; give the facts hostName and tcpipHostName"
            )
        }
        return names
    }
}
