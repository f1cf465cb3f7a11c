import AnalysisCheck
import ArgumentParser
import DecisionRecords
import Glibc
import JSONText
import MailTypes
import PolicyLanguage
import RelayPolicy

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check an answer of who-can-relay --json, read from standard input, against the rules.",
        discussion: """
            gatepost who-can-relay --json | gatepost verify. Every end of every network, every name and the ones \
            beside it, every login, and random requests are decided by the plain reading of the rules and looked up in \
            the answer. The checking code shares nothing with the analysis.

            Exit status: 0 they agree, 1 they disagree on the request that is shown, 2 the answer or the configuration \
            cannot be read.
            """)

    @Option(help: "How many random requests.") var random = 100_000
    @Option(help: "The seed of the random requests.") var seed: UInt64 = 1
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if random < 0 { throw ValidationError("--random is a number of requests.") }
    }

    func run() throws {
        let file = try shared.configurationFile()
        if file.isStandardInput { throw Trouble("standard input is the answer; name the configuration with -c") }
        let policy = try file.configuration(purpose: .policyOnly).policy
        var check: AnswerCheck
        let witnesses: [RelayRequest]
        let answer = try readAnswer()
        do {
            (check, witnesses) = try Self.check(answer, policy, seed)
        } catch let problem as AnswerProblem {
            throw Trouble("the answer on standard input: \(problem)")
        }
        check.run(witnesses: witnesses, random: random)
        try StandardOutput.print(shared.json ? json(check).text : text(check))
        if check.disagreement != nil { throw ExitStatus.no }
    }

    private func readAnswer() throws(Trouble) -> JSONValue {
        switch FileAccess.readAll(of: STDIN_FILENO) {
        case .failure(let problem): throw Trouble("cannot read standard input: \(problem.message)")
        case .success(let bytes):
            do {
                return try JSONValue(parsing: bytes)
            } catch {
                throw Trouble("standard input is no answer of who-can-relay --json: \(error)")
            }
        }
    }

    private static func check(
        _ answer: JSONValue, _ policy: Policy, _ seed: UInt64
    ) throws(AnswerProblem) -> (AnswerCheck, [RelayRequest]) {
        if answer["narrowed"] == .bool(true) {
            throw AnswerProblem("it was narrowed by flags, and only the whole answer can be checked")
        }
        if answer["complete"] == .bool(false) {
            throw AnswerProblem("it is not complete, so that there is nothing to check; ask again with a larger --effort")
        }
        guard case .string(let text)? = answer["at"], let now = Instant(text) else {
            throw AnswerProblem("it does not say for which time it is (`at`)")
        }
        let check = try AnswerCheck(answer, of: policy, at: now, seed: seed)
        var witnesses: [RelayRequest] = []
        guard case .array(let grants)? = answer["grants"] else { return (check, []) }
        for grant in grants {
            do {
                let trial = try TrialRequest(grant["witness"] ?? .null, now: now)
                witnesses.append(trial.judged(by: policy).request)
            } catch {
                throw AnswerProblem("a witness: \(error)")
            }
        }
        return (check, witnesses)
    }

    private func text(_ check: AnswerCheck) -> String {
        let tried =
            "\(check.witnesses) witnesses, \(check.boundaryRequests) requests at boundaries, \(check.randomRequests) at random"
        guard let found = check.disagreement else { return "The answer agrees with the rules: \(tried)." }
        let classes = found.classes.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            The answer is wrong (after \(tried)):
              \(TrialRequest(found.request).json.text)
              the rules: \(found.relayedBy.map { "relayed by \"\($0)\"" } ?? "not relayed")
              the answer: \(classes.isEmpty ? "in no class" : "in classes of \(classes)")
            """
    }

    private func json(_ check: AnswerCheck) -> JSONValue {
        .object([
            .init("agrees", .bool(check.disagreement == nil)),
            .init("witnesses", .number(check.witnesses)),
            .init("boundaryRequests", .number(check.boundaryRequests)),
            .init("randomRequests", .number(check.randomRequests)),
            .init(
                "disagreement",
                check.disagreement.map { found in
                    .object([
                        .init("request", TrialRequest(found.request).json),
                        .init("relayedBy", .optional(found.relayedBy)),
                        .init("classes", .array(found.classes.map(JSONValue.string))),
                    ])
                } ?? .null),
        ])
    }
}
