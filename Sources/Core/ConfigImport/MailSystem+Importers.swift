extension MailSystem {
    /// Reads its configuration.
    public var importer: any SystemImporter.Type {
        switch self {
        case .sendmail5: Sendmail5Importer.self
        case .sendmail88: Sendmail88Importer.self
        case .sendmail89: Sendmail89Importer.self
        case .popBeforeSMTP: PopBeforeSMTPImporter.self
        case .iPass: IPassImporter.self
        case .worldMail: WorldMailImporter.self
        case .exchange55: Exchange55Importer.self
        case .iisSMTP: IISImporter.self
        case .receiveConnector: ReceiveConnectorImporter.self
        case .groupWiseGWIA: GWIAImporter.self
        case .groupWiseGWSMTP: GWSMTPImporter.self
        case .mercury: MercuryImporter.self
        case .mxOpenVMS: MXImporter.self
        case .ntMail: NTMailImporter.self
        case .dominoR4: DominoR4Importer.self
        case .dominoConfiguration: DominoConfigurationImporter.self
        case .quickMail: QuickMailImporter.self
        case .appleShareIP: AppleShareImporter.self
        }
    }

    /// The systems whose configuration a file can be.
    public static func recognised(in file: ConfigFile) -> [MailSystem] {
        allCases.filter { $0.importer.recognises(file) }
    }
}
