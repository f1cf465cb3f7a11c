import Diagnostics
import MailTypes

extension Policy {
    /// Why `condition` of `rule` does not fit, or cannot be told to, in people's words.
    func because(
        _ condition: Condition, of rule: Rule, _ request: RelayRequest, to path: ForwardPath, isUnknown: Bool
    ) -> String {
        let conditions = rule.conditions
        switch condition {
        case .from where isUnknown, .localAddress where isUnknown:
            return "the balancer did not say from where to where the client connected"
        case .from:
            return "\(request.client) is not in \(conditions.from?.text ?? "")"
        case .name:
            return request.becauseOfName(conditions.name)
        case .localAddress:
            guard let address = request.localAddress else { return "the address connected to is not given" }
            return "\(address), to which the client connected, is not in \(conditions.localAddress?.text ?? "")"
        case .listener:
            let wanted = listing(conditions.listeners ?? [])
            return request.listener.map { "this is listener \($0), not \(wanted)" } ?? "no listener is named"
        case .helo:
            return request.becauseOfHELO(conditions.helo)
        case .login:
            return becauseOfLogin(conditions.login, request)
        case .tls:
            if case .certificate(let accepted)? = conditions.tls {
                return "the client showed no certificate of \(listing(accepted))"
            }
            return "the connection has no TLS"
        case .pop:
            if !isUnknown { return "there is no recent POP login from \(request.client)" }
            return request.popLogin == .unknown
                ? "recent POP logins could not be looked up"
                : "the clock is behind, so nobody can tell whether the POP login is recent"
        case .sender:
            return "\(request.reversePath.text) is not in \(conditions.sender?.text ?? "")"
        case .senderOwnedByLogin:
            return becauseOfOwnership(rule, request, isUnknown: isUnknown)
        case .to:
            return "\(path.text) is not in \(conditions.to?.text ?? "")"
        case .until:
            let day = rule.until?.description ?? ""
            return isUnknown
                ? "the clock is behind, so nobody can tell whether \(day) is past" : "it ended with \(day)"
        }
    }

    private func becauseOfLogin(_ condition: Conditions.LoginCondition?, _ request: RelayRequest) -> String {
        switch request.login {
        case .unknown: return "the login could not be verified"
        case .absent:
            if let listener = listener(of: request), let at = listener.authNeverAt {
                return "this listener has auth never (\(at.lineReference))"
            }
            return "the client has not logged in"
        case .known(let login):
            if let condition, !condition.holds(name: login.name) {
                return "the login \(login.name) is not \(listing(condition.names ?? []))"
            }
            let mechanisms = listing(condition?.mechanisms ?? [])
            return login.mechanism.map { "\(login.name) logged in by \($0), not by \(mechanisms)" }
                ?? "how \(login.name) logged in is not known, and it must be by \(mechanisms)"
        }
    }

    private func becauseOfOwnership(_ rule: Rule, _ request: RelayRequest, isUnknown: Bool) -> String {
        let sender = request.reversePath.text
        if isUnknown { return "the login that \(sender) should belong to could not be looked up" }
        var logins: [String] = []
        if rule.conditions.login != nil || !rule.conditions.needsPOPLogin, case .known(let login) = request.login {
            logins.append(login.name)
        }
        if rule.conditions.needsPOPLogin, case .known(let login) = request.popLogin {
            logins.append(login.name ?? "a POP login without a name")
        }
        return logins.isEmpty
            ? "nobody has logged in to whom \(sender) could belong" : "\(sender) does not belong to \(listing(logins))"
    }
}

extension RelayRequest {
    fileprivate func becauseOfName(_ condition: Conditions.HostNames?) -> String {
        switch (clientName, condition) {
        case (.confirmed(let name), .oneOf(let exact, let below)?):
            "the client's name \(name) is not \(listing(exact, orBelow: below))"
        case (.confirmed(let name), _): "the client has a confirmed name, \(name)"
        case (.absent, _): "the client's address has no name"
        case (.forged, _): "the name of the client's address does not lead back to it"
        case (.temporary, _): "the client's name could not be looked up"
        }
    }

    fileprivate func becauseOfHELO(_ condition: Conditions.HeloCondition?) -> String {
        let said = helo.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
        return switch (condition, heloStatus) {
        case _ where helo == nil: "the client said no HELO"
        case (.oneOf(let exact, let below)?, _): "the client said HELO \(said), not \(listing(exact, orBelow: below))"
        case (_, .temporary): "whether HELO \(said) leads to the client could not be looked up"
        case (_, .unasked): "whether HELO \(said) leads to the client was not asked"
        case (_, .verified): "HELO \(said) leads to the client"
        case (_, .unverified): "HELO \(said) does not lead to the client"
        }
    }
}

extension ReversePath {
    /// As people write it: `<>` or the bare mailbox.
    fileprivate var text: String {
        switch self {
        case .null: "<>"
        case .mailbox(let mailbox): String(decoding: mailbox.wireForm, as: UTF8.self)
        }
    }
}

extension ForwardPath {
    fileprivate var text: String {
        switch self {
        case .postmaster: "<postmaster>"
        case .mailbox(let mailbox): String(decoding: mailbox.wireForm, as: UTF8.self)
        }
    }
}

/// `a, b or c`; a long list is cut, since the rule itself is one look away.
private func listing(_ words: [String]) -> String {
    let shown = words.count > 4 ? words.prefix(3) + ["\(words.count - 3) more"] : words[...]
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "any" }
    return shown.dropLast().joined(separator: ", ") + " or " + last
}

private func listing(_ exact: [Domain], orBelow ancestors: [Domain]) -> String {
    listing(exact.map(\.description) + ancestors.map { "*.\($0)" })
}
