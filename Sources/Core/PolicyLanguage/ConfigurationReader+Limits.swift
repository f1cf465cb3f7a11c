import Diagnostics

/// `limits { … }` and `log { … }`
extension ConfigurationReader {
    mutating func readLimits() {
        guard let limits = single("limits") else { return }
        readBlock(of: limits, .limits) { reader, statement throws(Diagnostic) in
            var values = ValueCursor(statement.withCommasApart)
            try reader.readLimitsStatement(statement.keyword.text, &values)
            try values.expectEnd()
        }
    }

    private mutating func readLimitsStatement(_ keyword: String, _ values: inout ValueCursor) throws(Diagnostic) {
        switch keyword {
        case "connections":
            configuration.limits.connections = try values.requireCount()
            if values.take(",") {
                configuration.limits.connectionsForEachClient = try values.requireCount()
                try values.expect("for", "each", "client")
            }
        case "message-size":
            configuration.limits.messageSize = Int(try values.require("a size").size())
        case "recipients":
            configuration.limits.recipientsPerMessage = try values.requireCount()
            try values.expect("per", "message")
        case "bad-commands":
            configuration.limits.badCommands = try values.requireCount()
            if values.take(",") { try values.expect("then", "disconnect") }
        case "failed-logins":
            // Nobody can log in yet, so that nothing has to be counted.
            _ = try values.requireRate(then: "refuse")
        default:  // refused-relays
            configuration.limits.refusedRelays = try values.requireRate(then: "no", "relaying")
        }
    }

    mutating func readLog() {
        guard let log = single("log") else { return }
        readBlock(of: log, .log) { reader, statement throws(Diagnostic) in
            var values = ValueCursor(statement)
            switch statement.keyword.text {
            case "to":
                reader.configuration.log.destination = try values.require("journal or stderr").choice()
                if reader.configuration.log.destination == .journal {
                    reader.doesNotCarryOut("log to journal", at: statement.at)
                }
            case "format":
                reader.configuration.log.format = try values.require("text or json").choice()
            case "keep-decisions":
                reader.configuration.log.keptDecisions = try values.requireKeptDecisions()
            case "also":
                try values.expect("postfix-style")
                reader.doesNotCarryOut("also postfix-style", at: statement.at)
            default:  // redact
                try values.expect("local-parts")
                reader.doesNotCarryOut("redact", at: statement.at)
            }
            try values.expectEnd()
        }
    }
}

extension ValueCursor {
    /// `no`, or `90d`, or `90d up-to 4GB`
    fileprivate mutating func requireKeptDecisions() throws(Diagnostic) -> Configuration.KeptDecisions? {
        if take("no") { return nil }
        var kept = Configuration.KeptDecisions(age: try require("a duration, or no").duration())
        if take("up-to") {
            let word = try require("a size")
            kept.size = try word.size()
            guard kept.size >= Configuration.KeptDecisions.least else {
                throw word.problem("\(word.shown) is too little to keep anything", fix: "write 1MB or more")
            }
        }
        return kept
    }

    fileprivate mutating func requireCount() throws(Diagnostic) -> Int {
        Int(try require("a number").count())
    }

    /// `N per TIME for each client, then … TIME`
    fileprivate mutating func requireRate(then consequence: String...) throws(Diagnostic)
        -> Configuration.Limits.RefusedRelays
    {
        let count = try requireCount()
        try expect("per")
        let window = try require("a duration").period()
        try expect("for", "each", "client", ",", "then")
        for word in consequence { try expect(word) }
        return Configuration.Limits.RefusedRelays(
            count: count, window: window, ban: try require("a duration").duration())
    }
}

extension Statement {
    /// `1000, 20` as three values: in `limits` a comma behind a value is a word of its own.
    fileprivate var withCommasApart: Statement {
        var statement = self
        statement.values = values.flatMap { word -> [Word] in
            guard !word.isQuoted, word.text.count > 1, word.text.hasSuffix(",") else { return [word] }
            var (value, comma) = (word, word)
            value.text.removeLast()
            value.at.length -= 1
            comma.text = ","
            comma.at.column += value.at.length
            comma.at.length = 1
            return [value, comma]
        }
        return statement
    }
}
