/// Whose configuration the files of one folder are, taken together.
public struct SystemRecognition {
    private var found: [MailSystem] = []
    /// By a file that says how the server works, not by one of the lists that it reads.
    private var configured: Set<MailSystem> = []

    public init() {}

    public mutating func add(_ file: ConfigFile) {
        let isConfiguration = [".cf", ".mc"].contains { file.baseName.hasSuffix($0) }
        for system in MailSystem.recognised(in: file) {
            if isConfiguration { configured.insert(system) }
            if !found.contains(system) { found.append(system) }
        }
    }

    /// More than one where nothing decides between them.
    public var systems: [MailSystem] {
        let sendmails: Set<MailSystem> = [.sendmail88, .sendmail89]
        // Read from a Sendmail's files beside its own; it says what of them it leaves to the reading as a Sendmail.
        if found.contains(.popBeforeSMTP) { return found.filter { !sendmails.contains($0) } }
        // Releases share the names of lists.
        let own = configured.intersection(sendmails)
        return own.count == 1 ? found.filter { !sendmails.contains($0) || own.contains($0) } : found
    }
}
