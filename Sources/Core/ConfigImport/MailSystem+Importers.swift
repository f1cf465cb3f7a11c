extension MailSystem {
    /// Reads its configuration; nil where there is none yet.
    public var importer: any SystemImporter.Type {
        switch self {
        case .sendmail5: Sendmail5Importer.self
        case .sendmail88: Sendmail88Importer.self
        case .popBeforeSMTP: PopBeforeSMTPImporter.self
        case .iPass: IPassImporter.self
        case .mercury: MercuryImporter.self
        default: MercuryImporter.self
        }
    }

    /// The systems whose configuration a file can be.
    public static func recognised(in file: ConfigFile) -> [MailSystem] {
        allCases.filter { $0.importer.recognises(file) }
    }
}
