extension MailSystem {
    /// Reads its configuration; nil where there is none yet.
    public var importer: any SystemImporter.Type {
        switch self {
        case .mercury: MercuryImporter.self
        case .sendmail89: Sendmail89Importer.self
        default: MercuryImporter.self
        }
    }

    /// The systems whose configuration a file can be.
    public static func recognised(in file: ConfigFile) -> [MailSystem] {
        allCases.filter { $0.importer.recognises(file) }
    }
}
