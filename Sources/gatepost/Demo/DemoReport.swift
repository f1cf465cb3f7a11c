import JSONText

/// What became of every attempt, without the gate and behind it.
struct DemoReport {
    struct Row: Sendable {
        let attempt: DemoAttempt
        let unguarded: Result
        let guarded: Result

        /// Unwanted mail must arrive without the gate (or the demonstration shows nothing) and not behind it.
        var isAsExpected: Bool {
            attempt.isWanted
                ? unguarded.arrived && guarded.arrived
                : unguarded.relayed && !guarded.relayed
        }
    }

    struct Result: Sendable {
        let outcome: DemoClient.Outcome
        /// Where messages of this attempt went.
        let destinations: [String]

        var arrived: Bool { !destinations.isEmpty }
        var relayed: Bool { destinations.contains { !$0.hasSuffix("@ours.test") } }

        var text: String {
            relayed ? "went out to \(destinations.last { !$0.hasSuffix("@ours.test") } ?? "")"
                : arrived ? "delivered" : outcome.text
        }
    }

    let rows: [Row]

    var isGood: Bool { rows.allSatisfy(\.isAsExpected) }

    func text(_ style: TerminalStyle) -> String {
        let left = rows.map { $0.attempt.client.rawValue.count + $0.attempt.what.count + 2 }.max() ?? 0
        let middle = max(rows.map(\.unguarded.text.count).max() ?? 0, 24)
        func line(_ a: String, _ b: String, _ c: String) -> String {
            a.padded(to: left + 2) + b.padded(to: middle + 2) + c
        }
        var lines = [line("", "the server alone", "behind Gatepost"), ""]
        for row in rows {
            let mark = row.isAsExpected ? "" : "   <- not as it should be"
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

    var json: JSONValue {
        .object([
            .init("ok", .bool(isGood)),
            .init("attempts", .array(rows.map { row in
                .object([
                    .init("id", .string(row.attempt.id)), .init("what", .string(row.attempt.what)),
                    .init("client", .string(row.attempt.client.address)),
                    .init("sender", .string(row.attempt.sender)), .init("to", .string(row.attempt.to)),
                    .init("unguarded", .string(row.unguarded.text)), .init("guarded", .string(row.guarded.text)),
                    .init("expected", .bool(row.isAsExpected)),
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
