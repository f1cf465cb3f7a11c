import MailTypes
import PolicyLanguage
import PolicyReview

extension ReadResult {
    /// What is said beyond the reading: of the whole file, or of its policy and tests where the errors are elsewhere.
    func review(proofs: PolicyReview.Proofs = .tried, effort: Int) -> PolicyReview? {
        if let configuration {
            return PolicyReview(configuration, on: .ofThisHost(), at: .now, proofs: proofs, effort: effort)
        }
        return policyBesideErrors.map {
            PolicyReview($0, tests: testsBesideErrors, at: .now, proofs: proofs, effort: effort)
        }
    }
}
