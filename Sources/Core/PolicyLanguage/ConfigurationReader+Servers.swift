import Diagnostics
import MailTypes
import RelayPolicy

/// `node`, `upstream`, `route` and `listen`: where the program stands, and between whom.
extension ConfigurationReader {
    mutating func readNode() {
        guard let node = single("node") else { return }
        readBlock(of: node, .node) { reader, statement throws(Diagnostic) in
            var values = ValueCursor(statement)
            switch statement.keyword.text {
            case "hostname":
                let word = try values.require("a host name")
                // What stands behind it is a problem of its own.
                reader.configuration.node.hostname = reader.attempt { _ throws(Diagnostic) in "\(try word.domain())" }
            case "state":
                reader.configuration.node.state = try values.require("a directory").nonEmptyText()
            case "resolver":
                repeat {
                    let word = try values.require("an address")
                    let resolver = try word.resolver()
                    guard !reader.configuration.node.resolvers.contains(resolver) else {
                        throw word.problem("\(word.shown) twice", fix: "leave one out")
                    }
                    reader.configuration.node.resolvers.append(resolver)
                } while !values.isAtEnd
            case "cluster":
                _ = try values.require("a URL")
                try values.expect("password")
                try values.require("credential:NAME").checkCredential()
                reader.doesNotCarryOut("cluster", at: statement.at)
            default:  // observe
                reader.configuration.policy.observes = true
                reader.configuration.node.observesAt = statement.at
            }
            try values.expectEnd()
        }
    }

    mutating func readUpstreams() {
        for statement in statements["upstream"] ?? [] {
            guard let name = statement.values.first, upstreams.isFirst(name) else { continue }  // Already said.
            checkNothingBehindName(statement)
            var upstream = Configuration.Upstream(name: name.text, servers: [], at: statement.at)
            readBlock(of: statement, .upstream, repeatable: ["server"]) { reader, inner throws(Diagnostic) in
                try reader.readUpstreamStatement(inner, into: &upstream)
            }
            if upstream.verification != nil,
                let place = statement.block?.statements.first(where: { $0.keyword.says("verify") })?.at,
                let problem = checkVerification(upstream, at: place)
            {
                problems.add(problem)
            }
            checkLogin(upstream)
            if upstream.servers.isEmpty, let block = statement.block,
                !block.statements.contains(where: { $0.keyword.says("server") })
            {
                problems.add(
                    name.problem(
                        "the upstream `\(name.text)` has no server", fix: "write `server ADDRESS:PORT` in its block"))
            }
            configuration.upstreams.append(upstream)
        }
    }

    private mutating func readUpstreamStatement(
        _ statement: Statement, into upstream: inout Configuration.Upstream
    ) throws(Diagnostic) {
        var values = ValueCursor(statement)
        let keyword = statement.keyword.text
        switch keyword {
        case "server":
            let word = try values.require("ADDRESS:PORT")
            let endpoint = try Endpoint(word, allowingName: true)
            let server = Configuration.Upstream.Server(
                host: endpoint.hostText, port: endpoint.port, implicitTLS: endpoint.implicitTLS,
                isBackup: values.take("backup"))
            if upstream.servers.contains(where: { $0.host == server.host && $0.port == server.port }) {
                throw word.problem("\(word.shown) twice in one upstream", fix: "leave one out")
            }
            upstream.servers.append(server)
        case "starttls":
            upstream.startTLS = try values.require("no, if-offered or required").choice()
        case "verify":
            upstream.verification = try readVerification(&values)
        case "tell-client-address":
            upstream.clientTelling = try values.require("xclient, proxy-v1 or proxy-v2").choice()
        default:  // login
            upstream.login = try readLogin(&values, at: statement.at)
        }
        try values.expectEnd()
    }

    mutating func readRoutes() {
        enum Use: String, CaseIterable { case local, elsewhere, clients }
        var first: [Use: SourceLocation] = [:]
        for statement in statements["route"] ?? [] {
            attempt { reader throws(Diagnostic) in
                var values = ValueCursor(statement)
                let word = try values.require("local, elsewhere or clients")
                let use = try word.choice(Use.self)
                if let first = first[use] {
                    throw word.problem(
                        "a second route for `\(word.text)`", fix: "leave one out; the first is in line \(first.line)")
                }
                first[use] = statement.at
                let upstream = try values.require("the name of an upstream")
                try values.expectEnd()
                try reader.checkUpstream(upstream)
                switch use {
                case .local: reader.configuration.policy.routes.local = upstream.text
                case .elsewhere: reader.configuration.policy.routes.elsewhere = upstream.text
                case .clients: reader.configuration.policy.routes.clients = upstream.text
                }
            }
        }
    }

    /// A policy alone may name upstreams of which it defines none.
    func checkUpstream(_ word: Word) throws(Diagnostic) {
        if upstreams.contains(word.text) || purpose == .policyOnly && upstreams.isEmpty { return }
        throw upstreams.unknown(word)
    }

    /// The same for listeners.
    func checkListener(_ word: Word) throws(Diagnostic) {
        if listeners.contains(word.text) || purpose == .policyOnly && listeners.isEmpty { return }
        throw listeners.unknown(word)
    }

    mutating func checkNothingBehindName(_ statement: Statement) {
        guard statement.values.count > 1 else { return }
        problems.add(
            statement.values[1].problem(
                "\(statement.values[1].shown) stands between the name and the block", fix: "leave it out"))
    }
}

extension Word {
    func nonEmptyText() throws(Diagnostic) -> String {
        guard !text.isEmpty else { throw problem("empty text") }
        return text
    }

    /// Secrets never stand in the file.
    func checkCredential() throws(Diagnostic) {
        guard text.hasPrefix("credential:"), text.utf8.count > "credential:".utf8.count else {
            throw problem(
                "a secret does not stand in this file",
                fix: "write credential:NAME and give it by systemd's LoadCredential=")
        }
    }
}
