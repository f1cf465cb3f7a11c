import Diagnostics
import Glibc
import MailTransport
import MailTypes
import PolicyLanguage
import RelayPolicy
import Sessions

/// The files that `tls`, `verify`, `login` and rules name, opened and read; each problem stands where its file is named.
struct OpenedFiles: Sendable {
    private(set) var front: FrontCertificate?
    /// By the upstream's name; those without TLS are not there.
    private(set) var upstreams: [String: UpstreamTLS] = [:]
    /// By the upstream's name; those that we log in to nowhere are not there.
    private(set) var logins: [String: ServerLogin] = [:]
    private(set) var problems: [Diagnostic] = []

    private let file: ConfigurationFile
    /// Credentials are there for the service alone, so that a check by hand cannot look at them.
    private let mayLackCredentials: Bool

    init(_ configuration: Configuration, of file: ConfigurationFile, at now: Instant, mayLackCredentials: Bool = false) {
        (self.file, self.mayLackCredentials) = (file, mayLackCredentials)
        for upstream in configuration.upstreams {
            open(upstream)
            openLogin(of: upstream)
        }
        if let tls = configuration.tls { open(tls, configuration.policy, now) }
    }

    // MARK: In front

    private mutating func open(_ tls: Configuration.TLS, _ policy: Policy, _ now: Instant) {
        let clientCertificates = clientCertificates(of: policy)
        guard let certificatePath = path(of: tls.certificate), let keyPath = path(of: tls.key) else { return }
        // Before they are read: what changes meanwhile is seen as a change.
        let stamps = [certificatePath, keyPath].map(FileStamp.init)
        let certificate = read(certificatePath, namedAt: tls.certificate.at)
        let key = read(keyPath, namedAt: tls.key.at)
        guard let certificate, let key else { return }
        do throws(TLSProblem) {
            let shown = try FrontTLS(
                certificate: certificate, key: key, minimum: tls.minimum == .tls13 ? .tls13 : .tls12,
                clientCertificates: clientCertificates)
            front = FrontCertificate(tls: shown, certificate: certificatePath, key: keyPath, stamps: stamps)
            checkExpiry(shown.expiry, tls.certificate.at, now)
        } catch {
            problems.append(Self.diagnostic(error, tls))
        }
    }

    private static func diagnostic(_ problem: TLSProblem, _ tls: Configuration.TLS) -> Diagnostic {
        switch problem {
        case .certificate(let message):
            Diagnostic(.error, message, at: tls.certificate.at, fix: "name a PEM file that begins with your certificate")
        case .key(let message): Diagnostic(.error, message, at: tls.key.at, fix: "name the PEM file of its private key")
        case .pair:
            Diagnostic(
                .error, "this key is not that of the certificate in line \(tls.certificate.at.line)", at: tls.key.at,
                fix: "name the two files that were made together; the certificate has to be the first in its file")
        }
    }

    private mutating func checkExpiry(_ expiry: Instant, _ place: SourceLocation, _ now: Instant) {
        let days = (expiry.seconds - now.seconds) / 86_400
        if expiry < now {
            warn("this certificate is over since \(expiry.day)", at: place, fix: "renew it; a running daemon takes the new one by itself")
        } else if days < 7 {
            warn("this certificate ends on \(expiry.day)", at: place, fix: "renew it; a running daemon takes the new one by itself")
        }
    }

    /// What rules ask clients for.
    private mutating func clientCertificates(of policy: Policy) -> ClientCertificates {
        var accepted = ClientCertificates()
        var seen: Set<String> = []
        for rule in policy.allRules {
            guard case .certificate(let words)? = rule.conditions.tls else { continue }
            for word in words where seen.insert(word).inserted { accept(word, of: rule, &accepted) }
        }
        return accepted
    }

    private mutating func accept(_ word: String, of rule: Rule, _ accepted: inout ClientCertificates) {
        if word.hasPrefix(CertificateWord.fingerprint) {
            return accepted.accept(fingerprint: String(word.dropFirst(CertificateWord.fingerprint.count)), as: word)
        }
        let path = word.hasPrefix("file:") ? String(word.dropFirst("file:".count)) : word
        guard let pem = read(file.resolve(path), namedAt: rule.at) else { return }
        if !accepted.accept(pem: pem, as: word) {
            fail("no certificate can be read in `\(path)`, which \"\(rule.name)\" names", at: rule.at, fix: "name a PEM file")
        }
    }

    // MARK: Behind

    private mutating func open(_ upstream: Configuration.Upstream) {
        guard upstream.startTLS != .no || upstream.servers.contains(where: \.implicitTLS) else { return }
        let verification: UpstreamTLS.Verification
        var place = upstream.at
        switch upstream.verification {
        case nil: verification = .none
        case .fingerprints(let digits): verification = .fingerprints(digits)
        case .authority(nil, let name): verification = .authority(pem: nil, .init(name))
        case .authority(let named?, let name):
            guard let path = path(of: named), let pem = read(path, namedAt: named.at) else { return }
            place = named.at
            verification = .authority(pem: pem, .init(name))
        }
        do throws(TLSProblem) {
            upstreams[upstream.name] = try UpstreamTLS(startTLS: .init(upstream.startTLS), verification: verification)
        } catch {
            let message = switch error {
            case .certificate(let message), .key(let message): message
            case .pair: "certificate and key do not belong together"
            }
            fail(message, at: place, fix: "name a PEM file of authorities")
        }
    }

    private mutating func openLogin(of upstream: Configuration.Upstream) {
        guard let login = upstream.login, let path = path(of: login.password),
            let bytes = read(path, namedAt: login.password.at)
        else { return }
        do throws(ServerLogin.Problem) {
            logins[upstream.name] = try ServerLogin(name: login.name, passwordFile: bytes)
        } catch {
            let message = switch error {
            case .empty: "`\(path)` is empty and should hold the password of `\(login.name)`"
            case .severalLines: "`\(path)` has several lines and should hold a password alone"
            case .nul: "a NUL in the password in `\(path)`, which no server can be told"
            case .tooLong: "`\(login.name)` and its password have more than \(ServerLogin.longest) bytes together"
            }
            fail(message, at: login.password.at, fix: "write the password into that file, and nothing else")
        }
    }

    // MARK: Files

    private mutating func path(of named: Configuration.NamedFile) -> String? {
        switch named.place {
        case .path(let path): return file.resolve(path)
        case .credential(let name):
            if let folder = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }) { return "\(folder)/\(name)" }
            let message = "credential:\(name) cannot be looked at: $CREDENTIALS_DIRECTORY is not set"
            let fix = "start the daemon by systemd with LoadCredential=\(name):PATH"
            if mayLackCredentials { warn(message, at: named.at, fix: fix) } else { fail(message, at: named.at, fix: fix) }
            return nil
        }
    }

    private mutating func read(_ path: String, namedAt place: SourceLocation) -> [UInt8]? {
        switch FileAccess.read(path) {
        case .success(let bytes): return bytes
        case .failure(let problem):
            fail("cannot read `\(path)`: \(problem.message)", at: place, fix: "create it, correct its name, or let this user read it")
            return nil
        }
    }

    private mutating func fail(_ message: String, at place: SourceLocation, fix: String) {
        problems.append(Diagnostic(.error, message, at: place, fix: fix))
    }

    private mutating func warn(_ message: String, at place: SourceLocation, fix: String) {
        problems.append(Diagnostic(.warning, message, at: place, fix: fix))
    }
}

/// The certificate in front, with the files that it came from.
struct FrontCertificate: Sendable {
    let tls: FrontTLS
    let certificate: String
    let key: String
    /// Of both files, from before they were read.
    let stamps: [FileStamp]
}

/// Tells one state of a file from another.
struct FileStamp: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Zeros where it cannot be had.
    init(_ path: String) {
        var status = stat()
        if stat(path, &status) != 0 { status = stat() }
        (device, number, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}

extension UpstreamTLS.ServerName {
    fileprivate init(_ name: Configuration.Upstream.ServerName) {
        switch name {
        case .anybodys: self = .anybodys
        case .ofServer: self = .ofServer
        case .written(let name): self = .written(name)
        }
    }
}
