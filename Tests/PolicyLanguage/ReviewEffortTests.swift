import PolicyReview
import RelayPolicy
import Testing

@testable import PolicyLanguage

/// What a review says when it costs more than it may.
@Suite("a review beyond its effort")
struct ReviewEffortTests {
    private let configuration: Configuration? = {
        let text = """
            version 1
            tests {
                only 192.0.2.0/24 relay-without-login
                never from 203.0.113.0/24 login none to elsewhere
            }
            relay {
                permit "office" { from 192.0.2.0/24 }
                permit "staff" { from 0.0.0.0/1  login any }
            }
            """
        return Configuration.read(Array(text.utf8), file: "gatepost.conf", purpose: .policyOnly, now: CorpusPolicies.now) {
            _ in .failure(FileProblem("no such file"))
        }.configuration
    }()

    @Test("with enough all is proved")
    func enough() throws {
        let review = PolicyReview(try #require(configuration), at: CorpusPolicies.now)
        #expect(review.strangersCanRelay == .no && review.unprovedTests == 0)
        #expect(review.failedTests.isEmpty && review.diagnostics.isEmpty)
    }

    @Test("a proof that is not made is a warning, a failure where proofs are required, and never a yes")
    func unproved() throws {
        let configuration = try #require(configuration)
        let tried = PolicyReview(configuration, at: CorpusPolicies.now, effort: 10)
        #expect(tried.failedTests.isEmpty && tried.unprovedTests == 2)
        #expect(tried.diagnostics.count { $0.message.hasPrefix("this test was not proved") } == 2)
        #expect(tried.diagnostics.contains { $0.message.hasPrefix("not all rules were asked") })
        #expect(tried.diagnostics.allSatisfy { $0.severity == .warning })
        let required = PolicyReview(configuration, at: CorpusPolicies.now, proofs: .required, effort: 10)
        #expect(required.failedTests.count == 2 && required.failedTests.allSatisfy { $0.severity == .error })
        #expect(PolicyReview(configuration, at: CorpusPolicies.now, proofs: .skipped, effort: 10).unprovedTests == 0)
    }

    @Test("strangers that a coarse reading cannot rule out are a critical finding")
    func strangers() throws {
        var configuration = try #require(configuration)
        #expect(PolicyReview(configuration, at: CorpusPolicies.now, effort: 10).strangersCanRelay == .no)
        configuration.policy.relay[1].conditions.login = nil
        let review = PolicyReview(configuration, at: CorpusPolicies.now, effort: 10)
        #expect(review.strangersCanRelay == .cannotTell)
        let finding = try #require(review.diagnostics.first { $0.severity == .critical })
        #expect(finding.message.hasPrefix("strangers may be able to relay"))
    }
}
