import ConfigImport
import DecisionRecords
import MailTypes
import RelayPolicy
import SystemEmulation

/// A request as a test writes it, in the forms that a policy and an emulation take.
struct RelayRequestText: CustomStringConvertible {
    var client: String
    /// Without angle brackets; empty or `<>` is the null path.
    var sender: String
    var recipient: String
    /// `name=h.test forged=h.test temporary helo=h helo-true helo-false login=anna mechanism=PLAIN pop local=192.0.2.1 certificate=word`
    var further = "-"

    var description: String { "\(client) <\(sender)> → <\(recipient)> \(further)" }

    private var facts: [(key: String, value: String)] {
        further.split(separator: " ").filter { $0 != "-" }.map { fact in
            let parts = fact.split(separator: "=", maxSplits: 1).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    private var senderText: String { sender == "<>" ? "" : sender }

    var trial: TrialRequest {
        var facts = RelayRequest(
            client: IPAddress(client)!, forwardPath: WrittenPath(.postmaster), now: Instant("2026-06-01T12:00:00Z")!)
        for (key, value) in self.facts {
            switch key {
            case "name": facts.clientName = .confirmed(Domain(value)!)
            case "forged": facts.clientName = .forged
            case "temporary": facts.clientName = .temporary(nil)
            case "helo": facts.helo = Array(value.utf8)
            case "helo-true": facts.heloStatus = .verified
            case "helo-false": facts.heloStatus = .unverified
            case "login": facts.login = .known(.init(name: value, mechanism: mechanism))
            case "mechanism": break
            case "pop": facts.popLogin = .known(.init(name: nil))
            case "local": facts.localAddress = IPAddress(value)
            case "certificate": facts.certificates.append(value)
            default: preconditionFailure("unknown fact \(key)")
            }
        }
        return TrialRequest(facts: facts, sender: Array("<\(senderText)>".utf8), to: Array("<\(recipient)>".utf8))
    }

    private var mechanism: String? { facts.first { $0.key == "mechanism" }?.value }

    var emulated: EmulatedRequest {
        var request = EmulatedRequest(
            client: IPAddress(client)!, sender: Array(senderText.utf8), recipient: Array(recipient.utf8))
        for (key, value) in facts {
            switch key {
            case "name": request.name = .confirmed(Domain(value)!)
            case "forged": request.name = .forged(Domain(value)!)
            case "temporary": request.name = .temporaryFailure
            case "helo": request.helo = value
            case "helo-true": request.isHeloTrue = true
            case "helo-false": request.isHeloTrue = false
            case "login": request.login = value
            case "mechanism": request.mechanism = value
            case "pop": request.hasPOPLogin = true
            case "local": request.localAddress = IPAddress(value)
            case "certificate": request.certificates.append(value)
            default: preconditionFailure("unknown fact \(key)")
            }
        }
        return request
    }

    /// What a policy says: `permit` for delivery and relaying.
    func verdict(of policy: Policy) -> String { trial.judged(by: policy).explanation.decision.verdict.rawValue }

    /// What an emulation says, in the same words.
    func verdict(of system: any EmulatedSystem) -> String {
        switch system.decide(emulated) {
        case .accepted: "permit"
        case .refused, .refusedConnection: "reject"
        case .deferred: "defer"
        }
    }
}
