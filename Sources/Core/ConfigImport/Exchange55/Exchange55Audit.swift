import MailTypes

/// The traps of the Internet Mail Service.
struct Exchange55Audit {
    let model: Exchange55Model
    /// By the value's name in lower case; nil where it is absent.
    let lists: [String: [Exchange55Model.Mask]]
    let servicePack: Int?

    private static let restart = "then restart the Internet Mail Service"

    func find(notes: inout ImportNotes) {
        if model.reroutes { findOpen(&notes) } else { findBounces(&notes) }
        findLists(&notes)
        findEncapsulation(&notes)
    }

    private func findOpen(_ notes: inout ImportNotes) {
        let fix = "RelayFlags = 10 with your networks in RelayAllowList, \(Self.restart)"
        switch model.flags {
        case nil:
            notes.find(
                AuditFinding(
                    "exchange55-no-restrictions", .critical, "relays for everybody", at: model.flagsOrigin,
                    why: "rerouting is on, as it is after installation, and nothing restricts it", fix: fix))
        case .some([]):
            notes.find(
                AuditFinding(
                    "exchange55-nothing-chosen", .critical, "relays for everybody, by one of two accounts",
                    at: model.flagsOrigin,
                    why: "Q260562 says that restrictions of which none is chosen let everybody relay, Q193922 that they let nobody; taken for open",
                    fix: fix, confidence: .likely))
        case .some(.deny):
            notes.find(
                AuditFinding(
                    "exchange55-deny-list-only", .critical, "relays for everybody who is not listed", at: model.flagsOrigin,
                    why: "with flag 1 alone RelayDenyList names only those who may not", fix: fix))
        case .some(let flags):
            if flags.contains(.allow), let entry = model.allow.first(where: { AddressSet($0.ranges ?? []).holdsStrangers }) {
                notes.find(
                    AuditFinding(
                        "exchange55-allow-everybody", .critical, "strangers are among those who may relay", at: entry.origin,
                        why: "an entry of RelayAllowList covers a large part of the public Internet",
                        fix: "list your own networks only, \(Self.restart)"))
            }
            if flags.contains(.interfaces) { findInterfaces(&notes) }
        }
    }

    private func findInterfaces(_ notes: inout ImportNotes) {
        let isPublic = !AddressSet(model.interfaces.flatMap { $0.ranges ?? [] }).subtracting(.notPublic).isEmpty
        guard let origin = model.interfaces.first?.origin else { return }
        if isPublic {
            notes.find(
                AuditFinding(
                    "exchange55-public-interface", .critical, "whoever reaches a public address of the server may relay",
                    at: origin, why: "RelayLocalIPList asks for the server's address that the client connected to, not for the client's",
                    fix: "list inner addresses of the server only, \(Self.restart)"))
        } else {
            notes.find(
                AuditFinding(
                    "exchange55-interface-needs-no-forwarding", .warning, "the inner address must not be reached from outside",
                    at: origin, why: "with IP forwarding on, a stranger's packets can reach it, and then the stranger relays",
                    fix: "turn IP forwarding off, or use RelayAllowList"))
        }
    }

    private func findBounces(_ notes: inout ImportNotes) {
        notes.find(
            AuditFinding(
                "exchange55-accepts-then-bounces", .warning, "mail for anybody is accepted, and returned later",
                at: model.reroutesOrigin,
                why: "without rerouting nothing is relayed, but the bounce goes to the sender that was claimed; here such recipients are refused",
                fix: "let a gateway refuse what is not yours"))
    }

    private func findLists(_ notes: inout ImportNotes) {
        let flags = model.flags ?? []
        let names: [(flag: Exchange55Model.Flags, name: String)] = [
            (.deny, "RelayDenyList"), (.allow, "RelayAllowList"), (.interfaces, "RelayLocalIPList"),
        ]
        for (flag, name) in names {
            let list = lists[name.lowercased()]
            if let entry = list?.first, !flags.contains(flag) {
                notes.find(
                    AuditFinding(
                        "exchange55-list-unused", .warning, "\(name) is not used", at: entry.origin,
                        why: "RelayFlags does not have \(flag.rawValue)", fix: "add \(flag.rawValue) to RelayFlags, \(Self.restart)"))
            } else if flags.contains(flag), list?.isEmpty ?? true, flag != .deny {
                notes.find(
                    AuditFinding(
                        "exchange55-flag-without-list", .warning, "RelayFlags asks for \(name), which has no entry",
                        at: model.flagsOrigin, why: "nobody may relay by it"))
            }
        }
        if flags.contains([.deny, .authenticated]), let entry = model.deny.first {
            notes.find(
                AuditFinding(
                    "exchange55-deny-beats-login", .note, "clients of the deny list may not relay even when they log in",
                    at: entry.origin, why: "RelayDenyList is asked first"))
        }
    }

    private func findEncapsulation(_ notes: inout ImportNotes) {
        let origin = Origin(note: servicePack.map { "release: service pack \($0)" } ?? "the release is not said")
        let why = "a recipient `IMCEASMTP-user+40elsewhere@yours` is sent on to what is inside it"
        switch servicePack {
        case .some(..<3):
            notes.find(
                AuditFinding(
                    "exchange55-encapsulated-relay", .critical, "encapsulated recipients pass every restriction", at: origin,
                    why: "\(why), before service pack 3 without asking who sends (Q237927, MS99-027)", fix: "install service pack 4"))
        case .some(3):
            notes.find(
                AuditFinding(
                    "exchange55-encapsulated-forward", .warning, "encapsulated recipients may pass the restrictions", at: origin,
                    why: "\(why), before service pack 4 where the Connections page forwards all messages of a domain (Q264330)",
                    fix: "install service pack 4", confidence: .likely))
        case nil:
            notes.find(
                AuditFinding(
                    "exchange55-encapsulated-unknown", .warning, "older releases relay encapsulated recipients for everybody",
                    at: origin, why: "\(why), before service pack 3 without asking who sends (Q237927, MS99-027)",
                    fix: "give the release in --facts, as `5.5 SP4`"))
        default: break
        }
    }
}
