import Diagnostics
import MailTypes

/// What the lists of `networks` and those of `senders` differ in.
struct ListForm<Value> {
    /// Where the names of such lists are kept.
    let lists: WritableKeyPath<ConfigurationReader, NamedLists<Value>>
    /// The word that defines one.
    let word: String
    /// What such a list is made of, for messages: several, and one.
    let values: String
    let what: String
    let canBeName: (Word) -> Bool
    let value: (Word) throws(Diagnostic) -> Value
    /// A list file holds values only; the second word is the one that names the file.
    let nameInFile: (Word, Word) -> Diagnostic
    /// Each value once: lists in lists in lists would multiply them.
    let withoutRepetition: ([Value]) -> [Value]
}

extension ListForm<IPRange> {
    static var networks: ListForm {
        ListForm(
            lists: \.networks, word: "networks", values: "addresses", what: "a network",
            canBeName: { $0.canBeNameOfNetwork }, value: { word throws(Diagnostic) in try word.addressRange() },
            nameInFile: { entry, file in
                entry.problem(
                    "\(entry.shown) is not an address",
                    fix: "a list file has addresses only: name `\(entry.text)` in \(file.at.file)")
            },
            withoutRepetition: { AddressSet($0).ranges })
    }
}

extension ListForm<PathPattern> {
    static var senders: ListForm {
        ListForm(
            lists: \.senders, word: "senders", values: "mailboxes", what: "a mailbox or pattern",
            canBeName: { $0.canBeNameOfSenders }, value: { word throws(Diagnostic) in try word.pathPattern() },
            nameInFile: { entry, file in
                entry.problem(
                    "\(entry.shown) is neither a mailbox nor a pattern",
                    fix: "a domain of one label is *@\(entry.text); name `senders` in \(file.at.file)")
            },
            withoutRepetition: { patterns in
                var known: Set<PathPattern> = []
                return patterns.filter { known.insert($0).inserted }
            })
    }
}
