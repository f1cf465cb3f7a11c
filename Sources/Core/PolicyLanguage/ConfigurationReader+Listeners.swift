import Diagnostics
import MailTypes
import RelayPolicy

/// `listen NAME { … }`
extension ConfigurationReader {
    private enum Offer: String, CaseIterable { case no, offered, required }
    private enum Login: String, CaseIterable { case never, offered, required }
    private enum Speech: String, CaseIterable { case smtp, postfixPolicy = "postfix-policy", milter }

    /// What a block says before it is put together.
    private struct Draft {
        var addresses: [Configuration.Listener.Address] = []
        var unixSockets: [Word] = []
        var hasTLSAddress: Bool { addresses.contains(where: \.implicitTLS) }
        var starttls = Offer.no
        var starttlsAt: SourceLocation?
        var login = Login.never
        var loginAt: SourceLocation
        var speech = Speech.smtp
        var observesAt: SourceLocation?
        var balancers = AddressSet()
    }

    mutating func readListeners() {
        /// Where each address was first written.
        var taken: [Endpoint: SourceLocation] = [:]
        for statement in statements["listen"] ?? [] {
            guard let name = statement.values.first, listeners.isFirst(name) else { continue }  // Already said.
            checkNothingBehindName(statement)
            var draft = Draft(loginAt: statement.at)
            readBlock(of: statement, .listen, repeatable: ["address"]) { reader, inner throws(Diagnostic) in
                try reader.readListenerStatement(inner, into: &draft, taken: &taken)
            }
            for socket in draft.unixSockets where draft.speech == .smtp {
                problems.add(
                    socket.problem(
                        "mail clients do not come by \(socket.shown)",
                        fix: "write ADDRESS:PORT, or `speaks postfix-policy` or `speaks milter`"))
            }
            if draft.addresses.isEmpty, draft.unixSockets.isEmpty, let block = statement.block,
                !block.statements.contains(where: { $0.keyword.says("address") })
            {
                problems.add(
                    name.problem(
                        "the listener `\(name.text)` has no address",
                        fix: "write `address 0.0.0.0:25 [::]:25` in its block"))
            }
            var listener = Configuration.Listener(
                name: name.text, addresses: draft.addresses, balancers: draft.balancers, at: statement.at)
            (listener.startTLSAt, listener.observesAt) = (draft.starttlsAt, draft.observesAt)
            configuration.listeners.append(listener)
            configuration.policy.listeners.append(
                Policy.Listener(
                    name: name.text, requiresLogin: draft.login == .required,
                    requiresTLS: draft.starttls == .required, observes: draft.observesAt != nil,
                    authNeverAt: draft.login == .never ? draft.loginAt : nil))
            if draft.login != .never, draft.starttls == .no, !draft.hasTLSAddress, !demandsTLSForLogins {
                warn(
                    "passwords may come unencrypted to the listener `\(name.text)`", at: draft.loginAt,
                    fix: "write `starttls required`, or `over-tls only` in `auth`")
            }
        }
    }

    private mutating func readListenerStatement(
        _ statement: Statement, into draft: inout Draft, taken: inout [Endpoint: SourceLocation]
    ) throws(Diagnostic) {
        var values = ValueCursor(statement)
        switch statement.keyword.text {
        case "address":
            guard !values.isAtEnd else { throw values.missing("ADDRESS:PORT") }
            while let word = values.next() {
                if let problem = readAddress(word, into: &draft, taken: &taken) { problems.add(problem) }
            }
        case "starttls":
            let word = try values.require("no, offered or required")
            draft.starttls = try word.choice()
            draft.starttlsAt = draft.starttls == .no ? nil : statement.at
        case "auth":
            let word = try values.require("never, offered or required")
            draft.login = try word.choice()
            draft.loginAt = statement.at
            if draft.login != .never { doesNotCarryOut("auth \(word.text)", at: statement.at) }
        case "proxy-protocol":
            try values.expect("from")
            let list = values.takeRest()
            guard !list.isEmpty else { throw values.missing("the balancers' addresses") }
            draft.balancers = addresses(list) ?? AddressSet()
        case "speaks":
            let word = try values.require("smtp, postfix-policy or milter")
            draft.speech = try word.choice()
            if draft.speech != .smtp { doesNotCarryOut("speaks \(word.text)", at: statement.at) }
        default:  // observe
            draft.observesAt = statement.at
        }
        try values.expectEnd()
    }

    private mutating func readAddress(
        _ word: Word, into draft: inout Draft, taken: inout [Endpoint: SourceLocation]
    ) -> Diagnostic? {
        if word.text.hasPrefix("unix:") {
            guard word.text.hasPrefix("unix:/") else {
                return word.problem(
                    "\(word.shown) is not an absolute path", fix: "write it as unix:/run/gatepost/policy.sock")
            }
            draft.unixSockets.append(word)
            return nil
        }
        do throws(Diagnostic) {
            let endpoint = try Endpoint(word, allowingName: false)
            guard case .address(let host) = endpoint.host else { return nil }
            var place = endpoint
            place.implicitTLS = false
            if let first = taken[place] {
                return word.problem(
                    "\(word.shown) is listened on already", fix: "leave one out; the first is in line \(first.line)")
            }
            taken[place] = word.at
            draft.addresses.append(
                Configuration.Listener.Address(
                    host: host, port: endpoint.port, implicitTLS: endpoint.implicitTLS, at: word.at))
            return nil
        } catch {
            return error
        }
    }

    /// `auth { over-tls only }`
    private var demandsTLSForLogins: Bool {
        single("auth")?.block?.statements.contains {
            $0.keyword.says("over-tls") && $0.values.first?.says("only") == true
        } ?? false
    }
}
