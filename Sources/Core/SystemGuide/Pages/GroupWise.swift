extension Guide {
    static let groupWiseGWIA = GuidePage(
        .groupWiseGWIA,
        summary: "The Internet agent of GroupWise 5 and later.",
        delivered: .depends,
        asDelivered: "GroupWise 5 relays until it is told not to. Later releases prevent relaying for who has not authenticated.",
        files: [
            .init("The page Access Control, SMTP Relay is kept in gwac.db; write it down in this form, beside gwia.cfg:",
                code: "[SMTP Relay]\nDefault = Prevent message relaying\nAllow = 192.0.2.10"),
            .init("Your domains stand in none of it; give them as facts (docs/importing.md):", code: "{\"localDomains\": [\"ours.example\"]}"),
            .init("To read it:", code: "gatepost audit groupwise-gwia relay.txt gwia.cfg --facts facts.json"),
        ],
        steps: [
            .init("NWAdmin or ConsoleOne: the agent's details, Access Control, SMTP Relay: “Prevent message relaying”."),
            .init("Add hosts that may relay to the exceptions' Allow list, by address."),
            .init("GroupWise 5.5, if nobody is to relay at all: add the switch to SYS:SYSTEM\\GWIA.CFG and restart the agent.", code: "/NOROUTING"),
        ],
        losses: [
            "Your own POP3 and IMAP4 users cannot send through it without an exception, in GroupWise 5, which has no login for SMTP.",
            "/NOROUTING has no exceptions.",
        ],
        limits: [
            "Exceptions by host name rest on reverse lookups.",
            "With “Allow message relaying” the Allow list has no effect, and only the Prevent list counts.",
            "route.cfg steers outbound mail and permits nothing.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("550 Relaying denied", "prevented; this host has no exception"),
            .init("POP3 users cannot send since relaying was prevented", "they need an exception by address, or a release with a login for SMTP"),
        ],
        gate: "Prevent relaying, and make the gate's address the only exception.",
        sureness: "Certain for the page, likely for the form of its entries, a guess for what GroupWise 5 does as delivered.")

    static let groupWiseGWSMTP = GuidePage(
        .groupWiseGWSMTP,
        summary: "The SMTP/MIME gateway that came before the Internet agent.",
        delivered: .open,
        asDelivered: "It sends on whatever it is given.",
        files: [
            .init("DOMAIN/WPGATE/SMTP/GWSMTP.CFG, a switch a line."),
            .init("To read it:", code: "gatepost audit groupwise-gwsmtp GWSMTP.CFG"),
        ],
        steps: [
            .init("Add the switch to GWSMTP.CFG and restart the gateway.", code: "/NOROUTING"),
            .init("If problem mail is saved, foreign mail now goes to the problem directory: watch it and empty it."),
        ],
        losses: ["Everybody's relaying, your own POP users' too: there are no exceptions."],
        limits: [
            "It accepts foreign mail and keeps it or bounces it, where a refusal would be right.",
            "Nothing can be permitted by address, name or login.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "not sent on; perhaps taken, and kept in the problem directory"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "not sent on"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("the problem directory fills up", "/NOROUTING keeps foreign mail there while problem mail is saved"),
            .init("own users cannot send since /NOROUTING", "the switch knows no exceptions: a gate in front, and a relay beside it, do"),
        ],
        needsGate: true,
        gate: "Keep /NOROUTING, let Gatepost refuse at the door, and send `route clients` to a relay that is not this gateway.",
        sureness: "Certain for what the switch does, likely for how it is written.")

    static let mxOpenVMS = GuidePage(
        .mxOpenVMS,
        summary: "MadGoat's mailer for OpenVMS. Relay control came with version 5.0.",
        delivered: .open,
        asDelivered: "Relaying is allowed, and without inside networks everybody is inside. 4.2 has no controls at all.",
        files: [
            .init("The configuration is binary. Let MCP write it as commands, and REJMAN its rules:",
                code: "$ MCP SHOW/OUTPUT=MX.COM/COMMAND ALL"),
            .init("To read it:", code: "gatepost audit mx-openvms MX.COM --facts facts.json"),
        ],
        steps: [
            .init("Switch relaying and both percent hacks off.", code: "MCP> SET SMTP/NORELAY_ALLOWED/NOPERCENT_HACK\nMCP> SET ROUTER/NOPERCENT_HACK"),
            .init("Name your domains, virtual ones and downstream ones too.", code: "MCP> DEFINE LOCAL_DOMAIN ours.example\nMCP> DEFINE LOCAL_DOMAIN *.ours.example"),
            .init("Name your networks; without any, a forged local or empty sender relays from everywhere (5.1 and later).",
                code: "MCP> DEFINE INSIDE_NETWORK_ADDRESS 192.0.2.0/NETMASK=255.255.255.0"),
            .init("Give single machines the right whatever their sender.", code: "MCP> DEFINE INSIDE_NETWORK_ADDRESS 192.0.2.37/RELAY_ALLOWED"),
            .init("Make the server read it.", code: "MCP> SAVE\nMCP> RESET SMTP_SERVER"),
        ],
        losses: [
            "Inside clients may send with a local or empty sender only, unless their entry says RELAY_ALLOWED.",
            "SMTP/NOPERCENT_HACK refuses every recipient with a % in it.",
        ],
        limits: [
            "A host inside that is taken over relays with any local sender.",
            "/REJECT does not take away what /RELAY_ALLOWED on the same entry gives.",
            "4.2 cannot be closed: put a gate in front of it.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "551"),
            .init("With a sender of yours", from: "boss@ours.example", to: "y@victim.example", expected: "551"),
            .init("An empty sender", from: "<>", to: "y@victim.example", expected: "551"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("551 Relay disabled, recipient refused", "relaying is off, and this client and sender have no right"),
            .init("bounces are relayed for strangers although NORELAY is set", "no INSIDE_NETWORK_ADDRESS is defined, so everybody is inside"),
            .init("spam goes out as user%elsewhere at our domain", "the router's percent hack is on"),
        ],
        needsGate: true,
        gate: "For 4.2 it is the only remedy; for 5.0 and later give the gate's address an entry with RELAY_ALLOWED and no other.",
        sureness: "Certain: from its sources and guides.")

    static let ntMail = GuidePage(
        .ntMail,
        summary: "Internet Shopper's, later Gordano's, server for Windows NT.",
        delivered: .depends,
        asDelivered: "Old versions relay for everybody. Recent ones leave relaying off.",
        files: [
            .init("Its settings stand in its dialogs and the registry; write them down in this form:",
                code: "[SMTP]\nOnlyAcceptLocalMail = 1\nTreatAsLocal = 192.0.2.10\nTreatAsLocal = partner.example"),
            .init("Your domains stand in none of it; give them as facts (docs/importing.md):", code: "{\"localDomains\": [\"ours.example\"]}"),
            .init("To read it:", code: "gatepost audit ntmail ntmail.txt --facts facts.json"),
        ],
        steps: [
            .init("Tick “Only Accept Local Mail”."),
            .init("Under “Treat as Local” enter the hosts that may relay, by address."),
        ],
        losses: ["Users away from those hosts cannot send through it."],
        limits: [
            "A name under “Treat as Local” can be spoofed; an address cannot be so easily.",
            "What a name is compared with is not documented.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("NTMail 3 is listed as an open relay", "Only Accept Local Mail is not ticked"),
            .init("office computers get refused since Only Accept Local Mail", "they are missing under Treat as Local"),
        ],
        gate: "Tick “Only Accept Local Mail” and treat the gate's address alone as local.",
        sureness: "Likely for the two settings, a guess for how names are compared.")
}
