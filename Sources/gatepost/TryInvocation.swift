import DecisionRecords
import JSONText

/// The command that asks about a request again, to be pasted into a shell.
struct TryInvocation {
    let text: String

    init(_ trial: TrialRequest, configuration: String?) {
        let file = configuration.map { " -c \(Self.quoted($0))" } ?? ""
        guard case .object(let members) = trial.json, let flags = Self.flags(members) else {
            text = "printf '%s\\n' \(Self.quoted(trial.json.text)) | gatepost try\(file) --batch"
            return
        }
        text = "gatepost try\(file) " + flags.joined(separator: " ")
    }

    /// Nil if a value is no text that a terminal shows as it is.
    private static func flags(_ members: [JSONValue.Member]) -> [String]? {
        var flags: [String] = []
        for member in members {
            guard let flag = names[member.name] else { return nil }
            let values: [JSONValue] = if case .array(let elements) = member.value { elements } else { [member.value] }
            for value in values {
                switch value {
                case .bool(true): flags.append(flag)
                case .string(let text) where EscapedText.forTerminal(text) == text:
                    flags.append("\(flag) \(quoted(text))")
                default: return nil
                }
            }
        }
        return flags
    }

    private static let names = [
        "client": "--client", "sender": "--sender", "to": "--to", "name": "--name", "nameStatus": "--name-status",
        "helo": "--helo", "heloStatus": "--helo-status", "login": "--login", "mechanism": "--mechanism",
        "pop": "--pop-login", "certificate": "--certificate", "tls": "--tls", "at": "--at", "listener": "--listener",
        "local": "--local",
    ]

    /// A word for the shell. Only harmless characters stay without quotes.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "@.:/_-".utf8.contains(byte)
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
