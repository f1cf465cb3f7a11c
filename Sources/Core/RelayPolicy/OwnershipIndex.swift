import MailTypes

/// The mailboxes of each login, by the login's bytes with ASCII case folded (Meaning 15).
struct OwnershipIndex: Sendable {
    private let mailboxes: [[UInt8]: PathPatternSet]

    init(_ ownership: [String: PathPatternSet]) {
        mailboxes = Dictionary(
            ownership.map { (Array($0.key.utf8), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    func login(_ foldedName: [UInt8], owns path: ReversePath) -> Bool {
        path == .null || mailboxes[foldedName]?.contains(path) ?? false
    }
}
