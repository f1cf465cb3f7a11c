/// The settings of a system that keeps them in dialogs, as questions; the answers become the text that its importer reads.
public struct SettingsForm: Hashable, Sendable {
    public struct Question: Hashable, Sendable {
        /// `[Section]` and `Key =` of the text.
        public var section: String
        public var key: String
        /// What is asked, in the words of the dialog.
        public var text: String
        /// What may be answered; the first is taken for an empty answer. Nil: any text, and an empty answer is none.
        public var choices: [String]?
        /// Asked again until the answer is empty.
        public var isRepeated: Bool
    }

    public var questions: [Question]

    /// The text for answers, each with its question's position.
    public func text(of answers: [(question: Int, answer: String)]) -> String {
        var lines: [String] = []
        var section: String?
        for (position, answer) in answers.sorted(by: { $0.question < $1.question }) {
            let question = questions[position]
            if question.section != section {
                lines += (lines.isEmpty ? [] : [""]) + ["[\(question.section)]"]
                section = question.section
            }
            lines.append("\(question.key) = \(answer)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension MailSystem {
    /// Nil for systems whose settings are files already.
    public var settingsForm: SettingsForm? {
        let questions: [SettingsForm.Question]? =
            switch self {
            case .worldMail: Self.worldMailQuestions
            case .groupWiseGWIA: Self.gwiaQuestions
            case .ntMail: Self.ntMailQuestions
            case .iisSMTP: Self.iisQuestions
            case .quickMail: Self.quickMailQuestions
            case .appleShareIP: Self.appleShareQuestions
            default: nil
            }
        return questions.map { SettingsForm(questions: $0) }
    }

    private static func one(_ section: String, _ key: String, _ text: String, _ choices: [String]) -> SettingsForm.Question {
        SettingsForm.Question(section: section, key: key, text: text, choices: choices, isRepeated: false)
    }

    private static func list(_ section: String, _ key: String, _ text: String) -> SettingsForm.Question {
        SettingsForm.Question(section: section, key: key, text: text, choices: nil, isRepeated: true)
    }

    private static let worldMailQuestions = [
        one(
            "SMTP Relay (Non-Local Only)", "Default", "SMTP Relay (Non-Local Only): the default setting",
            ["Allowed Access", "Denied Access"]),
        list("SMTP Relay (Non-Local Only)", "Allow", "An address or network that is listed as allowed"),
        list("SMTP Relay (Non-Local Only)", "Deny", "An address or network that is listed as denied"),
    ]

    private static let gwiaQuestions = [
        one(
            "SMTP Relay", "Default", "Access Control, SMTP Relay: the default",
            ["Allow message relaying", "Prevent message relaying"]),
        list("SMTP Relay", "Allow", "A host or address in the list of exceptions that may"),
        list("SMTP Relay", "Prevent", "A host or address in the list of exceptions that may not"),
    ]

    private static let ntMailQuestions = [
        one("SMTP", "OnlyAcceptLocalMail", "Only Accept Local Mail: 1 ticked, 0 not", ["0", "1"]),
        list("SMTP", "TreatAsLocal", "A host, domain or address under Treat as Local"),
    ]

    private static let iisQuestions = [
        one(
            "Relay Restrictions", "Mode", "Access, Relay: only the list below, or all except the list below",
            ["only-listed", "all-except-listed"]),
        one(
            "Relay Restrictions", "RelayForAuth", "Allow all computers which successfully authenticate: -1 ticked, 0 not",
            ["-1", "0"]),
        list("Relay Restrictions", "Entry", "A computer, or a group as address/mask, of the list"),
        list("Relay Restrictions", "Domain", "A domain of the list"),
    ]

    private static let quickMailQuestions = [
        one("SMTP Domain", "Relaying", "The Relaying box", ["all", "none", "local-senders", "listed-addresses"]),
        list("SMTP Domain", "Domain", "A domain of this server"),
        list("SMTP Domain", "Address", "A listed address or network"),
    ]

    private static let appleShareQuestions = [
        one(
            "Default Host Profile", "DeliverToLocalOnly",
            "Default host profile: deliver mail from this host to local addresses only: 1 ticked, 0 not", ["0", "1"]),
        one(
            "Mail In", "RequireLocalFromInUsersAndGroups",
            "Require local \"From\" addresses to exist in Users & Groups: 1 ticked, 0 not", ["0", "1"]),
        one(
            "Anti-Spam", "RejectIfNameDoesNotMatchAddress", "Reject if the SMTP name does not match the address: 1 ticked, 0 not",
            ["0", "1"]),
    ]
}
