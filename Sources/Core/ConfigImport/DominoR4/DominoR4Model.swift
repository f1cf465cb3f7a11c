import MailTypes

/// Relay control of the SMTP MTA of Notes and Domino R4: variables of notes.ini. Grants by address do not exist in it.
public struct DominoR4Model: Hashable, Sendable {
    /// `SMTPMTA_REJECT_RELAYS=1`; nil: relays for everybody.
    public var rejectsRelays: Origin?
    /// `SMTPMTA_RELAY_FORWARDS=1`: users who let their mail go on elsewhere still get it.
    public var relaysForwards: Origin?
    /// `SMTPMTA_ALLOW_KNOWN_DOMAINS=1`: relays for senders in domains of the Global Domain document.
    public var allowsKnownDomains: Origin?
    /// `SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES=1` where the release has it: what came by SMTP does not leave by it.
    public var keepsInboundFromLeaving: Origin?
    /// `SMTPMTA_HELO_DOMAIN_VERIFY=1`
    public var verifiesHelo: Origin?
    /// What the file of `SMTPMTA_DENIED_DOMAINS` lists: senders there are refused.
    public var deniedDomains: [Sourced<Domain>]
    /// Of the Global Domain document, which no file holds.
    public var localDomains: [Domain]
    /// Users whose mail goes on elsewhere.
    public var forwards: [MailAlias]

    public var defaultOrigin: Origin { Origin(note: "default: relays") }
}
