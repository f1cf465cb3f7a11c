import ArgumentParser
import Glibc
import MailTypes

/// A host's full name.
struct HostName {
    let text: String
    /// It is a placeholder, since the host could not say.
    let isInvented: Bool

    private init(_ text: String, isInvented: Bool) { (self.text, self.isInvented) = (text, isInvented) }

    init(given: String) throws {
        guard let domain = Domain(given), !domain.isLiteral else {
            throw ValidationError("`\(given)` is not a host or domain name.")
        }
        self.init(domain.description, isInvented: false)
    }

    /// What the host calls itself, if that is a full name, else what the resolver makes of it.
    static func ofThisHost() -> HostName {
        for name in [nodeName(), nodeName().flatMap(canonicalName)] {
            if let name, name.contains("."), let domain = Domain(name), !domain.isLiteral {
                return HostName(domain.description, isInvented: false)
            }
        }
        return HostName("mail.example.com", isInvented: true)
    }

    /// The domain that the host is in; the name itself where nothing is left.
    var parent: String {
        let labels = text.split(separator: ".")
        return labels.count > 2 ? labels.dropFirst().joined(separator: ".") : text
    }

    private static func nodeName() -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func canonicalName(of name: String) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_CANONNAME
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        return list?.pointee.ai_canonname.map { String(cString: $0) }
    }
}
