import TestSupport

/// What requests of a test are made of; each value should be there for a reason: the ends of a range and their
/// neighbours, names on both sides of a border, every form of address.
struct RequestWorld {
    var clients: [String]
    /// Further facts, `-` for none.
    var further = ["-"]
    var senders: [String]
    var recipients: [String]

    /// How many requests there are.
    var count: Int { clients.count * further.count * senders.count * recipients.count }

    func request(_ number: Int) -> RelayRequestText {
        var rest = number
        func next<Element>(_ values: [Element]) -> Element {
            defer { rest /= values.count }
            return values[rest % values.count]
        }
        return RelayRequestText(client: next(clients), sender: next(senders), recipient: next(recipients), further: next(further))
    }

    /// All of them, or `most` that the seed chooses.
    func requests(most: Int, _ random: inout SeededRandom) -> [RelayRequestText] {
        count <= most ? (0..<count).map(request) : (0..<most).map { _ in request(.random(in: 0..<count, using: &random)) }
    }

    /// Forms at a domain that is not ours: taking them apart is that domain's matter.
    static let hiddenElsewhere = [
        "u%victim.test@partner.test", "victim.test!u@partner.test", "\"u@victim.test\"@partner.test", "u%ours.test@partner.test",
        "u@ours.test@partner.test",
    ]

    /// Every way to hide `victim` behind `ours`, and both plainly.
    static func recipients(ours: [String], foreign: [String]) -> [String] {
        (ours + foreign).map { "u@\($0)" }
            + ours.flatMap { our in
                foreign.flatMap { other in
                    [
                        "u%\(other)@\(our)", "u%\(other)%\(our)@\(our)", "\(other)!u@\(our)", "@\(our):u@\(other)",
                        "\"u@\(other)\"@\(our)", "\"u%\(other)\"@\(our)",
                        "IMCEASMTP-u+40\(other.split(separator: ".").joined(separator: "+2E"))@\(our)",
                    ]
                }
            }
    }
}
