import ArgumentParser
import RelayAnalysis
import RelayPolicy

/// What commands say of the effort that an answer may cost.
enum EffortText {
    static let help = ArgumentHelp(
        "How many steps the answer may cost; where rules overlap a lot, more take longer and more memory.",
        valueName: "steps")

    /// Where the effort was spent, and what to type next. `narrowing` are the flags that narrow the question.
    static func problem(_ spent: EffortSpent, of policy: Policy, effort: Int, narrowing: String?) -> String {
        var place = "the rules overlap so much"
        if let rule = spent.rule.map({ policy.relay[$0] }) {
            place = "\"\(rule.name)\" (\(rule.at.lineReference)) overlaps so much"
            if !spent.others.isEmpty { place += " with \(counted(spent.others.count, "rule")) before it" }
        }
        let next = narrowing.map { "narrow the question (\($0)), or try" } ?? "try"
        return "\(place) that there is no answer within the effort; \(next) --effort \(effort.timesTen)"
    }
}

extension Int {
    /// Without overflow.
    var timesTen: Int {
        let (product, isTooMuch) = multipliedReportingOverflow(by: 10)
        return isTooMuch ? .max : product
    }
}
