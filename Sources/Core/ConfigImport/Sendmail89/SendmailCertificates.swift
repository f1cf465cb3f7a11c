/// `CertIssuer:` and `CertSubject:` of the access map as the words of certificates: `CertIssuer:DN`, and
/// `CertIssuer:DN,CertSubject:DN` where the subject is asked for too.
struct SendmailCertificates {
    private(set) var words: [String] = []
    private(set) var origin = Origin(note: "access map")

    init(_ model: Sendmail89Model) {
        guard model.has(.accessDB) else { return }
        let entries = model.access.entries
        func name(_ entry: SendmailAccessMap.Entry) -> String { String(SendmailAccessMap.split(entry.key).body) }
        let subjects = entries.filter { $0.key.hasPrefix("certsubject:") && $0.value == .relay }
        for issuer in entries where issuer.key.hasPrefix("certissuer:") {
            switch issuer.value {
            case .relay: words.append("CertIssuer:\(name(issuer))")
            case .subject: words += subjects.map { "CertIssuer:\(name(issuer)),CertSubject:\(name($0))" }
            default: continue
            }
            if origin.at == nil { origin = issuer.origin }
        }
    }
}
