extension Guide {
    static let sendmail5 = GuidePage(
        .sendmail5,
        summary: "The BSD mailer before release 8, with one sendmail.cf and no rules of its own about who may send what.",
        delivered: .open,
        asDelivered: "It takes every recipient that it can route, from anybody, and follows percent, bang and source routes.",
        files: [
            .init("sendmail.cf alone, in /etc, /usr/lib or /etc/mail. A file without a V line, or with a level below 5, is of this age."),
            .init("To read it:", code: "gatepost audit sendmail-5 /etc/sendmail.cf"),
        ],
        steps: [
            .init("There is no switch: no ruleset is asked about a recipient. Put Gatepost in front (below) and let nobody else reach port 25 of this server."),
            .init("Carry your domains over: class w names them.", code: "gatepost import sendmail-5 /etc/sendmail.cf --closed -o gatepost.conf"),
            .init("Plan for a replacement: the program has security holes that no gate can close."),
        ],
        losses: ["Nothing that was yours: mail for your domains still comes in, and networks that you name in Gatepost may send."],
        limits: [
            "It cannot refuse a relay by itself, in any configuration.",
            "Whoever can reach it past the gate (another interface, an inner network) can still relay.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal with the gate in front; 250 without"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal with the gate in front; 250 without"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("220 … Sendmail 5.65 ready", "this release; it relays for everybody"),
            .init("listed as an open relay, and there is no check_rcpt in sendmail.cf", "release 5, or 8 without rules: only a gate or a newer release helps"),
        ],
        needsGate: true,
        gate: "Bind the gate to the public address and move Sendmail to a private one; a packet filter must keep everybody else from its port.",
        sureness: "Certain.")

    static let sendmail88 = GuidePage(
        .sendmail88,
        summary: "Release 8.8 has hooks for rules about clients, senders and recipients, and ships none in them.",
        delivered: .open,
        asDelivered: "Without check_rcpt it relays for everybody. With a recipe it does what the recipe says, and some recipes have holes.",
        files: [
            .init("sendmail.mc with its HACK lines, or sendmail.cf with its Scheck_rcpt; /etc/mail/LocalIP, LocalNames and RelayTo; class w in sendmail.cf or /etc/sendmail.cw."),
            .init("To read it:", code: "gatepost audit sendmail-8.8 /etc/mail"),
        ],
        steps: [
            .init("Add the recipe with repeated removal of local parts to sendmail.mc, and the lists it reads.",
                code: "HACK(use_ip)\nHACK(use_names)\nHACK(use_relayto)\nHACK(check_rcpt4)"),
            .init("List the clients that may send anywhere, one address or octet prefix a line.", code: "# /etc/mail/LocalIP\n192.0.2\n127.0.0.1"),
            .init("List the destinations that you take mail for and pass on: downstream domains whose backup MX you are, virtual domains.",
                code: "# /etc/mail/RelayTo\nours.example\npartner.example"),
            .init("Build sendmail.cf. Left and right sides of a rule are parted by tabs: an editor that makes spaces of them breaks the rules.",
                code: "m4 ../m4/cf.m4 sendmail.mc > sendmail.cf"),
            .init("Restart Sendmail and try the percent hack, which recipes that stop at the first local host let through."),
        ],
        losses: [
            "Users on the road have no way in, unless a POP login lets them (see pop-before-smtp).",
            "A domain that you pass on and do not list is refused: 551.",
        ],
        limits: [
            "LocalNames trusts a reverse lookup, which its owner can make say anything unless it is checked forward again.",
            "The recipes leave a quoted address such as \"user@elsewhere\"@ours to be judged as local, but for check_rcpt3.",
            "check_rcpt3 needs your own domains in RelayTo, or refuses your own mail.",
            "The recipe by sender (check_rcpt5) relays for whoever writes that sender.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "551"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "551"),
            .init("A bang path", from: "x@evil.example", to: "victim.example!y@ours.example", expected: "551"),
            .init("A quoted address", from: "x@evil.example", to: "\"y@victim.example\"@ours.example", expected: "551; 250 with most recipes, which is a hole if it goes out"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("551 we do not relay non-local mail", "a recipe works; this client or destination is in none of its lists"),
            .init("listed as an open relay by a percent test although check_rcpt is there", "the rule stops at a local host without taking local parts away: use the recipe with removelocal"),
            .init("own mail is refused since check_rcpt was added", "your own domains are missing in RelayTo or class w"),
            .init("rules are ignored after editing sendmail.cf", "tabs became spaces"),
        ],
        gate: "Name all domains of class w and RelayTo in Gatepost; it refuses the quoted form that the recipes let through.",
        sureness: "The recipes were run, and the table of forms is what they answered. The last revisions of 1998 were not found.")

    static let sendmail89 = GuidePage(
        .sendmail89,
        summary: "Since 8.9 Sendmail refuses relaying unless told otherwise, by many switches of which some open it again.",
        delivered: .closed,
        asDelivered: "Only mail for the host's own names is taken, and mail from the host itself goes out.",
        files: [
            .init("/etc/mail: sendmail.mc (or sendmail.cf alone), relay-domains (class R), access (text, beside its .db), local-host-names (class w)."),
            .init("To read it:", code: "gatepost audit sendmail-8.9+ /etc/mail"),
        ],
        steps: [
            .init("Take out what opens it: these lines must not stand in sendmail.mc.",
                code: "FEATURE(promiscuous_relay)\nFEATURE(relay_local_from)\nFEATURE(relay_mail_from)\nFEATURE(loose_relay_check)"),
            .init("List every domain that you deliver, one a line.", code: "# /etc/mail/local-host-names\nours.example"),
            .init("List downstream domains and client networks. A domain means mail to it from anybody, and clients of that name.",
                code: "# /etc/mail/relay-domains\npartner.example\n192.0.2"),
            .init("Or use the access map with tags, which say in which direction.",
                code: "# /etc/mail/access\nConnect:192.0.2          RELAY\nTo:partner.example       RELAY"),
            .init("Let users log in: AUTH alone permits nothing, the mechanisms must be named.",
                code: "TRUST_AUTH_MECH(`PLAIN LOGIN CRAM-MD5')dnl\ndefine(`confAUTH_MECHANISMS', `PLAIN LOGIN CRAM-MD5')dnl"),
            .init("Build and restart.", code: "makemap hash /etc/mail/access < /etc/mail/access\nm4 sendmail.mc > sendmail.cf"),
        ],
        losses: [
            "Domains whose backup MX you are and which are in no list are refused.",
            "Clients without a reverse name must be listed by address.",
        ],
        limits: [
            "The most specific entry of the access map wins: `Connect:10.20.50 OK` takes from 10.20.50.x what `Connect:10.20 RELAY` gives.",
            "Networks are whole octets: there is no /28. An entry in CIDR form never fits.",
            "A word without a tag counts in both directions.",
            "relay_based_on_MX lets anyone who points an MX at you use you as one.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "550 5.7.1"),
            .init("With a sender of yours", from: "boss@ours.example", to: "y@victim.example", expected: "550 5.7.1"),
            .init("The percent hack by a domain that you relay to", from: "x@evil.example", to: "y%victim.example@partner.example", expected: "550 5.7.1"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("550 5.7.1 Relaying denied", "the client is in no list, or its name does not lead back to it"),
            .init("450 4.7.1 Relaying temporarily denied. Cannot resolve PTR record", "the client would be judged by its name, and DNS did not answer; list it by address"),
            .init("553 5.3.0 SKIP", "the access map uses SKIP and FEATURE(access_db) was not given the `skip` argument"),
            .init("users with AUTH get relaying denied", "TRUST_AUTH_MECH is missing"),
            .init("a changed access file has no effect", "makemap was not run: the .db is older than the text"),
        ],
        gate: "Import its lists once and keep them in one place; leave relaying off in Sendmail but for the gate's address.",
        sureness: "Certain: held against Sendmail 8.17 on a hundred thousand requests (docs/agreement.md).")

    static let popBeforeSMTP = GuidePage(
        .popBeforeSMTP,
        summary: "An address from which somebody has just read mail by POP or IMAP may relay for a while.",
        delivered: .closed,
        asDelivered: "Nobody relays by it until a log watcher, DRAC or a patched POP server writes its map and Sendmail asks it.",
        files: [
            .init("popauth.m4 or the FEATURE in sendmail.mc; pop-before-smtp-conf.pl ($grace, $dbfile); /etc/mail/dracd.allow for DRAC."),
            .init("To read it:", code: "gatepost audit pop-before-smtp /etc/mail"),
        ],
        steps: [
            .init("Watch the log of your POP or IMAP server, for successful logins only.", code: "pop-before-smtp --grace=1200 --dbfile=/etc/mail/popauth"),
            .init("Let Sendmail ask the map.", code: "HACK(popauth)"),
            .init("Keep the window short: twenty minutes serve a mail program that fetches before it sends."),
            .init("With DRAC, list the servers that may write it, netmask first.", code: "# /etc/mail/dracd.allow\n255.255.255.255 192.0.2.10"),
        ],
        losses: [
            "The first message fails in mail programs that send before they fetch.",
            "A hit skips all later checks of the recipient and the DNS lists for that client.",
        ],
        limits: [
            "The right belongs to an address: whoever shares it (NAT), or gets it next (dial-up), inherits it.",
            "Who can write lines into that log can forge a login: the pattern must take its fields behind the program's name only.",
            "SMTP AUTH has replaced it wherever clients can do that.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "550 5.7.1"),
            .init("The same from an address that has just logged in", from: "anna@ours.example", to: "y@victim.example", expected: "250, and 550 once the window is over"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("sending works only after receiving", "that is how it works: the login opens the window"),
            .init("relaying denied twenty minutes after the last check", "the window is over; a new login renews it"),
            .init("strangers relay from a hotel's or provider's address", "they share it with somebody who logged in"),
        ],
        gate: "A rule with `pop logged-in` says the same, with limits and with `sender owned-by-login`. This version analyses and tries such rules; it does not yet collect the logins itself, so let users log in by SMTP AUTH at the server for now.",
        sureness: "Certain for pop-before-smtp and popauth, from their sources; likely for DRAC and poprelayd.")

    static let iPass = GuidePage(
        .iPass,
        summary: "A consortium whose members authenticate one another's roaming dial-up users.",
        delivered: .closed,
        asDelivered: "Nobody relays by it. Members were given a kit for Sendmail 8.8 that let a session's address send for its time.",
        files: [
            .init("The feed of sessions: one line a session with user, address and time."),
            .init("To read it:", code: "gatepost audit ipass sessions.txt"),
        ],
        steps: [
            .init("Turn the accounting feed into grants: a session's start adds its address, its stop takes it away."),
            .init("Let the mail server ask for the grant as with POP before SMTP.", code: "permit \"roaming users\" {\n    pop   logged-in\n    limit 50 recipients per hour for each client\n}"),
        ],
        losses: ["Users of networks outside of the consortium have no way in but SMTP AUTH."],
        limits: [
            "The right belongs to an address; a stop record that gets lost leaves it to the next caller.",
            "It trusts the other members' accounting.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "550"),
            .init("From an address with a session", from: "anna@ours.example", to: "y@victim.example", expected: "250"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [.init("roaming users get relaying denied", "their session's start has not reached the mail server")],
        gate: "A rule with `pop logged-in` says what a session's address may do. This version analyses and tries such rules; it does not yet take a feed of sessions.",
        sureness: "A guess: the kit itself was never public; this is the idea it stood for.")
}
