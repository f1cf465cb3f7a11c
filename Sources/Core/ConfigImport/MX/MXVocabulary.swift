/// The commands of MCP and REJMAN. Both are read from any file, since people keep them in one.
enum MXVocabulary {
    static let verbs = DCLKeywords([
        "ADD", "ATTACH", "CHECK", "CREATE", "DEFINE", "DELETE", "DISABLE", "ENABLE", "EXIT", "HELP", "MODIFY", "PURGE",
        "QUEUE", "QUIT", "REMOVE", "RESET", "REVIEW", "SAVE", "SET", "SHOW", "SHUTDOWN", "SPAWN", "STATUS", "STOP",
    ])

    /// Verbs that set nothing.
    static let idleVerbs: Set<String> = [
        "ATTACH", "CHECK", "CREATE", "DISABLE", "ENABLE", "EXIT", "HELP", "QUEUE", "QUIT", "RESET", "REVIEW", "SAVE", "SHOW",
        "SHUTDOWN", "SPAWN", "STATUS", "STOP",
    ]

    /// What a verb speaks of.
    static func objects(of verb: String) -> DCLKeywords {
        switch verb {
        case "ADD": DCLKeywords(["EXCLUSION", "REJECTION", "USER"])
        case "DELETE": DCLKeywords(["EXCLUSION", "REJECTION"])
        default:
            DCLKeywords([
                "ALIAS", "FILE_SERVER", "INSIDE_NETWORK_ADDRESS", "LIST", "LOCAL_DOMAIN", "PATH", "REJECTION", "REWRITE_RULE",
                "SYSTEM_USERS", "USER",
            ])
        }
    }

    /// Mailing lists, file servers, aliases and accounts are local recipients and people: nobody relays by them. Exclusions
    /// free senders from tests of a message's text.
    static let idleObjects: Set<String> = ["ALIAS", "EXCLUSION", "FILE_SERVER", "LIST", "SYSTEM_USERS", "USER"]

    static let settings = DCLKeywords([
        "DECNET_SMTP", "HEURISTICS", "JNET", "LOCAL", "LSV", "MLF", "ROUTER", "SITE", "SMTP", "UUCP", "X25_SMTP",
    ])

    static let smtpQualifiers = DCLKeywords([
        "ACCOUNTING", "AUTHENTICATION", "DEFAULT_ROUTER", "DNS_RETRIES", "MAXIMUM_RETRIES", "PERCENT_HACK", "RBL_CHECK",
        "RELAY_ALLOWED", "RETRY_INTERVAL", "TLS", "VALIDATE_SENDER_DOMAIN", "VERIFY_ALLOWED",
    ])

    /// Retries, routing out and VRFY. Lists of the DNS and the look-up of sender domains only refuse more mail, never less.
    static let idleSMTPQualifiers: Set<String> = [
        "ACCOUNTING", "DEFAULT_ROUTER", "DNS_RETRIES", "MAXIMUM_RETRIES", "RBL_CHECK", "RETRY_INTERVAL", "TLS",
        "VALIDATE_SENDER_DOMAIN", "VERIFY_ALLOWED",
    ]

    static let routerQualifiers = DCLKeywords(["ACCOUNTING", "OMIT_VMSMAIL_SENDER", "PERCENT_HACK"])
    static let insideQualifiers = DCLKeywords(["NETMASK", "REJECT", "RELAY_ALLOWED"])
    static let pathQualifiers = DCLKeywords(["ROUTE"])
    static let agents = DCLKeywords([
        "DECNET_SMTP", "HOLDING_QUEUE", "JNET", "LOCAL", "LSV", "SITE", "SMTP", "UUCP", "X25_SMTP",
    ])
    static let rewriteQualifiers = DCLKeywords(["REGEX"])
    static let rejectionQualifiers = DCLKeywords([
        "ACCEPT", "ADDRESS", "FORWARD_TO", "HEADER", "IDENTIFIER", "MESSAGE", "REGEX",
    ])
    static let acceptances = DCLKeywords(["AS_IS", "REWRITE"])
}
