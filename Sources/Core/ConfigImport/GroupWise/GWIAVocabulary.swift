/// Switches of GWIA that cannot let anybody relay: folders, logs, threads, formats, POP3, IMAP4 and LDAP, the way out, and
/// what only refuses more mail.
enum GWIAVocabulary {
    static let idleSwitches: Set<String> = [
        "aql", "ari", "attachmsg", "badmsg", "blockrulegenmsg", "certfile", "cluster", "defaultcharset", "defaultnonmimecharset",
        "delayedmsgnotification", "dhome", "dhparm", "dia", "displaylastfirst", "dontreplaceunderscore", "dsn", "dsnage",
        "dsnovernight",
        "etrnhost", "etrnqueue", "fd", "flatfwd", "force7bitout", "forceoutboundauth", "fut", "group", "help", "hn", "home",
        "hostip",
        "httpport", "httppassword", "httprefresh", "httpssl", "httpuser", "imap4", "imap4port", "imap4ssl", "imapport",
        "imapreadlimit",
        "imapreadnew", "imapsport", "imapssl", "ip", "iso88591is", "it", "keepsendgroups", "keyfile", "keypasswd", "keypassword",
        "killthreads",
        "koi8", "ldap", "ldapcntxt", "ldapipaddr", "ldapport", "ldappwd", "ldaprefcntxt", "ldaprefurl", "ldapserverport",
        "ldapserversslport", "ldapssl", "ldapsslport", "ldapthrd", "ldapuser", "ldapuserauthmethod", "log", "logdays",
        "logdiskon", "loglevel",
        "logmax", "logoff", "maxdeferhours", "mbcount", "mbtime", "mc", "mh", "mime", "mono", "msgdeferinterval", "msstu",
        "mudas", "nasoq",
        "nickname", "nodns", "noesmtp", "noiso2022", "nomappriority", "nopop", "nopopversion", "noqpmt", "nosmtp",
        "nosmtpversion", "nosnmp",
        "nostatusmsg", "notfamiliar", "ou", "p", "password", "pop3", "pop3port", "pop3ssl", "popintruderdetect", "popport",
        "popsport", "popssl", "pt",
        "rbl", "rblmsg", "rd", "realmailfrom", "rejbs", "relayaddsignature", "rt", "rx", "sd", "show", "smp", "smtp", "smtphome",
        "smtpport",
        "smtpssl", "sslcert", "sslkey", "st", "suppressdsn", "td", "te", "tg", "tm", "tr", "ts", "usedialup", "user", "work",
        "wrap", "xspam",
    ]

    /// Files beside gwia.cfg that give nobody leave to relay. route.cfg steers where mail for a domain goes out, no more.
    static let idleFiles: Set<String> = [
        "route.cfg", "xspam.cfg", "mimetype.cfg", "exepath.cfg", "gwac.dc", "gwia.log", "preamble.txt",
    ]
}
