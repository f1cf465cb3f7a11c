/// One command of a pipeline with its arguments.
struct PowerShellCommand {
    enum Value: Hashable {
        case text(String)
        /// `@{Add=…; Remove=…}`, keys in lower case.
        case table([String: [String]])
        /// An expression.
        case unknown
    }

    /// In lower case.
    var name: String
    /// Arguments without a parameter.
    var positional: [Value] = []
    /// In lower case; a switch has no values.
    var parameters: [String: [Value]] = [:]

    func texts(_ parameter: String) -> [String]? { parameters[parameter].flatMap(Self.texts) }

    static func texts(_ values: [Value]) -> [String]? {
        var texts: [String] = []
        for value in values {
            guard case .text(let text) = value else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// The first argument without a parameter, or `-Identity`.
    var identity: Value? { parameters["identity"]?.first ?? positional.first }

    /// `-Name`, or the first argument without a parameter: what a command that makes something calls it.
    var givenName: String? {
        if case .text(let name)? = parameters["name"]?.first ?? positional.first { name } else { nil }
    }

    /// Whether a switch is set: alone, or with `$true`.
    func isSet(_ parameter: String) -> Bool {
        guard let values = parameters[parameter] else { return false }
        return values.isEmpty || values == [.text("true")]
    }

    /// The commands of a pipeline. `variables` hold lists of texts; others are unknown values.
    static func pipeline(_ tokens: ArraySlice<PowerShellScript.Token>, _ variables: [String: [String]]) -> [PowerShellCommand] {
        tokens.split(separator: .pipe, omittingEmptySubsequences: false).map { part in
            var reader = ArgumentReader(tokens: part, variables: variables)
            return reader.command()
        }
    }

    /// Values up to the end; nil where something else stands there.
    static func values(_ tokens: ArraySlice<PowerShellScript.Token>, _ variables: [String: [String]]) -> [Value]? {
        var reader = ArgumentReader(tokens: tokens, variables: variables)
        let values = reader.values()
        return reader.isAtEnd ? values : nil
    }
}

private struct ArgumentReader {
    var tokens: ArraySlice<PowerShellScript.Token>
    let variables: [String: [String]]

    var isAtEnd: Bool { tokens.isEmpty }

    mutating func command() -> PowerShellCommand {
        guard case .word(let name)? = tokens.first else { return PowerShellCommand(name: "") }
        tokens.removeFirst()
        var command = PowerShellCommand(name: name.lowercased())
        while let token = tokens.first {
            if case .parameter(let parameter) = token {
                tokens.removeFirst()
                command.parameters[parameter] = startsValue ? values() : []
            } else {
                command.positional += startsValue ? values() : unknown()
            }
        }
        return command
    }

    private var startsValue: Bool {
        switch tokens.first {
        case .word, .text, .variable, .sign("@{"), .sign("@("), .sign("("): true
        default: false
        }
    }

    mutating func values() -> [PowerShellCommand.Value] {
        var values = value()
        while tokens.first == .comma {
            tokens.removeFirst()
            values += value()
        }
        return values
    }

    private mutating func unknown() -> [PowerShellCommand.Value] {
        tokens.removeFirst()
        return [.unknown]
    }

    private mutating func value() -> [PowerShellCommand.Value] {
        guard let token = tokens.popFirst() else { return [.unknown] }
        switch token {
        case .word(let text), .text(let text): return [.text(text)]
        case .variable("true"): return [.text("true")]
        case .variable("false"): return [.text("false")]
        case .variable("null"): return []
        case .variable(let name): return variables[name].map { $0.map(PowerShellCommand.Value.text) } ?? [.unknown]
        case .sign("@("), .sign("("): return group()
        case .sign("@{"): return [table()]
        default: return [.unknown]
        }
    }

    /// A list in parentheses; anything else in them is an expression.
    private mutating func group() -> [PowerShellCommand.Value] {
        var depth = 1
        let inner = tokens.prefix { token in
            switch token {
            case .sign("("), .sign("@("), .sign("@{"), .sign("{"): depth += 1
            case .sign(")"), .sign("}"): depth -= 1
            default: break
            }
            return depth > 0
        }
        tokens = tokens[inner.endIndex...].dropFirst()
        guard !inner.isEmpty else { return [] }
        let isList = inner.allSatisfy { token in
            switch token {
            case .text, .word, .variable, .comma: true
            default: false
            }
        }
        guard isList, inner.count % 2 == 1 else { return [.unknown] }
        return PowerShellCommand.values(inner, variables) ?? [.unknown]
    }

    private mutating func table() -> PowerShellCommand.Value {
        var table: [String: [String]] = [:]
        while let token = tokens.popFirst(), token != .sign("}") {
            guard case .word(let key) = token, tokens.first == .assign else { return skipTable() }
            tokens.removeFirst()
            guard let texts = PowerShellCommand.texts(values()) else { return skipTable() }
            table[key.lowercased(), default: []] += texts
        }
        return .table(table)
    }

    private mutating func skipTable() -> PowerShellCommand.Value {
        while let token = tokens.popFirst(), token != .sign("}") {}
        return .unknown
    }
}
