import MailTypes
import RelayPolicy

/// The way from a question about a client to its answer, without the I/O: DNS questions out, their answers in, one at a
/// time.
///
/// **The client's name** is confirmed when its address has it (PTR) and it has the address (A or AAAA, RFC 2505 §2.1): the
/// owner of an address can give it any name, and only the owner of a name can give that an address. Of several names the
/// first in the order of their bytes that is confirmed counts, and only the first `mostNames` are tried; what is no host
/// name is passed over. Not the order of the answer, which resolvers shuffle: the same client must have the same name each
/// time. For the same reason a name that could not be asked ends the search: a later one may not take its place, or a
/// fault of the DNS would give a client another name than it has.
///
/// **The name in HELO** is verified when it has the client's address.
public struct NameLookup: Sendable {
    /// Names of one address that are tried.
    public static let mostNames = 10

    public enum Step: Hashable, Sendable {
        case ask(DNSQuestion)
        /// For so many seconds. Nil: could not be found out.
        case found(NameAnswer, seconds: UInt32?)
    }

    private enum State {
        case askingForNames
        /// The first of `names` is being asked for its addresses.
        case confirming(names: ArraySlice<Domain>)
        case verifying
    }

    private let question: NameQuestion
    private let client: IPAddress
    private var state = State.askingForNames
    private var seconds = UInt32.max

    /// The machine, and what it does first.
    public static func begin(_ question: NameQuestion) -> (NameLookup, Step) {
        var lookup = NameLookup(question)
        let step = lookup.begin()
        return (lookup, step)
    }

    private init(_ question: NameQuestion) { (self.question, client) = (question, question.client) }

    private mutating func begin() -> Step {
        switch question {
        case .clientName:
            return .ask(DNSQuestion(name: DNSName(reverseOf: client), type: .ptr))
        case .helo(let name, _):
            state = .verifying
            return askForAddresses(of: name) ?? .found(.helo(.unverified), seconds: seconds)
        }
    }

    /// The answer to what was asked last.
    public mutating func answered(_ answer: DNSAnswer) -> Step {
        switch answer {
        case .records(_, let seconds), .none(let seconds): self.seconds = min(self.seconds, seconds)
        case .failed: break
        }
        switch state {
        case .askingForNames: return namesAnswered(answer)
        case .confirming(let names): return addressesAnswered(answer, names)
        case .verifying:
            guard let holds = holdsClient(answer) else { return .found(.helo(.temporary), seconds: nil) }
            return .found(.helo(holds ? .verified : .unverified), seconds: seconds)
        }
    }

    private mutating func namesAnswered(_ answer: DNSAnswer) -> Step {
        guard case .records(let records, _) = answer else {
            return answer == .failed
                ? .found(.clientName(.temporary(nil)), seconds: nil) : .found(.clientName(.absent), seconds: seconds)
        }
        let names = records.compactMap { record in
            if case .name(let name) = record { name.domain } else { nil }
        }
        let distinct = Set(names).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return confirm(distinct.prefix(Self.mostNames))
    }

    private mutating func confirm(_ names: ArraySlice<Domain>) -> Step {
        var names = names
        while let name = names.first {
            state = .confirming(names: names)
            if let step = askForAddresses(of: name) { return step }
            names = names.dropFirst()
        }
        return .found(.clientName(.forged), seconds: seconds)
    }

    private mutating func addressesAnswered(_ answer: DNSAnswer, _ names: ArraySlice<Domain>) -> Step {
        guard let name = names.first else { preconditionFailure("addresses of no name were asked for") }
        switch holdsClient(answer) {
        case true?: return .found(.clientName(.confirmed(name)), seconds: seconds)
        case false?: return confirm(names.dropFirst())
        case nil:
            // The last one: this name or none.
            return .found(.clientName(.temporary(names.count == 1 ? name : nil)), seconds: nil)
        }
    }

    /// Nil for a name too long for the DNS, which has no address.
    private func askForAddresses(of name: Domain) -> Step? {
        DNSName(name).map { .ask(DNSQuestion(name: $0, type: .init(client.family))) }
    }

    /// Nil where nobody can tell.
    private func holdsClient(_ answer: DNSAnswer) -> Bool? {
        switch answer {
        case .records(let records, _): records.contains(.address(client))
        case .none: false
        case .failed: nil
        }
    }
}
