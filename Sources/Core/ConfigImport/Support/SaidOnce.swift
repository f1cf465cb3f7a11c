/// Settings of which a file should have one line each. Where two lines say different things, which of them counts is
/// not documented for these systems: the first is kept, and the second is opaque.
struct SaidOnce {
    private var said: [String: (value: String, origin: Origin)] = [:]

    /// Whether the line may be taken: it is the first of its key, or says the same again.
    mutating func isFirst(
        _ key: String, _ value: String, _ text: String, at origin: Origin, notes: inout ImportNotes
    ) -> Bool {
        if let earlier = said[key], earlier.value != value {
            notes.obscure(
                text, at: origin, why: "said before in another way (\(earlier.origin)); which one counts is not documented")
            return false
        }
        said[key] = (value, origin)
        return true
    }
}
