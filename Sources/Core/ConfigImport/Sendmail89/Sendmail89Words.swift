/// What words of a sendmail.mc are to relay control. A word in no table is opaque.
enum Sendmail89Words {
    /// FEATUREs that cannot change who may relay.
    static let irrelevantFeatures: Set<String> = [
        "accept_unresolvable_domains", "allmasquerade", "always_add_domain", "authinfo", "check_cert_altnames",
        "check_other", "generics_entire_domain", "genericstable", "greet_pause", "limited_masquerade", "local_lmtp",
        "local_no_masquerade", "local_procmail", "mailertable", "masquerade_entire_domain", "masquerade_envelope",
        "no_default_msa", "nocanonify", "nodns", "notsticky", "preserve_local_plus_detail", "preserve_luser_host",
        "queuegroup", "redirect", "smrsh", "stickyhost", "sts", "tls_failures", "tls_session_features", "use_ct_file",
        "uucpdomain", "bitdomain", "virtuser_entire_domain", "virtusertable", "bcc", "prefixmod", "domainmap",
    ]

    /// FEATUREs that only refuse more than the relay rules do, by what no policy knows.
    static let refusalFeatures: [String: String] = [
        "rbl": "a DNS list", "dnsbl": "a DNS list", "enhdnsbl": "a DNS list", "rhsbl": "a DNS list", "mtamark": "a mark in the DNS",
        "badmx": "the MX of the sender's domain", "ratecontrol": "the rate of connections",
        "conncontrol": "the number of connections", "block_bad_helo": "the HELO name",
        "compat_check": "pairs of sender and recipient",
    ]

    /// FEATUREs that may change what is relayed, in ways that are not read.
    static let opaqueFeatures: [String: String] = [
        "bestmx_is_local": "every domain whose best MX is this host becomes local",
        "domaintable": "domains of recipients are replaced before they are judged",
        "drac": "clients that logged in by POP may relay",
        "ldap_routing": "recipients are replaced by what a directory says",
        "nullclient": "all mail goes to one hub",
        "msp": "this is a submission program and listens to nobody",
        "use_client_ptr": "names of clients are taken unconfirmed",
        "check_local": "it is not known",
    ]

    /// Maps of a sendmail.cf that such features bring with them.
    static let opaqueMaps: KeyValuePairs = [
        "bestmx": "bestmx_is_local", "domaintable": "domaintable", "drac": "drac", "ldapmra": "ldap_routing",
    ]

    /// Macros of an `.mc` that cannot change who may relay.
    static let irrelevantCalls: Set<String> = [
        "CANONIFY_DOMAIN", "CANONIFY_DOMAIN_FILE", "CLIENT_OPTIONS", "DAEMON_OPTIONS", "EXPOSED_USER", "EXPOSED_USER_FILE",
        "GENERICS_DOMAIN", "GENERICS_DOMAIN_FILE", "INPUT_MAIL_FILTER", "LDAPROUTE_DOMAIN", "LOCAL_CONFIG",
        "LOCAL_NET_CONFIG", "LOCAL_USER", "LOCAL_USER_FILE", "LOCAL_UUCP", "MAILER", "MAILER_DEFINITIONS", "MAIL_FILTER",
        "MASQUERADE_AS", "MASQUERADE_DOMAIN", "MASQUERADE_DOMAIN_FILE", "MASQUERADE_EXCEPTION", "MODIFY_MAILER_FLAGS",
        "PUSHDIVERT", "POPDIVERT", "QUEUE_GROUP", "SITECONFIG", "VERSIONID", "changecom", "changequote",
        "divert", "errprint", "undefine", "undivert", "LOCAL_TLS_CLIENT", "LOCAL_TLS_SERVER", "LOCAL_TLS_RCPT",
        "LOCAL_TRY_TLS", "LOCAL_SRV_FEATURES", "MAILER_MODIFIER", "LOCAL_DELIVERY_AGENT",
    ]

    /// Whether a definition of that name cannot change who may relay.
    static func isIdleDefinition(_ name: String) -> Bool {
        // Where files lie by default.
        if name == "_USE_ETC_MAIL_" { return true }
        return name.hasPrefix("conf") && !tellingDefinitions.contains(name)
    }

    private static let tellingDefinitions: Set<String> = [
        "confAUTH_MECHANISMS", "confCR_FILE", "confCW_FILE", "confDELIVERY_MODE", "confDOMAIN_NAME", "confOPERATORS",
    ]

    /// A file that comes with Sendmail and holds none of a site's settings.
    static func isOfDistribution(_ path: String) -> Bool {
        path.hasSuffix("cf.m4") || path.hasSuffix("/sendmail/cf/debian/autoconf.m4")
    }

    /// Features of one word each.
    static let plainFeatures: [String: Sendmail89Model.Feature] = [
        "lookupdotdomain": .lookupDotDomain, "relay_entire_domain": .relayEntireDomain,
        "relay_hosts_only": .relayHostsOnly, "relay_based_on_mx": .relayBasedOnMX, "relay_local_from": .relayLocalFrom,
        "promiscuous_relay": .promiscuousRelay, "loose_relay_check": .looseRelayCheck,
        "accept_unqualified_senders": .acceptUnqualifiedSenders, "blocklist_recipients": .blocklistRecipients,
        "blacklist_recipients": .blocklistRecipients, "require_rdns": .requireRDNS,
    ]
}
