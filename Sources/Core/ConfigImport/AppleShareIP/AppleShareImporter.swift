import MailTypes

/// AppleShare IP 6's mail server. Its settings live in Mail Admin only, so this is read:
///
///     [Server]
///     Domain = ours.example
///     [Default Host Profile]
///     DeliverToLocalOnly = 1            (also RejectAllMail, RelayAllMailVia)
///     [Host partner.example]
///     DeliverToLocalOnly = 0
///     [Mail In]
///     RequireLocalFromInUsersAndGroups = 1
///     RejectIfHostNotInHostList = 0
///     [Anti-Spam]
///     RejectIfNameDoesNotMatchAddress = 1
public enum AppleShareImporter: SystemImporter {
    public static let system = MailSystem.appleShareIP
    public static let placeOfDomains = "`Domain = NAME` in [Server] says them here too"

    public static func recognises(_ file: ConfigFile) -> Bool {
        SectionedText.has(["default host profile", "mail in", "anti-spam"], in: file)
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> AppleShareModel {
        guard let path = source.paths.first else {
            throw ImportTrouble(
                "no file; write the settings of Mail Admin into one (`[Default Host Profile]`, `DeliverToLocalOnly = 1`)")
        }
        return AppleShareReader.model(of: try source.file(path), facts: facts, notes: &notes)
    }

    public static func draft(of model: AppleShareModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.localDomains, origin: Origin(note: "Domain"))
        draft.unwrapsHiddenDestinations(
            at: draft.domains.map(\.pattern.domain),
            origin: Origin(note: "what the server does with hidden destinations is not documented; taken for unwrapped"))
        addRefusals(model, to: &draft)
        addGrants(model, to: &draft)
        AppleShareFindings.find(in: model, notes: &notes)
        return draft
    }

    // MARK: Whose mail is refused

    private static func addRefusals(_ model: AppleShareModel, to draft: inout PolicyDraft) {
        if let origin = model.rejectsNameMismatch {
            var rule = RuleDraft(.reject, "name mismatch", meaning: "clients whose HELO name is not theirs", origin: origin)
            rule.heloUnverified()
            draft.addRefuse(rule)
        }
        let foreign = model.foreignHosts
        addRefusal("rejected hosts", "all mail of these hosts", senders(foreign.filter(\.profile.isRejected.value)), &draft)
        if let origin = model.requiresKnownUsers, let users = model.userPatterns {
            var known = RuleDraft(.pass, "users", meaning: "senders that are users here", origin: origin)
            known.sender(users)
            draft.addRefuse(known)
            addRefusal("unknown local senders", "local senders that no user has", model.localPatterns, &draft, origin)
        }
        addDefaultRefusal(model, foreign, to: &draft)
    }

    /// New hosts, where they are rejected; everybody else has passed before.
    private static func addDefaultRefusal(
        _ model: AppleShareModel, _ foreign: [AppleShareModel.Host], to draft: inout PolicyDraft
    ) {
        let isRejected = model.defaultProfile.isRejected
        guard let origin = isRejected.value ? isRejected.origin : model.rejectsUnlistedHosts else { return }
        var known = RuleDraft(
            .pass, "local senders and listed hosts", meaning: "senders that the host list or the server knows", origin: origin)
        let bounces = isRejected.value ? [] : [Sourced("<>", origin)]
        known.sender(model.localPatterns + senders(foreign) + bounces)
        draft.addRefuse(known)
        var rest = RuleDraft(
            .reject, "hosts without an entry", meaning: "mail of hosts that are not in the host list", origin: origin)
        rest.from(AddressSet.everything)
        draft.addRefuse(rest)
    }

    private static func addRefusal(
        _ name: String, _ meaning: String, _ patterns: [Sourced<String>], _ draft: inout PolicyDraft, _ origin: Origin? = nil
    ) {
        guard let first = patterns.first?.origin else { return }
        var rule = RuleDraft(.reject, name, meaning: meaning, origin: origin ?? first)
        rule.sender(patterns)
        draft.addRefuse(rule)
    }

    // MARK: Whose mail is relayed

    private static func addGrants(_ model: AppleShareModel, to draft: inout PolicyDraft) {
        let foreign = model.foreignHosts
        let local = model.localPatterns
        addGrant("local senders", "anyone whose sender is in a local domain", local, &draft)
        let relaying = foreign.filter { !$0.profile.staysLocal.value }
            .map { Sourced("*@\($0.domain)", $0.profile.staysLocal.origin ?? $0.origin) }
        addGrant("listed hosts that may relay", "anyone whose sender is at one of these hosts", relaying, &draft)
        let profile = model.defaultProfile
        guard !profile.staysLocal.value, !profile.isRejected.value, let origin = profile.staysLocal.origin else { return }
        let kept = senders(foreign.filter { $0.profile.staysLocal.value })
        if let first = kept.first?.origin {
            var rule = RuleDraft(
                .reject, "listed hosts that may not", meaning: "senders at hosts whose mail stays local", origin: first)
            rule.sender(kept)
            draft.addRelay(rule)
        }
        var rest = RuleDraft(
            .permit, "default host profile", meaning: "anyone whose sender is at a host without an entry", origin: origin)
        if model.rejectsUnlistedHosts != nil { rest.sender([Sourced("<>", origin)]) }
        rest.proofNone()
        draft.addRelay(rest)
    }

    private static func addGrant(
        _ name: String, _ meaning: String, _ patterns: [Sourced<String>], _ draft: inout PolicyDraft
    ) {
        guard let first = patterns.first?.origin else { return }
        var rule = RuleDraft(.permit, name, meaning: meaning, origin: first)
        rule.sender(patterns)
        rule.proofNone()
        draft.addRelay(rule)
    }

    private static func senders(_ hosts: [AppleShareModel.Host]) -> [Sourced<String>] {
        hosts.map { Sourced("*@\($0.domain)", $0.origin) }
    }
}

extension AppleShareModel {
    /// Host entries that count: a local domain is never looked up in the list.
    var foreignHosts: [Host] {
        let local = Set(localDomains.map(\.value))
        return hosts.filter { !local.contains($0.domain) }
    }

    var localPatterns: [Sourced<String>] { localDomains.map { $0.map { "*@\($0)" } } }

    /// Mailboxes of all users; nil where nobody said who there is.
    var userPatterns: [Sourced<String>]? {
        users.map { users in
            users.sorted().flatMap { user in localDomains.map { $0.map { "\(user)@\($0)" } } }
                .filter { (try? PathPattern(parsing: $0.value)) != nil }
        }
    }
}
