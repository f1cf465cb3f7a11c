import ConfigImport
import PolicyLanguage
import Testing

@Suite("pop-before-smtp-conf.pl and dracd.allow")
struct PopBeforeSMTPReadingTests {
    private func imported(_ text: String, as path: String = "pop-before-smtp-conf.pl") throws -> ImportedConfiguration {
        let source = ImportSource(paths: [path]) {
            $0 == path ? .success(Array(text.utf8)) : .failure(FileProblem("no such file"))
        }
        return try ImportedConfiguration(system: .popBeforeSMTP, source: source, facts: ImportFacts())
    }

    private func seconds(_ text: String) throws -> Int? {
        let meaning = try imported(text).draft.rule(named: "recent POP login")?.meaning
        return meaning?.split(separator: " ").compactMap { Int($0) }.first
    }

    @Test(
        "how long a login counts",
        arguments: [
            ("", 1800), ("$grace = 900;", 900), ("  $grace=30*60;   # half an hour", 1800), ("$grace = 2 *\n  60 * 60;", 7200),
            ("#$grace = 5;", 1800), ("=cut # off\n$grace = 5;\n=cut\n", 1800), ("=pod\n$grace = 5;\n=cut\n$grace = 60;", 60),
            ("$grace = 1_800;", 1800), ("$grace = 5;\n$grace = 6;", 6), ("$pat = '^a; $grace = 3;';\n", 1800),
            ("__END__\n$grace = 5;", 1800), ("my $x = 1 unless $grace == 5;", 1800),
        ])
    func grace(text: String, expected: Int) throws { #expect(try seconds(text) == expected) }

    @Test(
        "how long a login counts, by the options of the daemon",
        arguments: [
            ("pop-before-smtp.init", "#!/bin/sh\n# --grace=5\ndaemon /usr/sbin/pop-before-smtp --grace=172800 --daemon\n", 172_800),
            ("pop-before-smtp", "OPTIONS=\"--grace 900\"\n", 900), ("dracd.sh", "/usr/local/sbin/rpc.dracd -i -e 90 &\n", 5_400),
            ("dracd.sh", "/usr/local/sbin/rpc.dracd -i &\necho -e 5\n", 1_800),
        ])
    func options(path: String, text: String, expected: Int) throws {
        let meaning = try imported(text, as: path).draft.rule(named: "recent POP login")?.meaning
        #expect(meaning?.split(separator: " ").compactMap { Int($0) }.first == expected)
    }

    @Test("what is not understood is opaque", arguments: ["$grace = $ENV{'GRACE'};", "$new = 1;", "sub custom_match {\n}", "$grace = 999999999*999999999*999;"])
    func opaque(text: String) throws { #expect(try imported(text).notes.opaque.count == 1) }

    @Test("settings that cannot matter are not", arguments: ["$dbfile = '/x';", "$file_tail{'name'} = '/var/log/maillog';", "sub mynet_sendmail\n{\n    '127.0.0.0/8';\n}"])
    func irrelevant(text: String) throws { #expect(try imported(text).notes.opaque.isEmpty) }

    @Test("a pattern that begins anywhere is found", arguments: [("'popper.*'", true), ("'^popper.*'", false), ("$PID_pat . 'x'", false)])
    func pattern(value: String, isLoose: Bool) throws {
        let found = try imported("$pat = \(value);").notes.findings.contains { $0.id == "pop-pattern-unanchored" }
        #expect(found == isLoose)
    }

    @Test(
        "the mask comes first in dracd.allow",
        arguments: [
            ("255.255.255.255 192.0.2.1", nil), ("255.255.255.0 192.0.2.0", nil), ("192.0.2.1 255.255.255.255", "drac-never-matches"),
            ("0.0.0.0 0.0.0.0", "drac-everybody"), ("255.0.0.0 10.0.0.0", "drac-wide"), ("# 0.0.0.0 0.0.0.0", nil),
        ] as [(String, String?)])
    func drac(line: String, finding: String?) throws {
        let ids = try imported(line, as: "mail/dracd.allow").notes.findings.map(\.id).filter { $0.hasPrefix("drac") }
        #expect(ids == (finding.map { [$0] } ?? []))
    }

    @Test("no file of it at all is trouble")
    func none() { #expect(throws: ImportTrouble.self) { try imported("x", as: "notes.txt") } }
}
