import JSONText

/// What became of every attempt, without the gate and behind it.
struct DemoReport {
    struct Row: Sendable {
        let attempt: DemoAttempt
        let unguarded: Result
        let guarded: Result
    }

    /// What the demonstration claims of each attempt.
    enum Claim: Sendable {
        /// The server alone lets all of it out.
        case openToAll
        /// The server alone lets some of it out, and loses some that is wanted; what it takes, it takes behind the gate.
        case emulated
    }

    struct Result: Sendable {
        let outcome: DemoClient.Outcome
        /// What of this attempt arrived.
        let arrivals: [DemoServer.Arrival]

        var arrived: Bool { !arrivals.isEmpty }
        var relayed: Bool { arrivals.contains(where: \.isRelayed) }

        var text: String {
            if let relayed = arrivals.last(where: \.isRelayed) { return "went out to \(relayed.destination)" }
            return arrived ? "delivered" : outcome.text
        }
    }

    let rows: [Row]
    let claim: Claim

    var isGood: Bool {
        rows.allSatisfy(isAsExpected) && rows.contains { !$0.attempt.isWanted && $0.unguarded.relayed }
    }

    /// Unwanted mail must arrive without the gate (or the demonstration shows nothing) and not behind it.
    func isAsExpected(_ row: Row) -> Bool {
        switch claim {
        case .openToAll:
            row.attempt.isWanted ? row.unguarded.arrived && row.guarded.arrived : row.unguarded.relayed && !row.guarded.relayed
        case .emulated:
            row.attempt.isWanted ? row.guarded.arrived || !row.unguarded.arrived : !row.guarded.relayed
        }
    }

    func text(_ style: TerminalStyle) -> String {
        let left = rows.map { $0.attempt.client.rawValue.count + $0.attempt.what.count + 2 }.max() ?? 0
        let middle = max(rows.map(\.unguarded.text.count).max() ?? 0, 24)
        func line(_ a: String, _ b: String, _ c: String) -> String {
            a.padded(to: left + 2) + b.padded(to: middle + 2) + c
        }
        var lines = [line("", "the server alone", "behind Gatepost"), ""]
        for row in rows {
            let mark = isAsExpected(row) ? "" : "   <- not as it should be"
            lines.append(
                line("\(row.attempt.client.rawValue): \(row.attempt.what)", row.unguarded.text, row.guarded.text + mark))
        }
        return (lines + ["", summary]).joined(separator: "\n")
    }

    private var summary: String {
        let unwanted = rows.filter { !$0.attempt.isWanted }
        let wanted = rows.filter(\.attempt.isWanted)
        let open = unwanted.count { $0.unguarded.relayed }
        let leaks = unwanted.count { $0.guarded.relayed }
        let delivered = wanted.count { $0.guarded.arrived }
        return """
            The server alone relayed \(open) of \(unwanted.count) messages that are none of its business.
            Behind Gatepost \(leaks == 0 ? "none" : "\(leaks)") got out, and \(delivered) of \(wanted.count) wanted messages arrived.
            """
    }

    /// `members` say which server it was.
    func json(_ members: [JSONValue.Member] = []) -> JSONValue {
        .object(members + [
            .init("ok", .bool(isGood)),
            .init("attempts", .array(rows.map { row in
                .object([
                    .init("id", .string(row.attempt.id)), .init("what", .string(row.attempt.what)),
                    .init("client", .string(row.attempt.client.address)),
                    .init("sender", .string(row.attempt.sender)), .init("to", .string(row.attempt.to)),
                    .init("unguarded", .string(row.unguarded.text)), .init("guarded", .string(row.guarded.text)),
                    .init("expected", .bool(isAsExpected(row))),
                ])
            })),
        ])
    }
}

extension String {
    /// With spaces behind it, to `width` characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
