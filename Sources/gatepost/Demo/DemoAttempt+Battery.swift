extension DemoAttempt {
    /// The forms with which relay testers look for a hole, each as a whole message of a stranger, and mail that has to
    /// arrive. `old.ours.test` (192.0.2.1) is the server, `ours.test` its domain.
    static let battery: [DemoAttempt] = plainForms + senderForms + hiddenForms + wantedMail

    private static func form(
        _ id: String, _ what: String, from sender: String = "<x@evil.test>", to: String = "<y@victim.test>", helo: String? = nil
    ) -> DemoAttempt {
        DemoAttempt(id: id, what: what, client: .stranger, sender: sender, to: to, isWanted: false, helo: helo)
    }

    private static let plainForms = [
        form("B01", "plain relay"),
        form("B02", "sender is the recipient", from: "<y@victim.test>"),
        form("H01", "HELO with the server's name", helo: "old.ours.test"),
        form("H02", "HELO localhost.localdomain", helo: "localhost.localdomain"),
        form("X01", "our domain as a prefix", to: "<y@ours.test.victim.test>"),
        form("X02", "a domain that ends like ours", to: "<y@notours.test>"),
    ]

    private static let senderForms = [
        form("S01", "null sender", from: "<>"),
        form("S02", "sender without a domain", from: "<x>"),
        form("S03", "sender in our domain", from: "<boss@ours.test>"),
        form("S04", "sender at the server's name", from: "<x@old.ours.test>"),
        form("S05", "sender at the server's address", from: "<x@[192.0.2.1]>"),
        form("S06", "sender at localhost", from: "<x@localhost>"),
        form("S07", "sender is our postmaster", from: "<postmaster@ours.test>"),
        form("S08", "sender at a name that is none", from: "<x@nx.evil.test>"),
    ]

    private static let hiddenForms = [
        form("R01", "source route by the server's name", to: "<@old.ours.test:y@victim.test>"),
        form("R02", "source route by its address", to: "<@[192.0.2.1]:y@victim.test>"),
        form("P01", "percent hack at the server's name", to: "<y%victim.test@old.ours.test>"),
        form("P02", "percent hack at its address", to: "<y%victim.test@[192.0.2.1]>"),
        form("P03", "percent hack, null sender", from: "<>", to: "<y%victim.test@ours.test>"),
        form("P06", "quoted percent form, no domain", to: "<\"y%victim.test\">"),
        form("U01", "bang path, no @", to: "<victim.test!y>"),
        form("U02", "bang path at the server's name", to: "<victim.test!y@old.ours.test>"),
        form("U03", "bang path at its address", to: "<victim.test!y@[192.0.2.1]>"),
        form("Q01", "quoted address, no domain", to: "<\"y@victim.test\">"),
        form("Q02", "quoted address at the server's name", to: "<\"y@victim.test\"@old.ours.test>"),
        form("Q03", "quoted address at its address", to: "<\"y@victim.test\"@[192.0.2.1]>"),
        form("Q04", "quoted list of addresses", to: "<\"y@victim.test, z@victim.test\"@ours.test>"),
        form("D01", "two @, the server's name last", to: "<y@victim.test@old.ours.test>"),
        form("D02", "two @, its address last", to: "<y@victim.test@[192.0.2.1]>"),
        form("D03", "an @ at the end", to: "<y@victim.test@>"),
        form("E01", "IMCEASMTP form", to: "<IMCEASMTP-y+40victim+2Etest@ours.test>"),
        form("E04", "forged SRS address", from: "<>", to: "<SRS0=AAAA=AA=victim.test=y@ours.test>"),
        form("Y07", "quoted > and a parameter", to: "<\"y@victim.test> ORCPT=rfc822;x\"@ours.test>"),
        form("Y08", "quoted space behind an address", to: "<\"y@victim.test x\"@ours.test>"),
    ]

    private static let wantedMail = all.filter(\.isWanted)
}
