import MailTypes
import RelayPolicy

/// Requests that ask any policy about everything that a rule can name.
public enum Probes {
    public static let requests: [RelayRequest] = {
        let paths = ["<postmaster>", "<info@ours.test>", "<y@there.test>", "<a%b.test@ours.test>", "<SRS0=a@ours.test>"]
        var requests: [RelayRequest] = []
        for (index, path) in paths.enumerated() {
            for client in [Site.office, Site.stranger] {
                let to = required(try? WrittenPath(parsing: Array(path.utf8)), path)
                var request = RelayRequest(client: client, forwardPath: to, now: Site.now)
                let sender = ["<>", "<anna@ours.test>", "<x@evil.test>"][index % 3]
                request.reversePath = required(try? ReversePath(parsing: Array(sender.utf8)), sender)
                request.listener = ["public", "submission", nil][index % 3]
                if index & 1 == 1 {
                    request.login = .known(.init(name: "anna", mechanism: "PLAIN"))
                    request.tlsVersion = "TLSv1.3"
                    request.certificates = ["ca.pem"]
                    request.heloStatus = .unverified
                }
                if index & 2 == 2 {
                    request.popLogin = .unknown
                    request.clientName = .temporary(nil)
                    request.helo = Array("a.test".utf8)
                }
                requests.append(request)
            }
        }
        return requests
    }()
}
