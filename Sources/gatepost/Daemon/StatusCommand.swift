import ArgumentParser
import JSONText
import PolicyLanguage

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the running daemon: configuration, sessions, protected servers, rules with their hits.",
        discussion: "Exit status: 0 it runs, 2 no daemon answers.")

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let answer = try ControlSocket.ask(.status, state: try shared.stateDirectory())
        try StandardOutput.print(shared.json ? answer.text : StatusText(answer).text)
    }
}

/// The daemon's status for people.
struct StatusText {
    let text: String

    init(_ status: JSONValue) {
        func word(_ value: JSONValue?) -> String {
            switch value {
            case .string(let text)?: text
            case .null?, nil: ""
            case let value?: value.text
            }
        }
        func list(_ value: JSONValue?) -> [JSONValue] {
            if case .array(let items)? = value { return items }
            return []
        }
        let config = status["config"]
        let changed = list(config?["changedOnDisk"]).map(word)
        var lines = [
            "gatepost \(word(status["version"])), process \(word(status["pid"])), since \(word(status["startedAt"]))",
            "config    \(word(config?["file"]))  \(word(config?["hash"]))  loaded \(word(config?["loadedAt"]))"
                + (changed.isEmpty
                    ? "" : "  DIFFERS ON DISK: \(changed.joined(separator: ", ")); `gatepost reload` takes it"),
            "sessions  \(word(status["sessions"]))",
        ]
        for listener in list(status["listeners"]) {
            lines.append(
                "listener  \(word(listener["name"]))  \(word(listener["address"]))  \(word(listener["sessions"])) sessions"
                    + (listener["observes"] == .bool(true) ? "  OBSERVES: everything passes to the server behind" : ""))
        }
        for upstream in list(status["upstreams"]) {
            for server in list(upstream["servers"]) {
                let backup = server["backup"] == .bool(true) ? "  backup" : ""
                let error = server["up"] == .bool(true) ? "" : "  \(word(server["lastError"]))"
                lines.append("upstream  \(word(upstream["name"]))  \(word(server["address"]))\(backup)  \(word(server["state"]))\(error)")
            }
        }
        for rule in list(status["rules"]) {
            lines.append("rule      \(word(rule["hits"])) hits  \"\(word(rule["name"]))\"  \(word(rule["at"]))")
        }
        for shared in list(status["sharedAddresses"]) {
            lines.append("ALARM     \(word(shared["address"])) permits nothing until \(word(shared["until"])): \(word(shared["why"]))")
        }
        if let tls = status["tls"], tls != .null {
            let why = tls["why"].map { $0 == .null ? "" : "  \(word($0))" } ?? ""
            lines.append("tls       \(word(tls["state"]))  \(word(tls["certificate"]))  until \(word(tls["until"]))\(why)")
        }
        if let decisions = status["decisionLog"] {
            let why = decisions["why"].map { $0 == .null ? "" : "  \(word($0))" } ?? ""
            let counts = ["written", "waiting", "dropped"].map { "\(word(decisions[$0])) \($0)" }
            lines.append("decisions \(word(decisions["state"]))\(why)  \(counts.joined(separator: ", "))")
        }
        if let shadow = status["shadow"], shadow != .null {
            lines.append(
                "shadow    \(word(shadow["file"]))  \(word(shadow["decided"])) decided, \(word(shadow["wouldPermit"])) more would be permitted, \(word(shadow["wouldRefuse"])) refused"
            )
        }
        text = lines.joined(separator: "\n")
    }
}

extension SharedOptions {
    /// Where the daemon of this configuration keeps its control socket. Errors elsewhere in the file do not matter.
    func stateDirectory() throws -> String {
        let file = try configurationFile()
        switch file.bytes() {
        case .success(let bytes):
            return Configuration.Node(leniently: bytes).state.map(file.resolve) ?? StateDirectory.standard
        case .failure(let problem): throw Trouble("cannot read \(file.name): \(problem.message)")
        }
    }
}
