/// The kinds of block, with the words that begin a statement in each. This table is the whole list of them.
enum BlockKind: Hashable {
    case top, node, tls, local, upstream, listen, auth, popBeforeSMTP, refuse, relay, rule
    case limits, console, metrics, log, selfprobe, tests
    /// The block of a word that the language does not have.
    case unknown

    /// The words that begin a rule, in `refuse` or `relay`.
    static let ruleVerbs: Set = ["permit", "reject", "defer", "pass"]

    /// In the order in which messages list them.
    var keywords: [String] {
        switch self {
        case .top:
            [
                "version", "node", "tls", "networks", "senders", "local", "upstream", "route", "listen", "auth",
                "pop-before-smtp", "refuse", "relay", "limits", "console", "metrics", "log", "selfprobe", "tests",
            ]
        case .node: ["hostname", "state", "resolver", "cluster", "observe"]
        case .tls: ["certificate", "key", "minimum"]
        case .local: ["domains", "address-tricks"]
        case .upstream: ["server", "starttls", "verify", "tell-client-address", "login"]
        case .listen: ["address", "starttls", "auth", "proxy-protocol", "speaks", "observe"]
        case .auth: ["users", "mechanisms", "over-tls"]
        case .popBeforeSMTP: ["proxy", "watch", "lasts", "counts"]
        case .refuse: ["reject", "defer", "pass"]
        case .relay: ["permit", "reject", "defer"]
        case .rule:
            [
                "from", "name", "local-address", "listener", "helo", "login", "tls", "pop", "sender", "to", "limit",
                "until", "proof", "observe", "owner", "because", "reply",
            ]
        case .limits:
            ["connections", "message-size", "recipients", "bad-commands", "failed-logins", "refused-relays"]
        case .console: ["address", "users"]
        case .metrics: ["address"]
        case .log: ["to", "format", "keep-decisions", "also", "redact"]
        case .selfprobe: ["every"]
        case .tests: ["permit", "reject", "defer", "only", "never"]
        case .unknown: []
        }
    }

    /// As people call it: ``in `relay` ``.
    var name: String {
        switch self {
        case .top: "the file"
        case .popBeforeSMTP: "`pop-before-smtp`"
        case .rule: "a rule"
        case .unknown: "this block"
        default: "`\(self)`"
        }
    }

    /// What to write for a word that other programs have, or that stands in the wrong block.
    func meaning(of word: String) -> String? {
        let synonyms: [BlockKind: [String: String]] = [
            .relay: [
                "allow": "permit", "accept": "permit", "ok": "permit", "deny": "reject", "block": "reject",
                "refuse": "reject", "drop": "reject", "tempfail": "defer",
            ],
            .refuse: [
                "deny": "reject", "block": "reject", "refuse": "reject", "drop": "reject", "tempfail": "defer",
                "skip": "pass",
            ],
            .rule: [
                "client": "from", "source": "from", "ip": "from", "network": "from", "networks": "from",
                "recipient": "to", "recipients": "to", "rcpt": "to", "destination": "to", "mail-from": "sender",
                "user": "login", "auth": "login", "expires": "until", "comment": "because", "host": "name",
                "rate": "limit",
            ],
            .upstream: ["host": "server", "address": "server", "port": "server"],
            .listen: ["port": "address", "tls": "starttls", "bind": "address"],
            .node: ["host": "hostname", "name": "hostname", "directory": "state", "dns": "resolver", "nameserver": "resolver"],
        ]
        switch (self, word) {
        case (.relay, "pass"): return "`pass` stands in `refuse`; here it is `permit`"
        case (.refuse, "permit"): return "`refuse` grants nothing: write the permit in `relay`"
        default: return synonyms[self]?[word].map { "here it is `\($0)`" }
        }
    }

    /// The kind of the block that `keyword` opens in this one; `.unknown` if it opens none.
    func block(of keyword: String) -> BlockKind {
        switch (self, keyword) {
        case (.top, "node"): .node
        case (.top, "tls"): .tls
        case (.top, "local"): .local
        case (.top, "upstream"): .upstream
        case (.top, "listen"): .listen
        case (.top, "auth"): .auth
        case (.top, "pop-before-smtp"): .popBeforeSMTP
        case (.top, "refuse"): .refuse
        case (.top, "relay"): .relay
        case (.top, "limits"): .limits
        case (.top, "console"): .console
        case (.top, "metrics"): .metrics
        case (.top, "log"): .log
        case (.top, "selfprobe"): .selfprobe
        case (.top, "tests"): .tests
        case (.refuse, _), (.relay, _):
            keywords.contains(keyword) || keyword == "permit" || keyword == "pass" ? .rule : .unknown
        default: .unknown
        }
    }
}
