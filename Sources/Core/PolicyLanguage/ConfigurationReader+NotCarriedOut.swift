import Diagnostics

/// Blocks whose words are read and checked, and which this version does not carry out yet (Meaning 17).
extension ConfigurationReader {
    mutating func readPartsNotCarriedOut() {
        let parts: [(String, BlockKind, (inout ConfigurationReader, Statement) throws(Diagnostic) -> Void)] = [
            (
                "pop-before-smtp", .popBeforeSMTP,
                { reader, statement throws(Diagnostic) in try reader.readPOPStatement(statement) }
            ),
            (
                "console", .console,
                { reader, statement throws(Diagnostic) in try reader.readConsoleStatement(statement) }
            ),
            (
                "metrics", .metrics,
                { reader, statement throws(Diagnostic) in try reader.readConsoleStatement(statement) }
            ),
            (
                "selfprobe", .selfprobe,
                { _, statement throws(Diagnostic) in
                    var values = ValueCursor(statement)
                    _ = try values.require("a duration").duration()
                    try values.expectEnd()
                }
            ),
        ]
        for (keyword, kind, read) in parts {
            guard let statement = single(keyword) else { continue }
            readBlock(of: statement, kind, read)
            doesNotCarryOut(keyword, at: statement.at)
        }
    }

    private func readPOPStatement(_ statement: Statement) throws(Diagnostic) {
        var values = ValueCursor(statement)
        switch statement.keyword.text {
        case "proxy":
            repeat {
                _ = try Endpoint(try values.require("ADDRESS:PORT"), allowingName: false)
            } while values.peek.map { !$0.says("to") } ?? false
            try values.expect("to")
            _ = try Endpoint(try values.require("the POP server's HOST:PORT"), allowingName: true)
        case "watch":
            let word = try values.require("journal:UNIT or file:NAME")
            let isPlace = ["journal:", "file:"].contains {
                word.text.hasPrefix($0) && word.text.utf8.count > $0.utf8.count
            }
            guard isPlace else { throw word.problem("\(word.shown) is no log", fix: "write journal:UNIT or file:NAME") }
        case "lasts":
            _ = try values.require("a duration").duration()
        default:  // counts
            if values.take("address") { break }
            try values.expect("network")
            let prefix = try values.require("/64")
            guard prefix.text.hasPrefix("/"), Word.decimal(prefix.text.utf8.dropFirst(), upTo: 128) != nil else {
                throw prefix.problem("\(prefix.shown) is no prefix", fix: "write it as /64")
            }
            if values.take("for") { try values.expect("IPv6") }
        }
        try values.expectEnd()
    }

    private mutating func readConsoleStatement(_ statement: Statement) throws(Diagnostic) {
        var values = ValueCursor(statement)
        if statement.keyword.text == "address" {
            repeat { _ = try Endpoint(try values.require("ADDRESS:PORT"), allowingName: false) } while !values.isAtEnd
        } else {
            let word = try values.require("file:NAME")
            guard word.text.hasPrefix("file:") else {
                throw word.problem("\(word.shown) is not a file", fix: "write it as file:NAME")
            }
            _ = usersFile(word)
        }
        try values.expectEnd()
    }
}
