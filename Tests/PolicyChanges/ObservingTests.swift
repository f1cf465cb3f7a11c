import MailTypes
import PolicyChanges
import PolicyLanguage
import RelayPolicy
import Testing

/// Where something observes, everything passes: what would have permitted a request is asked of the rules.
@Suite("changes of a policy that observes")
struct ObservingChangesTests {
    private static let text = """
        version 1
        node { observe }
        local { domains ours.test }
        relay {
            permit "office" { from 192.0.2.0/24 }
        }

        """

    @Test("what would permit a request is found, and permits it when observe is taken out")
    func counterfactuals() throws {
        let configuration = try CounterfactualTests.configuration(Self.text)
        let request = try CounterfactualTests.request("198.51.100.7", "x@evil.test", "y@victim.test")
        let refusal = CounterfactualTests.decision(request, configuration.policy.withoutObservation)
        let found = Counterfactuals(
            of: request, refusal, configuration, Array(Self.text.utf8), file: "x.conf", files: CounterfactualTests.files)
        let narrow = try #require(found.suggestions.first { $0.kind == .addPermit })
        #expect(narrow.isForThisRequestAlone)
        let changed = String(decoding: try #require(narrow.bytes), as: UTF8.self)
        let guarding = try CounterfactualTests.configuration(changed.replacing("node { observe }", with: ""))
        #expect(CounterfactualTests.decision(request, guarding.policy).verdict == .permit)
    }

    @Test("who gains by a change is said, though everything passes already")
    func gain() throws {
        let old = try CounterfactualTests.configuration(Self.text)
        let wider = Self.text.replacing("192.0.2.0/24", with: "192.0.2.0/23")
        let change = ProposedChange(
            of: old, Array(Self.text.utf8), to: Array(wider.utf8), file: "x.conf", purpose: .policyOnly,
            at: CounterfactualTests.now, files: CounterfactualTests.files)
        #expect(change.gain?.clients.count(.v4) == 256)
        let open = Self.text.replacing("from 192.0.2.0/24", with: "from 0.0.0.0/0")
        let opening = ProposedChange(
            of: old, Array(Self.text.utf8), to: Array(open.utf8), file: "x.conf", purpose: .policyOnly,
            at: CounterfactualTests.now, files: CounterfactualTests.files)
        #expect(!opening.errors.isEmpty, "it would let strangers relay as soon as observe is gone")
    }
}
