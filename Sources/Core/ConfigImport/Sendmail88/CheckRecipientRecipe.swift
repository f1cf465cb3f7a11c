/// The published recipes, by the name that `HACK()` has for them: what their rules do, in order.
enum CheckRecipientRecipe: String {
    case first = "check_rcpt"
    case second = "check_rcpt2"
    case third = "check_rcpt3"
    case fourth = "check_rcpt4"
    case fifth = "check_rcpt5"

    /// What stands in the file before the recipe: only that counts, since m4 reads from the top.
    struct Lists: Hashable {
        var addresses = false
        var addressesAreMap = false
        var names = false
        var destinations = false
    }

    static let addresses = "LocalIP"
    static let names = "LocalNames"
    static let destinations = "RelayTo"

    typealias Step = CheckRecipientModel.Step

    func steps(_ lists: Lists) -> [Step] {
        let address = address(lists)
        switch self {
        case .first:
            let destinations: [Step] = lists.destinations ? [.stop(class: Self.destinations, suffix: true)] : []
            let name: [Step] = lists.names ? [.takeName, .acceptOneWordName, .acceptName(class: Self.names, suffix: true)] : []
            return [.canonify, .dequote, .acceptBare, .suspect(.percent), .suspect(.at), .stop(class: "w", suffix: false)]
                + destinations + address + name + [.rejectAll]
        case .second where !lists.addresses && !lists.names:
            // The recipient is made canonical behind the client's rules alone, so no rule finds a host to refuse.
            return [.neverForClients]
        case .second:
            var name: [Step] = lists.names ? [.takeName, .acceptName(class: "w", suffix: true)] : []
            if lists.names, lists.destinations { name.append(.acceptName(class: Self.destinations, suffix: true)) }
            return name + address + [.canonify, .strip(class: "w", suffix: false)] + destinations(lists) + [.rejectHost]
        case .third:
            // With RelayTo our own names are not asked for: they have to stand in it too.
            let host = lists.destinations ? destinations(lists) : [.strip(class: "w", suffix: false)]
            return (lists.names ? name : address) + [.canonify] + host + [.rejectHost]
        case .fourth: return client(lists) + [.canonify] + hosts(lists) + [.rejectHost]
        case .fifth: return client(lists) + [.canonify] + hosts(lists) + [.markHost, .acceptSender, .rejectMarked]
        }
    }

    private func address(_ lists: Lists) -> [Step] {
        guard lists.addresses else { return [] }
        if lists.addressesAreMap { return [.takeAddress, .acceptMappedAddress] }
        return [.takeAddress, .acceptAddress(class: Self.addresses, demandsMore: self == .first)]
    }

    private var name: [Step] {
        [.takeName, .acceptName(class: "w", suffix: true), .acceptName(class: Self.names, suffix: true)]
    }

    /// With neither list it is the name that is asked for, of which class w may be the end.
    private func client(_ lists: Lists) -> [Step] {
        address(lists) + (lists.names || !lists.addresses ? name : [])
    }

    private func destinations(_ lists: Lists) -> [Step] {
        lists.destinations ? [.strip(class: Self.destinations, suffix: true)] : []
    }

    private func hosts(_ lists: Lists) -> [Step] { destinations(lists) + [.strip(class: "w", suffix: false)] }
}
