import ConfigImport

extension ImportSource {
    /// Files by name.
    init(held files: [String: [UInt8]], root: String? = nil) {
        self.init(held: files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, root: root)
    }

    /// Texts by file name.
    init(held files: [String: String], root: String? = nil) { self.init(held: files.mapValues { Array($0.utf8) }, root: root) }
}
