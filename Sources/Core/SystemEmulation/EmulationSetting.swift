import ConfigImport
import MailTypes

/// A configuration with which a system can be shown: what its owner may have written, for the domain `ours.test`, the
/// host `old.ours.test` (192.0.2.1) and an office in 192.0.2.0/24.
public struct EmulationSetting: Hashable, Sendable {
    /// A word for `--setting`.
    public var name: String
    /// What it is, in a few words.
    public var what: String
    /// Whether strangers relay with it.
    public var isOpen: Bool
    /// Whether the address of the demonstration's stranger is one from which somebody has just read mail.
    public var strangerHasPOPLogin = false
    public var files: [File]
    public var facts: ImportFacts

    public struct File: Hashable, Sendable {
        public var name: String
        public var text: String
        public init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
    }

    /// `release` is the product's; the other facts are the same for all settings.
    init(_ name: String, _ what: String, isOpen: Bool, release: String? = nil, _ files: File...) {
        (self.name, self.what, self.isOpen, self.files) = (name, what, isOpen, files)
        facts = Self.facts
        facts.release = release
    }

    private static let facts: ImportFacts = {
        var facts = ImportFacts()
        facts.hostName = Domain("old.ours.test")
        facts.tcpipHostName = facts.hostName
        facts.ownDomain = Domain("ours.test")
        facts.localDomains = [facts.ownDomain, facts.hostName].compactMap { $0 }
        facts.users = ["anna", "boss", "info", "postmaster"]
        return facts
    }()

    /// What an importer reads.
    public var source: ImportSource { ImportSource(held: files.map { ($0.name, Array($0.text.utf8)) }, root: "") }

    /// The same where the stranger's address is one from which somebody has just read mail.
    func withPOPLoginOfStranger() -> EmulationSetting {
        var setting = self
        setting.strangerHasPOPLogin = true
        return setting
    }
}

extension MailSystem {
    /// An open setting first, which is the one that is shown unless another is asked for; one that closes it follows
    /// where the system has one.
    public var settings: [EmulationSetting] {
        switch self {
        case .sendmail5: EmulationSetting.sendmail5
        case .sendmail88: EmulationSetting.sendmail88
        case .sendmail89: EmulationSetting.sendmail89
        case .popBeforeSMTP: EmulationSetting.popBeforeSMTP
        case .iPass: EmulationSetting.iPass
        case .worldMail: EmulationSetting.worldMail
        case .exchange55: EmulationSetting.exchange55
        case .iisSMTP: EmulationSetting.iisSMTP
        case .receiveConnector: EmulationSetting.receiveConnector
        case .groupWiseGWIA: EmulationSetting.groupWiseGWIA
        case .groupWiseGWSMTP: EmulationSetting.groupWiseGWSMTP
        case .mercury: EmulationSetting.mercury
        case .mxOpenVMS: EmulationSetting.mxOpenVMS
        case .ntMail: EmulationSetting.ntMail
        case .dominoR4: EmulationSetting.dominoR4
        case .dominoConfiguration: EmulationSetting.dominoConfiguration
        case .quickMail: EmulationSetting.quickMail
        case .appleShareIP: EmulationSetting.appleShareIP
        }
    }
}
