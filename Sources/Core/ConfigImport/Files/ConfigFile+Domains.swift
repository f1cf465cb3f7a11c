import MailTypes

extension ConfigFile {
    /// A file of domains, one a line; a line that is none is opaque.
    func domains(notes: inout ImportNotes) -> [Sourced<Domain>] {
        var domains: [Sourced<Domain>] = []
        for line in lines {
            let text = OldAddressForms.trimmed(line.text)
            guard !text.isEmpty else { continue }
            guard let domain = Domain(text) else {
                notes.obscure(text, at: origin(line), why: "not a domain")
                continue
            }
            notes.model()
            domains.append(Sourced(domain, origin(line)))
        }
        return domains
    }
}
