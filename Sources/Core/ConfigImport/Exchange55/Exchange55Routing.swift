import MailTypes

/// The routing table as domains of a policy. The most specific row wins there; here a local domain has no exceptions,
/// so rows that forward a part of an inbound domain become rules of `refuse { }` that ask who may relay.
struct Exchange55Routing {
    private let routes: [Exchange55Model.Route]
    private let forwards: Bool

    init(_ model: Exchange55Model) {
        // Without rerouting only mail for this server's users goes anywhere.
        forwards = model.reroutes
        routes = forwards ? model.routes : model.routes.filter { $0.target == .inbound }
    }

    /// What is taken for this server's users, or lies within that.
    var localPatterns: [(HostPattern, Origin)] {
        var exact: [Domain: Exchange55Model.Route] = [:]
        for route in routes where route.isExact { exact[route.domain] = route }
        return routes.flatMap { route -> [(HostPattern, Origin)] in
            guard route.target == .inbound else { return [] }
            let itself = (HostPattern(domain: route.domain, isBelow: false), route.origin)
            if route.isExact { return [itself] }
            let below = (HostPattern(domain: route.domain, isBelow: true), route.origin)
            return exact[route.domain] == nil ? [itself, below] : [below]
        }
    }

    /// Names that are forwarded although a name above them is inbound.
    var forwardedWithin: [Domain] {
        var seen: Set<Domain> = []
        // Of a name's two rows the exact one comes first, and decides for the name itself.
        return withinInbound.filter { seen.insert($0.domain).inserted && $0.target != .inbound }.map(\.domain)
    }

    /// Rows below an inbound row, the most specific first.
    private var withinInbound: [Exchange55Model.Route] {
        let inbound = Set(routes.filter { $0.target == .inbound && !$0.isExact }.map(\.domain))
        let within = routes.filter { route in
            var name = route.domain.parent
            while let ancestor = name {
                if inbound.contains(ancestor) { return true }
                name = ancestor.parent
            }
            return false
        }
        return within.enumerated().map { (place: $0, route: $1, labels: $1.domain.bytes.count { $0 == UInt8(ascii: ".") }) }
            .sorted { a, b in
                (a.route.isExact ? 0 : 1, -a.labels, a.place) < (b.route.isExact ? 0 : 1, -b.labels, b.place)
            }.map(\.route)
    }

    /// Every rule of a row repeats the lists; a bound for tables and lists that nobody ever had.
    private static let mostRepetitions = 200_000

    /// Rules for the rows that forward a part of an inbound domain.
    func exceptions(_ model: Exchange55Model, notes: inout ImportNotes) -> [RuleDraft] {
        var rows = withinInbound
        guard let first = rows.first(where: { $0.target != .inbound }) else { return [] }
        let entries = 1 + model.deny.count + model.allow.count + model.interfaces.count
        if rows.count > Self.mostRepetitions / entries {
            notes.obscure("\(rows.count) rows", at: first.origin, why: "too many rows within inbound domains for lists of this length")
            rows = Array(rows.prefix(Self.mostRepetitions / entries))
        }
        return rows.flatMap { route -> [RuleDraft] in
            let to = ["*@\(route.domain)"] + (route.isExact ? [] : ["*@*.\(route.domain)"])
            let patterns = to.map { Sourced($0, route.origin) }
            guard case .host(let host) = route.target else {
                var rule = RuleDraft(.pass, "inbound \(route.domain)", meaning: "an inbound name within a forwarded one", origin: route.origin)
                rule.to(patterns)
                return [rule]
            }
            return relayRules(model, "forwarded \(route.domain)", "to \(host)", patterns, route.origin)
        }
    }

    /// The restrictions for recipients that another host gets.
    private func relayRules(
        _ model: Exchange55Model, _ name: String, _ meaning: String, _ to: [Sourced<String>], _ origin: Origin
    ) -> [RuleDraft] {
        var rules: [RuleDraft] = []
        func add(_ verb: RuleDraft.Verb, _ condition: (inout RuleDraft) -> Void) {
            var rule = RuleDraft(verb, name, meaning: "\(meaning), which the restrictions rule", origin: origin)
            condition(&rule)
            rule.to(to)
            rules.append(rule)
        }
        let flags = model.flags ?? []
        if flags.contains(.deny) { add(.reject) { $0.from(Exchange55Importer.ranges(model.deny)) } }
        if model.isOpen {
            add(.pass) { _ in }
            return rules
        }
        if flags.contains(.allow) { add(.pass) { $0.from(Exchange55Importer.ranges(model.allow)) } }
        if flags.contains(.interfaces) { add(.pass) { $0.localAddress(Exchange55Importer.ranges(model.interfaces)) } }
        if flags.contains(.authenticated) { add(.pass) { $0.login() } }
        add(.reject) { _ in }
        return rules
    }
}
