import DecisionRecords
import Foundation
import GRDB
import MailTypes
import Storage
import Testing

struct FaultTests {
    @Test func aFileThatIsNoDatabaseIsKeptAsideAndANewOneBegun() throws {
        let folder = try Folder()
        try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: folder.decisions))
        let reports = keeping([try refusal()], in: folder.decisions)
        #expect(reports.all.count == 1 && reports.all[0].hasPrefix("decision-log=begun-anew"), "\(reports.all)")
        #expect(try DecisionArchive(folder.decisions).find(DecisionSearch()).decisions.count == 1)
        let aside = try #require(folder.names.first { $0.contains(".broken-") })
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + aside)).count == 5000)
    }

    @Test func aFileOfANewerVersionIsLeftAlone() throws {
        let folder = try Folder()
        let queue = try DatabaseQueue(path: folder.decisions)
        try queue.write { db in try db.execute(sql: "CREATE TABLE other (a); PRAGMA user_version = 2") }
        try queue.close()
        let reports = keeping([try refusal()], in: folder.decisions)
        #expect(reports.all.count == 1 && reports.all[0].contains("newer version"), "\(reports.all)")
        #expect(throws: DecisionStoreProblem.self) { try DecisionArchive(folder.decisions) }
        let (version, tables) = try DatabaseQueue(path: folder.decisions).read { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA user_version"),
                try String.fetchAll(db, sql: "SELECT name FROM sqlite_master")
            )
        }
        #expect(version == 2 && tables == ["other"])
        #expect(folder.names.filter { $0.contains("broken") } == [])
    }

    @Test func aRecordOfANewerVersionIsSkippedAndCounted() throws {
        let folder = try Folder()
        _ = keeping([try refusal(1), try refusal(2), try refusal(3), try refusal(4)], in: folder.decisions)
        let changes = [
            "UPDATE decisions SET format = 2 WHERE key = 1", "UPDATE decisions SET reason = 'moon' WHERE key = 2",
            "UPDATE decisions SET more = '{' WHERE key = 3",
        ]
        try DatabaseQueue(path: folder.decisions).write { db in for change in changes { try db.execute(sql: change) } }
        let found = try DecisionArchive(folder.decisions).find(DecisionSearch())
        #expect(found.unreadable == 3 && found.decisions.map(\.record.id) == [identifier(4)])
    }

    @Test func aLockedFileIsTriedAgainAndNothingIsLost() async throws {
        let folder = try Folder()
        _ = keeping([try refusal(1)], in: folder.decisions)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.decisions, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN EXCLUSIVE") }
        let reports = Reports()
        let log = DecisionLog(
            path: folder.decisions, retention: DecisionRetention(age: .seconds(86_400), size: 1 << 30),
            clock: { noon }, report: { reports.add($0.text) })
        log.append(try refusal(2), policy: "")
        try await until { log.status.trouble == "another program holds it" }
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await until { log.status.written == 1 }
        log.close()
        #expect(reports.all.map { $0.prefix(20) } == ["decision-log=failing", "decision-log=working"])
        #expect(try DecisionArchive(folder.decisions).find(DecisionSearch()).decisions.count == 2)
    }

    @Test func whatIsTooOldIsDeleted() throws {
        let folder = try Folder()
        var old = try refusal(1)
        old.time.seconds -= 86_400 + 60
        _ = keeping([old, try refusal(2)], in: folder.decisions)
        let found = try DecisionArchive(folder.decisions).find(DecisionSearch())
        #expect(found.decisions.map(\.record.id) == [identifier(2)])
    }

    @Test func aShorterTimeTakesEffectAtOnceAndInFullThoughNothingComes() async throws {
        let folder = try Folder()
        let log = DecisionLog(
            path: folder.decisions, retention: DecisionRetention(age: .seconds(86_400), size: 1 << 30),
            clock: { Instant(seconds: noon.seconds + 10_000) }, report: { _ in })
        for number in 1...7_000 { log.append(try refusal(number), policy: "") }
        try await until { log.status.written == 7_000 }
        log.use(DecisionRetention(age: .seconds(60), size: 1 << 30))
        // The newest stays: the keys of those to come go on from it.
        try await until { (try? DecisionArchive(folder.decisions).find(DecisionSearch()).decisions.count) == 1 }
        log.append(try refusal(9_990), policy: "")
        try await until { log.status.written == 7_001 }
        #expect(try DecisionArchive(folder.decisions).newestKey() == 7_001)
        log.close()
    }

    @Test func aFileThatIsTooLargeLosesItsOldest() throws {
        let folder = try Folder()
        let log = DecisionLog(
            path: folder.decisions, retention: DecisionRetention(age: .seconds(86_400), size: 1 << 20),
            clock: { noon }, report: { _ in })
        for number in 1...12_000 { log.append(try refusal(number), policy: "") }
        log.close()
        let size = try FileManager.default.attributesOfItem(atPath: folder.decisions)[.size] as? Int ?? 0
        #expect(size < 2 << 20)
        var search = DecisionSearch()
        search.limit = 20_000
        let found = try DecisionArchive(folder.decisions).find(search)
        #expect(found.decisions.last?.record.id == identifier(12_000))
        #expect(found.decisions.count > 1000 && found.decisions.count < 8000, "\(found.decisions.count)")
    }

    @Test func aMissingFileIsSaidToBeMissing() throws {
        let folder = try Folder()
        let problem = #expect(throws: DecisionStoreProblem.self) { try DecisionArchive(folder.decisions) }
        #expect(problem?.kind == .missing)
    }

    private func until(_ isTrue: () -> Bool) async throws {
        let start = ContinuousClock.now
        while !isTrue() {
            try #require(ContinuousClock.now - start < .seconds(20))
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
