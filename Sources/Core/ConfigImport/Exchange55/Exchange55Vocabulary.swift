/// Registry values of the Internet Mail Service beside those of its restrictions, of the articles of the Knowledge Base
/// that name them.
enum Exchange55Vocabulary {
    /// Cannot change who may relay: names and headers of messages, folders, logs, times, limits, the DNS, ETRN and TURN,
    /// and which senders are turned away.
    static let irrelevant: Set<String> = [
        "", "acceptmalformed821adrs", "addressrewrite", "alwayssuppressdr", "alwaysuseetrn", "alwaysuseturn", "archive", "banner",
        "consolestatfrequency", "deleteturf", "disableetrn", "disableloopbackconnections", "disableresolvep2",
        "disableresolversearchlist", "disablereverseresolve", "dnstimeout", "domainretry", "enablemimewrap", "enablettl",
        "enableturf", "eventlogginglevel", "helodomain", "hostname", "inboundsizelimit", "inboundthreads", "inoutthreads",
        "maxinboundconnections", "maxmessagesize", "maxoutboundconnections", "maxrecipients", "ndrto", "onlysystemmessagesusecds",
        "outboundsizelimit", "outboundthreads", "queuedirectory", "rerouteviastore", "resolvep2", "retries",
        "retryinterval", "rootdir", "rtftag", "sendplaintextasis", "sitedn", "sitedomain", "smtplog", "smtpprotocollog",
        "smtptimeout", "suppressndroptions", "suppressoofstodistributionlists", "turfdir", "turfdirectory", "turftable",
        "usertftext",
    ]
}
