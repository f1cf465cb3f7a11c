import PolicyLanguage
import Testing

@Suite("the complete file")
struct CompleteFileTests {
    @Test("it is read without errors")
    func readsWithoutErrors() throws {
        let result = try CorpusPolicies.read("complete/gatepost.conf")
        #expect(result.configuration != nil, "\(CorpusPolicies.rendered(result))")
        #expect(result.diagnostics.allSatisfy { $0.severity == .warning })
    }
}
