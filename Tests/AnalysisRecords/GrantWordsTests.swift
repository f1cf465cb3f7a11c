import AnalysisRecords
import JSONText
import MailTypes
import PolicyWorlds
import RelayAnalysis
import RelayPolicy
import TestSupport
import Testing

/// What grants share is put into words once; the words have to be those of each alone.
@Suite("grants in words and as JSON")
struct GrantWordsTests {
    @Test("sharing words changes none")
    func sharing() throws {
        for seed in UInt64(1)...(isOptimised ? 500 : 60) {
            let policy = World(seed: seed).policy
            let (words, sets) = (GrantWords(of: policy), WrittenSets())
            for grant in try policy.grants(at: now) {
                let (alone, shared) = (GrantText(grant, in: GrantWords(of: policy)), GrantText(grant, in: words))
                #expect(alone.gist == shared.gist && alone.circumstances == shared.circumstances, "seed \(seed)")
                let record = GrantRecord(grant, of: policy)
                #expect(record.json == record.json(sharing: sets), "seed \(seed)")
            }
        }
    }

    @Test(
        "recipients beside all local domains are elsewhere, also where one local line is below another",
        arguments: [
            ("ours.example", "*@ours.example", "to elsewhere"),
            ("ours.example", "*@ours.example *@gone.example", "to elsewhere except *@gone.example"),
            ("ours.example *.ours.example x.ours.example", "*@ours.example *.ours.example", "to elsewhere"),
            ("ours.example *.ours.example *.deep.ours.example", "*@ours.example *.ours.example", "to elsewhere"),
            ("ours.example theirs.example", "*@ours.example", "to any except *@ours.example"),
            ("ours.example", "", "to anywhere"),
        ])
    func elsewhere(local: String, exceptions: String, expected: String) throws {
        let policy = Policy(local: local, relay: [rule(.permit, "office") { $0.from = addresses("192.0.2.0/24") }])
        var grant = try #require(try policy.grants(at: now).first)
        let excepted = try exceptions.split(separator: " ").map { try PathPattern(parsing: String($0)) }
        grant.requests.recipients = PathSet(nil, except: excepted)
        #expect(GrantText(grant, in: GrantWords(of: policy)).recipients == expected)
    }
}
