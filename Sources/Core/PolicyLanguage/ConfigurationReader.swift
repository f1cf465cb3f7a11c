import Diagnostics
import MailTypes
import RelayPolicy

/// Reads a gatepost.conf from the top: names first, so that their order in the file is free, then every block.
///
/// A problem never ends the reading: the statement that has it is left out, and all are said together.
struct ConfigurationReader {
    let file: String
    let purpose: ReadPurpose
    let now: Instant
    let files: FileReading

    var configuration = Configuration()
    var problems = Problems()
    var sources: [String: String] = [:]

    /// The statements of the top level, by their word.
    var statements: [String: [Statement]] = [:]
    var networks = NamedLists<IPRange>(kind: "network")
    var senders = NamedLists<PathPattern>(kind: "list of senders")
    /// What conditions made of single names of such lists.
    var patternSets: [String: PathPatternSet] = [:]
    var upstreams = NameTable(kind: "upstream")
    var listeners = NameTable(kind: "listener")
    var isOfNewerVersion = false
    var hasRuleAtTop = false
    var ruleNames = NameTable(kind: "rule")
    /// Every rule, with what the checks want to know beyond its meaning.
    var rules: [RuleReading] = []

    /// Files whose secrets no message may show, whoever else names them.
    var usersFiles: [String: UsersFileText] = [:]
    /// List files that were asked for; nil when one could not be read.
    var listFiles: [String: ListFile?] = [:]

    mutating func read(_ bytes: [UInt8]) -> ReadResult {
        let source = SourceText(bytes, file: file)
        sources[file] = source.string
        let tree = StatementParser.parse(source)
        problems.addProblemsOfForm(tree.problems)
        readVersion(tree.statements)
        if isOfNewerVersion {
            // What the rest means is for a newer program to say.
            return ReadResult(configuration: nil, diagnostics: problems.inFileOrder, sources: sources)
        }
        problems.excuse(UnreadNames(tree).uses)
        sort(tree.statements)
        defineNames()
        readNode()
        var apart = errors { $0.readUpstreams() }
        readListeners()
        apart += errors { $0.readTLSBlock() }
        readNetworksAndSenders()
        readLocal()
        readAuth()
        readRules()
        let isPolicyWhole = problems.errorCount == apart + problems.errorsOfMeaning
        readLimits()
        readLog()
        readPartsNotCarriedOut()
        readRoutes()
        readTests()
        checkCompleteness(tree.statements)
        checkObserving()
        checkWhatIsUnwise()
        configuration.notCarriedOut.sort { ($0.at.line, $0.at.column) < ($1.at.line, $1.at.column) }
        let diagnostics = problems.inFileOrder.map { usersFiles[$0.at.file]?.withoutSecrets($0) ?? $0 }
        var result = ReadResult(
            configuration: problems.hasErrors ? nil : configuration, diagnostics: diagnostics,
            sources: sources, notCarriedOut: configuration.notCarriedOut)
        result.names = definedNames
        if problems.hasErrors, isPolicyWhole {
            (result.policyBesideErrors, result.testsBesideErrors) = partBesideErrors
        }
        return result
    }

    /// How many errors `read` finds.
    private mutating func errors(_ read: (inout ConfigurationReader) -> Void) -> Int {
        let before = problems.errorCount
        read(&self)
        return problems.errorCount - before
    }

    /// Without permits that lack a proof, which are said already; and without tests then, since they may speak of those.
    private var partBesideErrors: (Policy, [PolicyTest]) {
        let unproved = Set(rules.filter(\.lacksProof).map(\.rule.name))
        var policy = configuration.policy
        policy.relay.removeAll { unproved.contains($0.name) }
        return (policy, unproved.isEmpty ? configuration.tests : [])
    }

    private var definedNames: DefinedNames {
        var names = DefinedNames()
        (names.rules, names.listeners) = (ruleNames.inFileOrder, listeners.inFileOrder)
        (names.networks, names.senders) = (networks.table.inFileOrder, senders.table.inFileOrder)
        return names
    }

    // MARK: Words for the blocks' readers

    /// Runs `body`; its problem is kept, and nil comes back instead of a value.
    mutating func attempt<Value>(
        _ body: (inout ConfigurationReader) throws(Diagnostic) -> Value
    ) -> Value? {
        do {
            return try body(&self)
        } catch {
            problems.add(error)
            return nil
        }
    }

    mutating func warn(_ message: String, at place: SourceLocation, why: String? = nil, fix: String? = nil) {
        problems.add(Diagnostic(.warning, message, at: place, why: why, fix: fix))
    }

    mutating func doesNotCarryOut(_ word: String, at place: SourceLocation, why: String? = nil) {
        configuration.notCarriedOut.append(Configuration.NotYet(word: word, at: place, why: why))
    }

    /// Reads each statement of a block; a word that is not in its table is an error, and so is one that may stand
    /// only once and comes twice.
    mutating func readBlock(
        of statement: Statement, _ kind: BlockKind, repeatable: Set<String> = [],
        _ body: (inout ConfigurationReader, Statement) throws(Diagnostic) -> Void
    ) {
        guard let block = statement.block else {
            let header = ([statement.keyword] + statement.values).map(\.text).joined(separator: " ")
            problems.add(
                Diagnostic(
                    .error, "`\(statement.keyword.text)` needs a block", at: statement.at,
                    fix: "write `\(header) {` … `}`"))
            return
        }
        var first: [String: SourceLocation] = [:]
        for inner in block.statements {
            guard !inner.keyword.isQuoted else { continue }  // Already said by the parser.
            guard kind.keywords.contains(inner.keyword.text) else {
                problems.add(unknown(inner.keyword, in: kind))
                continue
            }
            if !repeatable.contains(inner.keyword.text) {
                if let earlier = first[inner.keyword.text] {
                    problems.add(
                        inner.keyword.problem(
                            "\(inner.keyword.shown) twice in one block",
                            fix: "put it together with the one in line \(earlier.line)"))
                    continue
                }
                first[inner.keyword.text] = inner.at
            }
            if let block = inner.block, kind.block(of: inner.keyword.text) == .unknown {
                problems.add(Diagnostic(.error, "`\(inner.keyword.text)` takes no block", at: block.at,
                        fix: "write its values behind it in one line"))
                continue
            }
            do {
                try body(&self, inner)
            } catch {
                problems.add(error)
            }
        }
    }

    /// The one block of this word, if it is written.
    func single(_ keyword: String) -> Statement? { statements[keyword]?.first }

    func unknown(_ keyword: Word, in kind: BlockKind) -> Diagnostic {
        let place = kind == .top ? "" : " in \(kind.name)"
        let fix: String
        if let meant = kind.meaning(of: keyword.text) {
            fix = meant
        } else if let nearest = Suggestion.nearest(to: keyword.text, among: kind.keywords) {
            fix = "did you mean `\(nearest)`?"
        } else if kind != .top, BlockKind.top.keywords.contains(keyword.text) {
            fix = "`\(keyword.text)` stands outside of it; is a `}` missing?"
        } else {
            fix = "one of: \(kind.keywords.joined(separator: ", "))"
        }
        return keyword.problem("unknown word `\(keyword.text)`\(place)", fix: fix)
    }
}

extension Configuration {
    /// Reads a whole file. Every problem is said at once. `file` is its path as people know it.
    public static func read(
        _ bytes: [UInt8], file: String, purpose: ReadPurpose, now: Instant, files: FileReading
    ) -> ReadResult {
        withoutActuallyEscaping(files) { files in
            var reader = ConfigurationReader(file: file, purpose: purpose, now: now, files: files)
            return reader.read(bytes)
        }
    }
}
