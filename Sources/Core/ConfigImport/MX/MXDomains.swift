import MailTypes
import PolicyLanguage

/// Which domains are local in MX's tests, in the words of a policy.
struct MXDomains {
    struct Destination: Hashable {
        var pattern: HostPattern
        /// Taken from everybody and sent on.
        var isPassedOn: Bool
        var origin: Origin
        /// Local only because its mail is rewritten.
        var isRewritingResult = false
    }

    /// A pattern for more than names below a domain.
    struct Wide: Hashable {
        var text: String
        /// Nil for every domain.
        var ending: String?
        var origin: Origin
    }

    private(set) var destinations: [Destination] = []
    private(set) var wideDestinations: [Wide] = []
    /// Senders that are local, the null one too; nil for all.
    private(set) var senders: [Sourced<String>]? = []

    init(_ model: MXModel, notes: inout ImportNotes) {
        addSender("<>", Origin(note: "the null sender"))
        addNames(model)
        addPaths(model, notes: &notes)
        for line in model.localDomains { add(line, model, notes: &notes) }
        addRewritings(model, notes: &notes)
    }

    private mutating func addSender(_ pattern: String, _ origin: Origin?) { senders?.append(Sourced(pattern, origin)) }

    private mutating func addSenders(_ pattern: HostPattern, _ origin: Origin) {
        addSender(pattern.isBelow ? "*.\(pattern.domain)" : "*@\(pattern.domain)", origin)
    }

    private mutating func addNames(_ model: MXModel) {
        let origin = Origin(note: "the host's own name")
        for name in model.hostNames {
            let pattern = HostPattern(domain: name, isBelow: false)
            destinations.append(Destination(pattern: pattern, isPassedOn: false, origin: origin))
            addSenders(pattern, origin)
        }
        for parent in model.parentDomains {
            let origin = Origin(note: "the parent domain of the host's own name")
            for isBelow in [false, true] {
                let pattern = HostPattern(domain: parent, isBelow: isBelow)
                addSenders(pattern, origin)
                if model.release < .v52 { destinations.append(Destination(pattern: pattern, isPassedOn: true, origin: origin)) }
            }
        }
    }

    private mutating func addPaths(_ model: MXModel, notes: inout ImportNotes) {
        for (index, path) in model.paths.all.enumerated() where path.agent != .smtp {
            guard case .host(let pattern) = path.pattern.domainForm else {
                if path.pattern.isEverything, index == 0, model.rewritings.isEmpty {
                    addEveryPath(path)
                } else {
                    notes.obscure("PATH \(path.pattern)", at: path.origin, why: "no pattern of a policy says this one")
                }
                continue
            }
            if path.agent == .local || !isRewritten(pattern, path, model, notes: &notes) {
                destinations.append(Destination(pattern: pattern, isPassedOn: path.agent == .other, origin: path.origin))
            }
            if path.agent == .local { addSenders(pattern, path.origin) }
            if pattern.isBelow, isCut(path, by: model.paths.all[..<index]) {
                notes.obscure(
                    "PATH \(path.pattern)", at: path.origin,
                    why: "another path takes some of its names away; they are taken for local here as well")
            }
        }
    }

    /// Whether rewriting takes away all that a path to another agent would get. Local ones are asked before it, others behind.
    private func isRewritten(
        _ pattern: HostPattern, _ path: MXPaths.Path, _ model: MXModel, notes: inout ImportNotes
    ) -> Bool {
        if model.rewritings.contains(where: { Self.covers($0.from, pattern) }) { return true }
        if model.rewritings.contains(where: { Self.covers(pattern, $0.from) }) {
            notes.obscure("PATH \(path.pattern)", at: path.origin, why: "a rewriting rule takes some of its names away")
        }
        return false
    }

    private static func covers(_ wide: HostPattern, _ narrow: HostPattern) -> Bool {
        wide == narrow || wide.isBelow && (wide.matches(narrow.domain) || narrow.isBelow && wide.domain == narrow.domain)
    }

    /// The only path: every domain is handed to that agent.
    private mutating func addEveryPath(_ path: MXPaths.Path) {
        wideDestinations.append(Wide(text: "*", ending: nil, origin: path.origin))
        if path.agent == .local { senders = nil }
    }

    /// Beyond this number of comparisons the question is answered as the cautious do.
    private static let mostCompared = 20_000
    private var compared = 0

    private mutating func isCut(_ path: MXPaths.Path, by earlier: ArraySlice<MXPaths.Path>) -> Bool {
        compared += earlier.count
        return compared > Self.mostCompared || earlier.contains { $0.agent != path.agent && $0.pattern.intersects(path.pattern) }
    }

    private func isPassedOn(_ pattern: HostPattern, _ model: MXModel) -> Bool {
        !pattern.isBelow && !model.paths.all.isEmpty && model.paths.patterns.count < 100
            && model.paths.agent(for: pattern.domain.bytes) != .local
    }

    private mutating func add(_ line: Sourced<VMSPattern>, _ model: MXModel, notes: inout ImportNotes) {
        let origin = line.origin ?? Origin(note: "LOCAL_DOMAIN")
        switch line.value.domainForm {
        case .everything:
            wideDestinations.append(Wide(text: "*", ending: nil, origin: origin))
            senders = nil
        case .host(let pattern):
            destinations.append(Destination(pattern: pattern, isPassedOn: isPassedOn(pattern, model), origin: origin))
            addSenders(pattern, origin)
        case .ending(let text):
            wideDestinations.append(Wide(text: "*\(text)", ending: text, origin: origin))
            addSender("ends-with:\(text)", origin)
        case .inexpressible:
            guard !line.value.tokens.isEmpty else { return }
            notes.obscure("LOCAL_DOMAIN \(line.value)", at: origin, why: "no pattern of a policy says this one")
        }
    }

    private static let mostRewritings = 1_000

    /// A name whose mail is rewritten to a local one is as good as local. The first rule that fits counts.
    private mutating func addRewritings(_ model: MXModel, notes: inout ImportNotes) {
        var earlier: [(from: HostPattern, isTaken: Bool)] = []
        if let beyond = model.rewritings.dropFirst(Self.mostRewritings).first {
            notes.obscure(
                "REWRITE_RULE", at: beyond.origin, why: "there are too many rules to see what each leaves to the others")
        }
        for rewriting in model.rewritings.prefix(Self.mostRewritings) {
            let hop = rewriting.nextHop
            let isTaken =
                model.paths.agent(for: hop.bytes) != .smtp
                || destinations.contains { !$0.isRewritingResult && $0.pattern.matches(hop) }
                || wideDestinations.contains { $0.ending.map { "\(hop)".hasSuffix($0) } ?? true }
            if earlier.contains(where: { Self.covers($0.from, rewriting.from) }) { continue }
            if isTaken {
                destinations.append(
                    Destination(pattern: rewriting.from, isPassedOn: true, origin: rewriting.origin, isRewritingResult: true))
            }
            if earlier.contains(where: { Self.covers(rewriting.from, $0.from) && $0.isTaken != isTaken }) {
                notes.obscure("REWRITE_RULE", at: rewriting.origin, why: "an earlier rule takes some of its names away")
            }
            earlier.append((rewriting.from, isTaken))
        }
    }
}
