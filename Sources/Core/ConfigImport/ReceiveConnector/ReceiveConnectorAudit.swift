import MailTypes

/// The traps of receive connectors.
struct ReceiveConnectorAudit {
    let model: ReceiveConnectorModel
    let grants: ReceiveConnectorGrants

    func find(notes: inout ImportNotes) {
        for index in model.connectors.indices where model.connectors[index].isEnabled { find(index, &notes) }
        if let star = model.domains.first(where: { $0.domain == nil }) {
            notes.find(
                AuditFinding(
                    "receive-connector-star-domain", .critical, "relays for everybody to every domain", at: star.origin,
                    why: "the accepted domain `*` is every domain, and recipients in accepted domains need no right",
                    fix: "Remove-AcceptedDomain, and accept your own domains by name"))
        }
        if let delivered = model.connectors.first(where: { $0.origin.at == nil }) {
            notes.find(
                AuditFinding(
                    "receive-connector-taken-as-delivered", .note, "connectors that no file shows are taken as delivered",
                    at: delivered.origin, why: "a script says what it changes, not what there is",
                    fix: "import the output of Get-ReceiveConnector | fl"))
        }
    }

    private func find(_ index: Int, _ notes: inout ImportNotes) {
        let connector = model.connectors[index]
        if let right = connector.granted[.init(.anonymous, .anyRecipient)], !connector.anonymousMay(.submit) {
            notes.find(
                AuditFinding(
                    "receive-connector-right-unused", .warning, "the right to relay of \(connector.name) helps nobody", at: right,
                    why: "the connector lets nobody send without logging in", fix: "Set-ReceiveConnector -PermissionGroups AnonymousUsers"))
        }
        if connector.anonymousMay(.anyRecipient), connector.anonymousMay(.submit) { findReach(index, &notes) }
        if connector.groups.contains("exchangeusers"), !connector.offersLogin {
            notes.find(
                AuditFinding(
                    "receive-connector-login-not-offered", .warning, "nobody can log in to \(connector.name)", at: connector.origin,
                    why: "ExchangeUsers may relay, and AuthMechanism offers neither Basic nor Integrated"))
        }
        if connector.mechanisms.contains("basicauth"), !connector.mechanisms.contains("basicauthrequiretls"), connector.offersLogin {
            notes.find(
                AuditFinding(
                    "receive-connector-plain-passwords", .note, "\(connector.name) takes passwords without TLS", at: connector.origin,
                    why: "who reads a password on its way relays with it", fix: "Set-ReceiveConnector -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS"))
        }
    }

    /// How far the right to relay of a connector reaches.
    private func findReach(_ index: Int, _ notes: inout ImportNotes) {
        let connector = model.connectors[index]
        let clients = AddressSet(grants.shares.filter { $0.connector == index }.flatMap(\.clients.ranges))
        let right = connector.granted[.init(.anonymous, .anyRecipient)]
        let strangers = clients.subtracting(.notPublic)
        if clients.holdsStrangers {
            notes.find(
                AuditFinding(
                    "receive-connector-open-relay", .critical, "\(connector.name) relays for strangers",
                    at: right ?? connector.origin,
                    why: connector.treatsAsServers
                        ? "ExternalAuthoritative takes every client for a server of your own, and its ranges hold a large part of the Internet"
                        : "ANONYMOUS LOGON may send to any recipient, and its ranges hold a large part of the Internet",
                    fix: "Set-ReceiveConnector -RemoteIPRanges YOUR,OWN,ADDRESSES"))
        } else if strangers.count(.v4) > 256 || strangers.count(.v6) > UInt128(1) << 64 {
            notes.find(
                AuditFinding(
                    "receive-connector-public-range", .warning, "\(connector.name) relays for a public network", at: connector.origin,
                    why: "its ranges hold more than 256 public addresses, and every host in them may relay",
                    fix: "Set-ReceiveConnector -RemoteIPRanges with single addresses"))
        }
        if connector.treatsAsServers {
            notes.find(
                AuditFinding(
                    "receive-connector-external-authoritative", .warning, "\(connector.name) takes its clients for servers of your own",
                    at: connector.origin, why: "with ExternalAuthoritative they relay without a right of their own, and skip spam checks",
                    fix: "give ANONYMOUS LOGON the right ms-Exch-SMTP-Accept-Any-Recipient instead"))
        }
    }
}
