import MailTypes
import RelayPolicy

extension RequestSpace {
    /// Which requests every list says good to. `isGood` is asked once for each line that takes part.
    struct Question {
        var lists: [DecisionDiagram.List] = []
        var good: [Int] = []
        var taking: [Int] = []

        /// Requests that are good to both.
        func and(_ other: Question) -> Question {
            Question(lists: lists + other.lists, good: good + other.good, taking: taking + other.taking)
        }
    }

    /// Every request that is good, as classes; each set of paths that takes several terms to say makes several of them.
    func classes(_ question: Question) throws(EffortSpent) -> [RequestClass] { try classes([question]) }

    /// The same for questions whose answers have no request in common.
    func classes(_ questions: [Question]) throws(EffortSpent) -> [RequestClass] {
        var products: [[[Int]?]] = []
        for question in questions {
            guard let cut = try cut(question) else { continue }
            var diagram = DecisionDiagram(cut, work)
            products += try diagram.products()
        }
        var made: [RequestClass] = []
        for product in try ProductMerging.merged(products, sizes: axes.map(\.fits.count), work) {
            made += try classes(product)
        }
        return made
    }

    /// A request that is good; nil if there is none.
    func witness(_ question: Question, at now: Instant) throws(EffortSpent) -> RelayRequest? {
        guard let cut = try cut(question) else { return nil }
        var diagram = DecisionDiagram(cut, work)
        var found: RelayRequest?
        _ = try diagram.hasPath { path throws(EffortSpent) in
            found = try witness(path, at: now)
            return found != nil
        }
        return found
    }

    /// The clients from which something is good without a login, POP login or certificate, and without a name too if
    /// `withoutName`.
    func clientsWithoutProof(_ question: Question, withoutName: Bool, at now: Instant) throws(EffortSpent) -> AddressSet {
        var proofs = writer.certificateGroups.indices.map { place(.certificate($0)) } + [place(.login), place(.pop)]
        if withoutName { proofs.append(place(.name)) }
        let axis = place(.client)
        guard let cut = try cut(question, withoutValue: Set(proofs), leading: axis) else { return AddressSet() }
        var diagram = DecisionDiagram(cut, work)
        let atoms = try diagram.firstAtoms { path throws(EffortSpent) in try witness(path, at: now) != nil }
        guard let atoms else { return .everything }
        return clients.addresses(of: atoms.flatMap { axes[axis].groupsOfAtom[$0] })
    }

    /// The rules of a policy's `relay` that have a bearing on the question.
    func rulesBearing(on question: Question, of policy: Int) -> [Int] {
        guard let range = ranges[policy][.relay], let cut = try? cut(question, Work(.max)) else { return [] }
        return Set(cut.lines.filter(range.contains).compactMap { lines[$0].rule }).sorted()
    }

    private func cut(
        _ question: Question, withoutValue: Set<Int> = [], leading: Int? = nil, _ work: Work? = nil
    ) throws(EffortSpent) -> CutQuestion? {
        var question = question
        if !narrowings.isEmpty {
            question.lists.append(DecisionDiagram.List(lines: narrowings, endIsGood: false))
            question.good += narrowings
            question.taking += narrowings
        }
        return try CutQuestion(
            question, axes: axes, lineCount: lines.count, movableFrom: place(.login), withoutValue: withoutValue,
            leading: leading, work ?? self.work)
    }

    private func witness(_ product: [[Int]?], at now: Instant) throws(EffortSpent) -> RelayRequest? {
        for requests in try classes(product) {
            if let witness = try witness(of: requests, at: now) { return witness }
        }
        return nil
    }

    /// A request of a class.
    func witness(of requests: RequestClass, at now: Instant) throws(EffortSpent) -> RelayRequest? {
        try work.spend(50)
        return requests.witness(under: policies, at: now, samples)
    }
}
