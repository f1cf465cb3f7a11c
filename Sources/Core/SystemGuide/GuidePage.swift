import ConfigImport

/// How to stop third-party relay on one mail system: what its owner sets, what that costs, and what it cannot do.
public struct GuidePage: Hashable, Sendable {
    public enum Delivered: Hashable, Sendable {
        case open, closed
        /// By release or by what its installer answered.
        case depends
    }

    /// Something to do, with what to type or write where there is such a thing.
    public struct Step: Hashable, Sendable {
        public var text: String
        public var code: String?
        public init(_ text: String, code: String? = nil) { (self.text, self.code) = (text, code) }
    }

    /// A message to try from outside, and what a closed server answers.
    public struct Trial: Hashable, Sendable {
        public var what: String
        /// As it follows `--from` and `--to` of swaks.
        public var from: String
        public var to: String
        public var expected: String
        public init(_ what: String, from: String, to: String, expected: String) {
            (self.what, self.from, self.to, self.expected) = (what, from, to, expected)
        }
    }

    /// What somebody sees or is told, and what it means for this system.
    public struct Symptom: Hashable, Sendable {
        public var words: String
        public var meaning: String
        public init(_ words: String, _ meaning: String) { (self.words, self.meaning) = (words, meaning) }
    }

    public var system: MailSystem
    /// One sentence.
    public var summary: String
    public var delivered: Delivered
    /// What it does as delivered, by release where that differs.
    public var asDelivered: String
    /// Where the settings live, and what `gatepost audit` reads.
    public var files: [Step]
    /// The switch, in order.
    public var steps: [Step]
    /// Who loses what by it.
    public var losses: [String]
    /// What stays possible, or cannot be said, with it.
    public var limits: [String]
    /// At least the plain relay, mail that must arrive, and the hidden form that fits the system.
    public var trials: [Trial]
    public var symptoms: [Symptom]
    /// Whether nothing but a gate in front is a full remedy.
    public var needsGate: Bool
    /// What to mind when Gatepost stands in front of it.
    public var gate: String
    /// How sure the page is.
    public var sureness: String

    public init(
        _ system: MailSystem, summary: String, delivered: Delivered, asDelivered: String, files: [Step], steps: [Step],
        losses: [String], limits: [String], trials: [Trial], symptoms: [Symptom], needsGate: Bool = false, gate: String,
        sureness: String
    ) {
        (self.system, self.summary, self.delivered, self.asDelivered) = (system, summary, delivered, asDelivered)
        (self.files, self.steps, self.losses, self.limits) = (files, steps, losses, limits)
        (self.trials, self.symptoms, self.needsGate) = (trials, symptoms, needsGate)
        (self.gate, self.sureness) = (gate, sureness)
    }
}

extension GuidePage.Trial {
    /// Names of the page stand for the reader's: `mail.ours.example` is the server.
    public var command: String {
        "swaks --server mail.ours.example --from \(Self.quoted(from)) --to \(Self.quoted(to))"
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "@.-_+%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
