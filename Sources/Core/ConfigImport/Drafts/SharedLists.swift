/// The long lists that several rules of a draft have in common: what one entry shields is the rest of a list, said again
/// for that entry alone.
struct SharedLists {
    struct Place {
        fileprivate let digest: Digest
        fileprivate let number: Int
    }

    /// To hash a list takes as long as to read it; copies of one are the same at a glance.
    fileprivate struct Digest: Hashable {
        let isOfAddresses: Bool
        let count: Int
        let first: RuleDraft.Value?
        let last: RuleDraft.Value?

        init(_ values: [RuleDraft.Value], _ keyword: String) {
            isOfAddresses = keyword == "from" || keyword == "local-address"
            (count, first, last) = (values.count, values.first, values.last)
        }
    }

    private struct List {
        var values: [RuleDraft.Value]
        var isShared = false
        var name: String?
    }

    private var lists: [Digest: [List]] = [:]

    /// Of lists of more than `short` values.
    init(_ rules: [RuleDraft], longerThan short: Int) {
        for line in rules.flatMap(\.lines) {
            for values in [line.values, line.exceptions] where values.count > short {
                let digest = Digest(values, line.keyword)
                if let number = lists[digest]?.firstIndex(where: { $0.values == values }) {
                    lists[digest]?[number].isShared = true
                } else {
                    lists[digest, default: []].append(List(values: values))
                }
            }
        }
    }

    /// Nil for a list that one line alone has.
    func place(of values: [RuleDraft.Value], _ keyword: String) -> Place? {
        let digest = Digest(values, keyword)
        return lists[digest]?.firstIndex { $0.isShared && $0.values == values }.map { Place(digest: digest, number: $0) }
    }

    /// What it is called, once it has a name.
    subscript(place: Place) -> String? {
        get { lists[place.digest]?[place.number].name }
        set { lists[place.digest]?[place.number].name = newValue }
    }
}
