import MailTypes

/// A recipient after its address was read: what is judged, and what is sent on.
struct Recipient {
    let path: ForwardPath
    let isLocal: Bool
    /// Its place in `local { domains }`; nil for a foreign one and for `<postmaster>`, which belongs to the node.
    let localEntry: Int?
    /// `<postmaster>`, or the postmaster of a local domain (RFC 5321 §4.5.1).
    let isPostmaster: Bool
}

extension Policy {
    /// How many tricks may be wrapped in one another. Each costs at least a byte of a local part of at most 64
    /// (RFC 5321 §4.5.3.1.1); nobody but an attacker wraps more than two.
    private static let deepestResolution = 16

    /// The one reading of a forward-path (Meaning 10); nil when it is a trick that is not taken.
    func recipient(_ written: WrittenPath, from reversePath: ReversePath) -> Recipient? {
        var written = written
        for _ in 0...Self.deepestResolution {
            let recipient = located(written.path)
            switch treatment(of: written, recipient) {
            case .take:
                // SRS is a return address that holds another one: only a bounce comes back to it.
                return recipient.isForeignLiteral || written.isSRS && reversePath != .null ? nil : recipient
            case .refuse:
                return nil
            case .resolve(let trick):
                // Only the host that a form names may take it apart: at a foreign domain it is that host's matter.
                guard recipient.isLocal, let resolved = written.resolving(trick) else { return nil }
                written = resolved
            }
        }
        return nil
    }

    /// What is judged and sent on for a path as it was written; nil when its form is not taken (Meaning 10).
    public func canonicalPath(of written: WrittenPath, from reversePath: ReversePath) -> ForwardPath? {
        recipient(written, from: reversePath)?.path
    }

    private enum Step {
        case take, refuse
        case resolve(AddressTrick)
    }

    private func treatment(of written: WrittenPath, _ recipient: Recipient) -> Step {
        var toResolve: AddressTrick?
        for trick in written.tricks(whenLocal: recipient.isLocal) {
            switch tricks.treatment(of: trick, at: recipient.domain) {
            case .reject: return .refuse
            case .resolve: toResolve = toResolve ?? trick
            case .asWritten: break
            }
        }
        return toResolve.map(Step.resolve) ?? .take
    }

    private func located(_ path: ForwardPath) -> Recipient {
        switch path {
        case .postmaster:
            return Recipient(path: path, isLocal: true, localEntry: nil, isPostmaster: true)
        case .mailbox(let mailbox):
            let entry = local.index(for: mailbox.domain)
            return Recipient(
                path: path, isLocal: entry != nil, localEntry: entry,
                isPostmaster: entry != nil && mailbox.localPart.equalsWithCaseFolded("postmaster".utf8))
        }
    }
}

extension TrickTreatment {
    /// What is said for a single domain wins; what is not said is reject.
    func treatment(of trick: AddressTrick, at domain: Domain?) -> Treatment {
        domain.flatMap { at[$0]?[trick] } ?? everywhere[trick] ?? .reject
    }
}

extension Recipient {
    var domain: Domain? {
        if case .mailbox(let mailbox) = path { mailbox.domain } else { nil }
    }

    var isForeignLiteral: Bool { !isLocal && domain?.isLiteral ?? false }
}
