import MailTypes

/// Exchange 2007 and later: scripts that make receive connectors, and listings of them.
public enum ReceiveConnectorImporter: SystemImporter {
    public static let system = MailSystem.receiveConnector
    public static let placeOfDomains = "another command lists them, Get-AcceptedDomain | fl, whose output is read too"

    public static func recognises(_ file: ConfigFile) -> Bool {
        file.lines.contains { line in
            let text = line.text.lowercased()
            return text.contains("-receiveconnector") || text.hasPrefix("remoteipranges ") || text.contains("-accepteddomain")
        }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> ReceiveConnectorModel {
        guard !source.paths.isEmpty else {
            throw ImportTrouble("no file; give scripts, or the output of Get-ReceiveConnector | fl")
        }
        var state = ReceiveConnectorState()
        var files: [ConfigFile] = []
        for path in source.paths { files.append(try source.file(path)) }
        // Listings say what there is, scripts what they change of it; permissions name connectors listed before.
        let listings = files.filter(ReceiveConnectorListing.isListing)
        for file in listings { ReceiveConnectorListing.read(file, into: &state, notes: &notes) }
        for file in files where !listings.contains(file) { ReceiveConnectorScript.read(file, into: &state, notes: &notes) }
        state.addDelivered()
        state.bound(notes: &notes)
        state.findRivals(notes: &notes)
        for (_, (text, origin)) in state.withOwnPermissions.sorted(by: { $0.key < $1.key }) {
            notes.obscure(text, at: origin, why: "it has permissions of its own; add `Get-ReceiveConnector | Get-ADPermission | fl`")
        }
        for domain in facts.deliveredDomains {
            let origin = domain.origin ?? Origin(note: "--facts")
            state.model.domains.append(.init(domain: domain.value, withSubdomains: false, isAuthoritative: true, origin: origin))
        }
        notes.reading =
            "A client chooses the port, so what a connector of any port grants is granted. What Exchange servers may do among themselves is left out."
        return state.model
    }

    public static func draft(of model: ReceiveConnectorModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        for accepted in model.domains {
            guard let domain = accepted.domain else { continue }
            let via = accepted.isAuthoritative ? nil : PolicyDraft.onward
            draft.addDomain(HostPattern(domain: domain, isBelow: false), via: via, origin: accepted.origin)
            if accepted.withSubdomains {
                draft.addDomain(HostPattern(domain: domain, isBelow: true), via: via, origin: accepted.origin)
            }
        }
        draft.takesEveryLocalPartAsWritten(origin: Origin(note: "Exchange looks up the whole local part"))
        let grants = ReceiveConnectorGrants(model)
        addSubmission(model, grants, to: &draft)
        addRelaying(model, grants, to: &draft)
        ReceiveConnectorAudit(model: model, grants: grants).find(notes: &notes)
        return draft
    }

    // MARK: Who may send

    private static func addSubmission(_ model: ReceiveConnectorModel, _ grants: ReceiveConnectorGrants, to draft: inout PolicyDraft) {
        for localAddress in model.localAddresses.map(Optional.some) + [nil] {
            let anonymous = grants.anonymous(.submit, at: localAddress)
            let withLogin = grants.authenticated(.submit, at: localAddress)
            let origin = Origin(note: "ms-Exch-SMTP-Submit")
            var none = RuleDraft(
                localAddress == nil && model.localAddresses.isEmpty ? .rejectConnection : .reject, "no connector",
                meaning: "clients for whom no connector is, or whose connector lets nobody send", origin: origin)
            none.from(withLogin.complement)
            none.at(localAddress, among: model)
            draft.addRefuse(none)
            let asked = withLogin.subtracting(anonymous)
            guard !asked.isEmpty else { continue }
            var login = RuleDraft(.pass, "logged in", meaning: "clients who must log in, and have", origin: origin)
            login.from(asked)
            login.at(localAddress, among: model)
            login.login()
            draft.addRefuse(login)
            var others = RuleDraft(.reject, "not logged in", meaning: "clients who must log in, and have not", origin: origin)
            others.from(asked)
            others.at(localAddress, among: model)
            draft.addRefuse(others)
        }
    }

    // MARK: Who may relay

    private static func addRelaying(_ model: ReceiveConnectorModel, _ grants: ReceiveConnectorGrants, to draft: inout PolicyDraft) {
        if let star = model.domains.first(where: { $0.domain == nil }) {
            var rule = RuleDraft(
                .permit, "accepted domain *", meaning: "anyone, since every domain is accepted", origin: star.origin)
            rule.proofNone()
            draft.addRelay(rule)
        }
        for share in grants.shares {
            let connector = model.connectors[share.connector]
            let isEverywhere = grants.isEverywhere(share)
            if isEverywhere, share.localAddress != nil { continue }
            if connector.anonymousMay(.submit), connector.anonymousMay(.anyRecipient) {
                let origin = connector.treatsAsServers ? connector.origin : connector.granted[.init(.anonymous, .anyRecipient)] ?? connector.origin
                var rule = RuleDraft(.permit, connector.name, meaning: "clients of the connector \(connector.name)", origin: origin)
                from(share, connector, &rule)
                if !isEverywhere { rule.at(share.localAddress, among: model) }
                draft.addRelay(rule)
            } else if connector.sessionMay(.submit), connector.sessionMay(.anyRecipient) {
                var rule = RuleDraft(
                    .permit, "\(connector.name), logged in", meaning: "clients of the connector \(connector.name) who have logged in",
                    origin: connector.origin)
                rule.login()
                if share.clients != .everything { from(share, connector, &rule) }
                if !isEverywhere { rule.at(share.localAddress, among: model) }
                draft.addRelay(rule)
            }
        }
    }

    /// The connector's ranges as they are written where no narrower connector takes any of them.
    private static func from(
        _ share: ReceiveConnectorGrants.Share, _ connector: ReceiveConnectorModel.Connector, _ rule: inout RuleDraft
    ) {
        if AddressSet(connector.ranges.map(\.value)) == share.clients { rule.from(connector.ranges) } else { rule.from(share.clients) }
    }
}

extension RuleDraft {
    /// The address that the client reached: one that some connector names, or none of them.
    fileprivate mutating func at(_ address: IPAddress?, among model: ReceiveConnectorModel) {
        let named = model.localAddresses
        if let address {
            localAddress([Sourced(IPRange(address))])
        } else if !named.isEmpty {
            localAddress(AddressSet(named.map { IPRange($0) }).complement.ranges.map { Sourced($0) })
        }
    }
}
