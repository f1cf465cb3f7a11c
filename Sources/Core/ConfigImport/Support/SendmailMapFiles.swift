import Diagnostics
import MailTypes

/// Maps that Sendmail reads in a compiled form, held against the text that an import reads: makemap has to run after every
/// change, and is forgotten.
struct SendmailMapFiles {
    struct Map {
        /// `hash`, `dbm`, …
        var kind: String
        /// As the configuration names it.
        var path: String
        /// Named without a configuration, so that the kind is what is usual.
        var isAssumed = false
    }

    private let source: ImportSource
    private let given: Set<String>

    init(_ source: ImportSource) { (self.source, given) = (source, Set(source.paths)) }

    /// Maps that features of an `.mc` bring with them, which lie in a file of their own name.
    static let features: Set<String> = [
        "access_db", "authinfo", "bitdomain", "domaintable", "genericstable", "mailertable", "uucpdomain", "virtusertable",
    ]

    /// The map of such a feature; `definition` is its first argument: `hash -o /etc/mail/mailertable`.
    static func map(ofFeature name: String, _ definition: String?) -> Map? {
        guard features.contains(name) else { return nil }
        let words = (definition ?? "").split(whereSeparator: SendmailCF.isBlank).map(String.init)
        guard words.count > 1, let path = words.last else {
            return Map(kind: "hash", path: "/etc/mail/\(name == "access_db" ? "access" : name)")
        }
        return Map(kind: words[0] == "DATABASE_MAP_TYPE" ? "hash" : words[0], path: path)
    }

    /// The maps of a sendmail.cf.
    static func maps(of configuration: SendmailCF) -> [Map] {
        configuration.maps.keys.sorted().compactMap { name in
            guard let map = configuration.maps[name], let path = map.argument.split(whereSeparator: SendmailCF.isBlank).last
            else { return nil }
            return Map(kind: map.kind, path: String(path))
        }
    }

    /// Texts of maps that were given without a configuration.
    var usual: [Map] {
        source.paths.filter { path in
            let base = path.split(separator: "/").last.map(String.init) ?? path
            return base == "access" || base != "access_db" && Self.features.contains(base)
        }.map { Map(kind: "hash", path: $0, isAssumed: true) }
    }

    /// `configuration` is the file that names the maps.
    func check(_ maps: [Map], in configuration: String, notes: inout ImportNotes) {
        for map in maps {
            guard let ending = Self.ending(of: map.kind), let text = text(of: map, in: configuration) else { continue }
            if given.contains(text + ending) {
                checkAge(of: text + ending, text, map, notes: &notes)
            } else {
                checkAbsence(of: text + ending, text, map, notes: &notes)
            }
        }
    }

    private func checkAge(of compiled: String, _ text: String, _ map: Map, notes: inout ImportNotes) {
        guard let made = source.modified(compiled), let written = source.modified(text), made < written else { return }
        notes.find(
            AuditFinding(
                "sendmail-map-stale", .warning, "\(compiled) is older than the text that it is made of", at: Self.start(of: text),
                why: "Sendmail looks into the compiled map alone, so what was changed since does not count; here the text is read",
                fix: Self.making(map, text)))
    }

    /// A folder without any compiled map is a copy of the texts, or one in which makemap never ran.
    private func checkAbsence(of compiled: String, _ text: String, _ map: Map, notes: inout ImportNotes) {
        guard source.root != nil, source.modified(text) != nil else { return }
        let isLive = source.paths.contains { path in Self.endings.contains { path.hasSuffix($0) } }
        notes.find(
            AuditFinding(
                "sendmail-map-not-made", isLive && !map.isAssumed ? .warning : .note, "there is no \(compiled)",
                at: Self.start(of: text),
                why: "Sendmail looks into the compiled map alone: if it is not on the server either, nothing of the text counts",
                fix: Self.making(map, text), confidence: isLive && !map.isAssumed ? .likely : .guess))
    }

    private static func start(of path: String) -> Origin { Origin(SourceLocation(file: path, line: 1, column: 1)) }

    private static func making(_ map: Map, _ text: String) -> String {
        let path = map.isAssumed ? text : withoutEnding(map.path)
        return "makemap \(map.kind) \(path) < \(path)"
    }

    // MARK: Files

    private static let endings = [".db", ".pag", ".dir", ".cdb"]

    /// Of kinds that are compiled.
    private static func ending(of kind: String) -> String? {
        switch kind.lowercased() {
        case "hash", "btree", "database_map_type": ".db"
        case "dbm": ".pag"
        case "cdb": ".cdb"
        default: nil
        }
    }

    private static func withoutEnding(_ path: String) -> String {
        endings.first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) } ?? path
    }

    /// The text among the given files: where the map is named, else by its name.
    private func text(of map: Map, in configuration: String) -> String? {
        let path = Self.withoutEnding(map.path)
        if map.isAssumed { return path }
        let named = source.resolve(path, namedIn: configuration)
        if given.contains(named) { return named }
        return source.paths(named: path.split(separator: "/").last.map(String.init) ?? path).first
    }
}
