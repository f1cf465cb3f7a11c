import ConfigImport
import JSONText

extension ConfigAudit {
    /// As SARIF 2.1.0, which code hosts and editors read.
    public func sarif(ignoring ignored: [AuditFinding: IgnoreList.Entry], version: String) -> JSONValue {
        var ids: [String] = []
        for id in findings.map(\.id) + (imported.notes.opaque.isEmpty ? [] : [Self.opaqueID]) where !ids.contains(id) {
            ids.append(id)
        }
        let positions = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        let results =
            findings.map { result($0, positions[$0.id] ?? 0, ignored[$0]) }
            + imported.notes.opaque.map { result($0, positions[Self.opaqueID] ?? 0) }
        let driver = JSONValue.object([
            .init("name", "gatepost"), .init("version", .string(version)), .init("rules", .array(ids.map(rule))),
        ])
        return .object([
            .init("$schema", "https://json.schemastore.org/sarif-2.1.0.json"), .init("version", "2.1.0"),
            .init(
                "runs",
                .array([
                    .object([
                        .init("tool", .object([.init("driver", driver)])), .init("results", .array(results)),
                        .init("columnKind", "unicodeCodePoints"),
                    ])
                ])),
        ])
    }

    private static let opaqueID = "not-understood"

    private func rule(_ id: String) -> JSONValue {
        let finding = findings.first { $0.id == id }
        let text = finding?.why ?? "this part may change who can relay, and is not understood"
        return .object([.init("id", .string(id)), .init("shortDescription", .object([.init("text", .string(text))]))])
    }

    private func result(_ finding: AuditFinding, _ position: Int, _ ignored: IgnoreList.Entry?) -> JSONValue {
        let level =
            switch finding.severity {
            case .critical: "error"
            case .warning: "warning"
            case .note: "note"
            }
        let fix = finding.fix.map { " To mend it, write: \($0)" } ?? ""
        var members = members(finding.id, position, level, "\(finding.message): \(finding.why).\(fix)", finding.at)
        if let ignored {
            let suppression = JSONValue.object([
                .init("kind", "external"), .init("justification", .string("\(ignored.because) (until \(ignored.until))")),
            ])
            members.append(.init("suppressions", .array([suppression])))
        }
        return .object(members)
    }

    private func result(_ part: OpaquePart, _ position: Int) -> JSONValue {
        .object(members(Self.opaqueID, position, "warning", "not understood: `\(part.text)`: \(part.why)", part.at))
    }

    private func members(
        _ id: String, _ position: Int, _ level: String, _ message: String, _ origin: Origin
    ) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("ruleId", .string(id)), .init("ruleIndex", .number(position)), .init("level", .string(level)),
            .init("message", .object([.init("text", .string(message))])),
        ]
        if let at = origin.at {
            let region = JSONValue.object([
                .init("startLine", .number(max(at.line, 1))), .init("startColumn", .number(max(at.column, 1))),
            ])
            let physical = JSONValue.object([
                .init("artifactLocation", .object([.init("uri", .string(Self.uri(at.file)))])), .init("region", region),
            ])
            members.append(.init("locations", .array([.object([.init("physicalLocation", physical)])])))
        }
        return members
    }

    /// A path as a relative or absolute URI reference (RFC 3986 §4.2).
    private static func uri(_ path: String) -> String {
        var uri = path.hasPrefix("/") ? "file://" : ""
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: "~"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                uri += "%"
                uri.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
                uri.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 15)]))
            }
        }
        return uri
    }
}
