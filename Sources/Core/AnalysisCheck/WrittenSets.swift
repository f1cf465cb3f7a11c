import JSONText
import MailTypes

/// A list of words, or `{"in":null,"except":[…]}`: all others. ASCII case does not count.
struct WrittenWords {
    let words: Set<String>?
    let except: Set<String>

    init(words: [String]?, except: [String]) {
        (self.words, self.except) = (words.map { Set($0.map(Self.folded)) }, Set(except.map(Self.folded)))
    }

    init(_ json: JSONValue) throws(AnswerProblem) {
        if case .array = json {
            self.init(words: try WrittenGrant.strings(json), except: [])
        } else {
            let list = json["in"] ?? .null
            self.init(
                words: list == .null ? nil : try WrittenGrant.strings(list),
                except: try WrittenGrant.strings(json["except"] ?? .null))
        }
    }

    /// Nil is a word that nobody said: it is in no list.
    func hold(_ word: String?) -> Bool {
        guard let word = word.map(Self.folded) else { return words == nil }
        return (words?.contains(word) ?? true) && !except.contains(word)
    }

    private static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}

/// Patterns, or `{"in":…,"except":…}`.
struct WrittenPaths {
    private let patterns: PathPatternSet?
    private let except: PathPatternSet
    private let localParts: Set<String>?
    /// Of host names: whether "no name" is in the set.
    private let none: Bool

    var isEverything: Bool { patterns == nil && except.patterns.isEmpty && localParts == nil }

    init(_ json: JSONValue, _ localParts: JSONValue?) throws(AnswerProblem) {
        let list: JSONValue
        if case .array = json {
            (list, except) = (json, PathPatternSet([]))
        } else {
            guard let member = json["in"], let exceptions = json["except"] else {
                throw AnswerProblem("a set is neither a list nor {\"in\":…,\"except\":…}")
            }
            (list, except) = (member, try Self.read(exceptions))
        }
        patterns = list == .null ? nil : try Self.read(list)
        none = json["none"] == .bool(true)
        var parts: Set<String>?
        if let localParts, localParts != .null { parts = Set(try WrittenGrant.strings(localParts)) }
        self.localParts = parts
    }

    private static func read(_ json: JSONValue) throws(AnswerProblem) -> PathPatternSet {
        var patterns: [PathPattern] = []
        for text in try WrittenGrant.strings(json) {
            do {
                patterns.append(try PathPattern(parsing: text))
            } catch {
                throw AnswerProblem(error.message)
            }
        }
        return PathPatternSet(patterns)
    }

    func hold(_ path: ReversePath) -> Bool {
        (patterns?.contains(path) ?? true) && !except.contains(path) && holdsLocalPart(path)
    }

    func hold(_ path: ForwardPath) -> Bool {
        guard case .mailbox(let mailbox) = path else { return false }
        return hold(ReversePath.mailbox(mailbox))
    }

    func hold(name: Domain?) -> Bool {
        name.map { hold(ReversePath.mailbox(Mailbox(localPart: Array("x".utf8), domain: $0))) } ?? none
    }

    private func holdsLocalPart(_ path: ReversePath) -> Bool {
        guard let localParts, case .mailbox(let mailbox) = path else { return localParts == nil }
        return localParts.contains(
            String(decoding: mailbox.localPart.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self))
    }
}
