import MailTypes
import RelayPolicy

/// Requests that a question is narrowed to. What is nil is not asked.
public struct Narrowing: Sendable {
    public enum Login: Sendable, Hashable {
        case none, any
        case named([String])
    }
    public var clients: AddressSet?
    public var login: Login?
    /// Without a recent POP login.
    public var withoutPOP = false
    public var senders: [PathPattern]?
    public var recipients: [PathPattern]?
    /// To what is not local in the (first) policy.
    public var toElsewhere = false
    /// Nil among them is a session without a named listener.
    public var listeners: [String]?
    public init() {}

    func criteria(_ writer: inout LineWriter) -> [Criterion] {
        var criterion = Criterion()
        if let clients { writer.require(.client(clients), .client, &criterion) }
        switch login {
        case nil: break
        case .some(.none): writer.forbid(.anyLogin, .login, &criterion)
        case .any: writer.require(.anyLogin, .login, &criterion)
        case .named(let names): writer.require(.login(LineWriter.folded(names)), .login, &criterion)
        }
        if withoutPOP { writer.forbid(.pop, .pop, &criterion) }
        if let senders { writer.require(.sender(LineWriter.folded(senders)), .sender, &criterion) }
        if let recipients { writer.require(.to(LineWriter.folded(recipients)), .to, &criterion) }
        if toElsewhere { writer.forbid(.isLocal(0), .to, &criterion) }
        if let listeners { writer.require(.listener(Set(listeners).sorted()), .listener, &criterion) }
        return [criterion]
    }
}
