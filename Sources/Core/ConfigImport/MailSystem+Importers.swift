extension MailSystem {
    /// Reads its configuration; nil where there is none yet.
    public var importer: any SystemImporter.Type {
        switch self {
        case .mercury: MercuryImporter.self
        case .groupWiseGWIA: GWIAImporter.self
        case .groupWiseGWSMTP: GWSMTPImporter.self
        case .mxOpenVMS: MXImporter.self
        case .ntMail: NTMailImporter.self
        default: MercuryImporter.self
        }
    }

    /// The systems whose configuration a file can be.
    public static func recognised(in file: ConfigFile) -> [MailSystem] {
        allCases.filter { $0.importer.recognises(file) }
    }
}
