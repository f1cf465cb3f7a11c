extension Sendmail89Reader {
    /// `ifdef` and `ifelse`: m4 decides which branch is left. Where none of them can change who may relay it does not matter
    /// which, as in the files for TLS that distributions include.
    mutating func readCondition(_ call: SendmailMC.Call) {
        if Self.branches(of: call).allSatisfy({ Self.isIdle($0) }) { return notes.ignore() }
        notes.obscure(call.text, at: call.origin, why: "m4 decides here what is left")
    }

    private static func branches(of call: SendmailMC.Call) -> [String] {
        guard call.name == "ifelse" else { return Array(call.arguments.dropFirst()) }
        // Two texts that are compared, then a branch; behind them the next three, or the last branch.
        var branches: [String] = []
        var rest = call.arguments[...]
        while rest.count >= 3 {
            branches.append(rest[rest.startIndex + 2])
            rest = rest.dropFirst(3)
        }
        return branches + rest
    }

    private static let deepestCondition = 8

    private static func isIdle(_ branch: String, depth: Int = 0) -> Bool {
        guard depth < deepestCondition, let file = try? ConfigFile(Array(branch.utf8), path: "branch") else { return false }
        return SendmailMC(file).items.allSatisfy { item in
            guard case .call(let call) = item else { return false }
            let name = call.argument(0) ?? ""
            switch call.name {
            case "define", "undefine": return Sendmail89Words.isIdleDefinition(name)
            case "ifdef", "ifelse": return branches(of: call).allSatisfy { isIdle($0, depth: depth + 1) }
            case "include": return Sendmail89Words.isOfDistribution(name)
            case "VERSIONID", "divert", "errprint": return true
            default: return false
            }
        }
    }
}
