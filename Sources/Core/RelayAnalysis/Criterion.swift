import MailTypes
import RelayPolicy

/// What one line of a list asks of a request, as a product: it fits when it fits in every dimension.
///
/// In a dimension a request has *features* (its client is in this set, its recipient is local). A criterion names
/// those that must and those that must not be there, so that every question of the analysis, of rules and of others,
/// has one form.
struct Criterion {
    struct Demand {
        var required: [Int] = []
        var forbidden: [Int] = []
    }
    /// By dimension; one that is not here is not asked about.
    var demands: [Int: Demand] = [:]

    mutating func require(_ feature: Int, in dimension: Int) {
        demands[dimension, default: Demand()].required.append(feature)
    }

    mutating func forbid(_ feature: Int, in dimension: Int) {
        demands[dimension, default: Demand()].forbidden.append(feature)
    }

    /// Whether it fits what has these features in `dimension`.
    func fits(_ features: Bits, in dimension: Int) -> Bool {
        guard let demand = demands[dimension] else { return true }
        return demand.required.allSatisfy(features.contains) && !demand.forbidden.contains(where: features.contains)
    }
}
