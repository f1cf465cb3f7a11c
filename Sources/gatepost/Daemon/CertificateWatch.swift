import Glibc
import JSONText
import MailTransport
import MailTypes
import Synchronization

/// Takes a renewed certificate without a reload: looks at its files every second, and shows the new one when it can be
/// read and the key is its own. Until then the old one stays.
final class CertificateWatch: Sendable {
    struct Status: Sendable {
        var certificate: String
        var expiry: Instant
        /// Why the files on disk are not what is shown.
        var trouble: String?
    }

    private struct State {
        var front: FrontCertificate?
        var stamps: [FileStamp] = []
        /// Of the last look. A trouble is one when it is met twice: two files are not replaced in one moment.
        var problem: String?
        var trouble: String?
        var isRunning = false
    }

    private let state = Mutex(State())
    private let note: @Sendable (KeyValuePairs<String, JSONValue>) -> Void

    init(note: @escaping @Sendable (KeyValuePairs<String, JSONValue>) -> Void) { self.note = note }

    /// Watches the files of `front` from now on.
    func watch(_ front: FrontCertificate?) {
        let starts = state.withLock { state in
            (state.front, state.stamps) = (front, front?.stamps ?? [])
            (state.problem, state.trouble) = (nil, nil)
            defer { state.isRunning = state.isRunning || front != nil }
            return !state.isRunning && front != nil
        }
        guard starts else { return }
        OwnThread.run { [weak self] in
            while self != nil {
                sleep(1)
                self?.look()
            }
        }
    }

    var status: Status? {
        state.withLock { state in
            state.front.map { Status(certificate: $0.certificate, expiry: $0.tls.expiry, trouble: state.trouble) }
        }
    }

    private func look() {
        let (front, known, problem) = state.withLock { ($0.front, $0.stamps, $0.problem) }
        guard let front else { return }
        let stamps = [front.certificate, front.key].map(FileStamp.init)
        guard stamps != known || problem != nil else { return }
        let found = Self.show(front)
        // A reload may have come between.
        let trouble: String?? = state.withLock { state in
            guard let current = state.front, current.tls === front.tls else { return .none }
            defer { (state.stamps, state.problem) = (stamps, found) }
            let isNews = found == nil || found == state.problem && found != state.trouble
            if isNews { state.trouble = found }
            return isNews ? .some(found) : .none
        }
        switch trouble {
        case .none: break
        case .some(nil):
            note([
                "tls": "renewed", "certificate": .string(front.certificate), "until": .string(front.tls.expiry.rfc3339()),
            ])
        case .some(let why?):
            note([
                "tls": "renewal-refused", "certificate": .string(front.certificate), "why": .string(why),
                "effect": "the old certificate is shown",
            ])
        }
    }

    /// Nil when the files are shown now.
    private static func show(_ front: FrontCertificate) -> String? {
        let certificate: [UInt8]
        let key: [UInt8]
        switch FileAccess.read(front.certificate) {
        case .success(let bytes): certificate = bytes
        case .failure(let problem): return "cannot read \(front.certificate): \(problem.message)"
        }
        switch FileAccess.read(front.key) {
        case .success(let bytes): key = bytes
        case .failure(let problem): return "cannot read \(front.key): \(problem.message)"
        }
        do throws(TLSProblem) {
            try front.tls.show(certificate: certificate, key: key)
            return nil
        } catch {
            switch error {
            case .certificate(let message): return "\(front.certificate): \(message)"
            case .key(let message): return "\(front.key): \(message)"
            case .pair: return "the key in \(front.key) is not that of the certificate"
            }
        }
    }
}
