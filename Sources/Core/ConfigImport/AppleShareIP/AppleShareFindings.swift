/// What is wrong with settings of AppleShare IP's mail server.
enum AppleShareFindings {
    static func find(in model: AppleShareModel, notes: inout ImportNotes) {
        findDefaults(model, &notes)
        findHosts(model, &notes)
        if let origin = model.rejectsNameMismatch {
            notes.find(
                AuditFinding(
                    "appleshare-name-mismatch", .warning, "wanted mail is refused with the unwanted", at: origin,
                    why: "many honest servers give a HELO name that does not lead to their address",
                    fix: "RejectIfNameDoesNotMatchAddress = 0, log only"))
        }
    }

    private static func findDefaults(_ model: AppleShareModel, _ notes: inout ImportNotes) {
        let profile = model.defaultProfile
        if !profile.staysLocal.value, !profile.isRejected.value, let origin = profile.staysLocal.origin {
            // The null sender has no host, so no list stops it.
            notes.find(
                AuditFinding(
                    "appleshare-default-relays", .critical,
                    model.rejectsUnlistedHosts == nil ? "relays for everybody" : "relays for the null sender", at: origin,
                    why: "a host that is new gets the default host profile, and that relays",
                    fix: "default host profile: deliver mail from this host to local addresses only (DeliverToLocalOnly = 1)"))
        }
        // A server has a domain of its own, also where nobody said which.
        let origin = model.localDomains.first?.origin ?? Origin(note: "[Server]")
        notes.find(
            AuditFinding(
                "appleshare-local-sender", .critical, "relays for everybody who claims a local sender", at: origin,
                why: model.requiresKnownUsers == nil
                    ? "mail of a local sender may go anywhere, and anyone can write one"
                    : "a local sender has to be a user's, and anyone can write a user's address",
                fix: "put a server that knows its clients before this one; RequireLocalFromInUsersAndGroups = 1 makes it harder only"))
        if profile.staysLocal.value, model.requiresKnownUsers != nil {
            notes.find(
                AuditFinding(
                    "appleshare-recipe", .note, "the vendor's recipe does not pass every open-relay test", at: profile.staysLocal.origin ?? origin,
                    why: "tests with a sender at the server's own name still get through where that name is the mail domain",
                    fix: "give the server a host name that differs from the mail domain", confidence: .likely))
        }
    }

    private static func findHosts(_ model: AppleShareModel, _ notes: inout ImportNotes) {
        let open = model.foreignHosts.filter { !$0.profile.staysLocal.value && !$0.profile.isRejected.value }
        for host in open {
            notes.find(
                AuditFinding(
                    "appleshare-host-relays", .critical, "relays for everybody who claims a sender at \(host.domain)",
                    at: host.profile.staysLocal.origin ?? host.origin,
                    why: "a host's own entry wins over the default profile, and changing the default does not change it",
                    fix: "delete the host from the list, or DeliverToLocalOnly = 1 in its entry"))
        }
        for via in [model.defaultProfile.via] + model.hosts.map(\.profile.via) {
            guard let via, let origin = via.origin else { continue }
            notes.find(
                AuditFinding(
                    "appleshare-relay-via", .warning, "mail is handed on to `\(via.value)`", at: origin,
                    why: "that server sees this one as the client, and may relay for whatever comes through",
                    fix: "leave `relay all SMTP mail via` empty", confidence: .likely))
        }
    }
}
