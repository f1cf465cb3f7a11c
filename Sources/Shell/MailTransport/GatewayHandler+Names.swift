import NIOConcurrencyHelpers
import NIOCore
import RelayPolicy
import Sessions

/// The side of a session that faces the DNS.
extension GatewayHandler {
    /// Refuses the connection where a rule says so; what that rule has to know is asked for first. Nothing is said until
    /// then.
    func judgeConnection() {
        // What may be refused of an unknown client is refused at its recipients: it may be a balancer's health check.
        guard !session.facts.clientIsUnknown else { return }
        guard let questions = session.questionsForConnection() else { return connectionJudged() }
        isJudgingConnection = true
        resolve(questions) { handler, answers in
            handler.isJudgingConnection = false
            guard !handler.isGone, !handler.session.isClosed else { return }
            handler.session.learned(answers)
            handler.connectionJudged()
            if handler.pauseIsOver { handler.greet() }
        }
    }

    /// Everything is known that its rules ask for.
    private func connectionJudged() {
        guard let refusal = session.terms.policy.policy.connectionRefusal(session.facts) else { return }
        refuseConnection(refusal.reply, refusal.rule?.name ?? "refused")
    }

    /// The session waits; it may have been ended when the answers come.
    func resolveNames(_ questions: [NameQuestion]) {
        resolve(questions) { handler, answers in
            guard !handler.isGone, handler.session.awaitsNames else { return }
            handler.performAndResume(handler.session.namesResolved(answers, at: handler.worker.moment(for: handler.client)))
        }
    }

    /// On the event loop again, never at once: whoever asks has not finished yet.
    func resolve(
        _ questions: [NameQuestion], then: @escaping @Sendable (GatewayHandler, [NameAnswer]) -> Void
    ) {
        let handler = NIOLoopBound(self, eventLoop: worker.loop)
        guard let names = worker.names else {
            return worker.loop.execute { then(handler.value, questions.map(NameAnswer.unknown)) }
        }
        let loop = worker.loop
        let gathered = GatheredAnswers(questions) { answers in loop.execute { then(handler.value, answers) } }
        for (index, question) in questions.enumerated() {
            names.find(question) { gathered.take($0, at: index) }
        }
    }
}

/// The answers to several questions, until the last has come.
private final class GatheredAnswers: Sendable {
    private let answers: NIOLockedValueBox<[NameAnswer?]>
    private let whenComplete: @Sendable ([NameAnswer]) -> Void

    init(_ questions: [NameQuestion], whenComplete: @escaping @Sendable ([NameAnswer]) -> Void) {
        answers = NIOLockedValueBox(Array(repeating: nil, count: questions.count))
        self.whenComplete = whenComplete
    }

    func take(_ answer: NameAnswer, at index: Int) {
        let all = answers.withLockedValue { answers in
            answers[index] = answer
            return answers.compactMap { $0 }.count == answers.count ? answers.compactMap { $0 } : nil
        }
        if let all { whenComplete(all) }
    }
}
