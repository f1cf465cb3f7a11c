import Diagnostics
import RelayAnalysis
import RelayPolicy

extension [Counterfactual] {
    /// Of changes of one kind that let the same through, but for the listeners, only the mildest: to whoever chooses they
    /// are one.
    var withoutTwins: [Counterfactual] {
        var kept: [Counterfactual] = []
        for suggestion in self {
            if let index = kept.firstIndex(where: { $0.isTwin(of: suggestion) }) {
                if suggestion.isMilder(than: kept[index]) { kept[index] = suggestion }
            } else {
                kept.append(suggestion)
            }
        }
        return kept
    }
}

extension Counterfactual {
    fileprivate func isTwin(of other: Counterfactual) -> Bool {
        guard kind == other.kind, let gain, let others = other.gain else { return false }
        return gain.classesOnAnyListener == others.classesOnAnyListener
    }

    /// Fewer tests against it, then fewer listeners, then fewer lines.
    fileprivate func isMilder(than other: Counterfactual) -> Bool {
        price < other.price
    }

    private var price: (tests: Int, listeners: Int, lines: Int) {
        let changed = text?.lines.count { $0.sign != .kept } ?? 0
        return (failedTests.count, gain?.mostListeners ?? 0, changed)
    }
}

extension RightsGain {
    fileprivate struct LimitedClass: Hashable {
        let requests: RequestClass
        let limits: [Limit]
    }

    fileprivate var classesOnAnyListener: Set<LimitedClass> {
        Set(
            changes.map { change in
                var requests = change.grant.requests
                requests.listeners = nil
                return LimitedClass(requests: requests, limits: policy.relay[change.grant.rule].limits.map(\.withoutPlace))
            })
    }

    /// On how many listeners a class of it gains.
    fileprivate var mostListeners: Int {
        changes.map { $0.grant.requests.listeners?.count ?? .max }.max() ?? 0
    }
}

extension Limit {
    /// Where it stands in the file is no part of what it says.
    fileprivate var withoutPlace: Limit {
        var limit = self
        limit.at = SourceLocation(file: "", line: 0, column: 0)
        return limit
    }
}
