import ConfigImport

/// All pages.
public enum Guide {
    public static func page(of system: MailSystem) -> GuidePage? { pages.first { $0.system == system } }

    public static let pages: [GuidePage] = [
        sendmail5, sendmail88, sendmail89, popBeforeSMTP, iPass, worldMail, exchange55, iisSMTP, receiveConnector,
        groupWiseGWIA, groupWiseGWSMTP, mercury, mxOpenVMS, ntMail, dominoR4, dominoConfiguration, quickMail,
        appleShareIP,
    ]

    /// The system of this name or alias, of which people write the hyphens as blanks: `exchange 5.5`.
    public static func system(named query: String) -> MailSystem? {
        MailSystem(named: query.split(whereSeparator: \.isWhitespace).joined(separator: "-"))
    }

    /// Pages of systems whose names and summary have every word of `query`.
    public static func pages(about query: String) -> [GuidePage] {
        let words = Set(words(of: query))
        guard !words.isEmpty else { return [] }
        return pages.filter { page in
            let names = [page.system.title, page.system.rawValue, page.summary] + page.system.aliases
            return words.isSubset(of: Set(self.words(of: names.joined(separator: " "))))
        }
    }

    /// What was found for words that somebody saw or thinks of.
    public struct Match: Hashable, Sendable {
        public var system: MailSystem
        public var symptom: GuidePage.Symptom
    }

    /// Symptoms of all pages in which every word of `query` stands, in any case of letters; those where all stand in
    /// what is seen come first.
    public static func symptoms(matching query: String) -> [Match] {
        let words = Set(words(of: query))
        guard !words.isEmpty else { return [] }
        let all = pages.flatMap { page in page.symptoms.map { Match(system: page.system, symptom: $0) } }
        let seen = all.filter { words.isSubset(of: Set(self.words(of: $0.symptom.words))) }
        let meant = all.filter { match in
            !seen.contains(match)
                && words.isSubset(of: Set(self.words(of: match.symptom.words + " " + match.symptom.meaning)))
        }
        return seen + meant
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }.map { word in
            word.hasSuffix(".") ? String(word.dropLast()) : String(word)
        }
    }
}
