import ConfigImport
import MailTypes
import Testing

@Suite("entries that name clients")
struct ClientEntryTests {
    @Test(
        "addresses and networks",
        arguments: [
            ("192.0.2.1", ["192.0.2.1-192.0.2.1"]), ("10.1.*", ["10.1.0.0-10.1.255.255"]),
            ("10.1.*.*", ["10.1.0.0-10.1.255.255"]),
            ("10.0.0.0/8", ["10.0.0.0-10.255.255.255"]), ("10.0.0.1-10.0.0.3", ["10.0.0.1-10.0.0.3"]),
            ("10.0.0.0/255.0.0.0", ["10.0.0.0-10.255.255.255"]),
            ("10.1.[2-3].*", ["10.1.2.0-10.1.3.255"]), ("10.1-2.*.5-6", nil),
            ("10.1.2-3.5-6", ["10.1.2.5-10.1.2.6", "10.1.3.5-10.1.3.6"]),
            ("10.0-1.0.0-255", ["10.0.0.0-10.0.0.255", "10.1.0.0-10.1.0.255"]), ("2001:db8::1", ["2001:db8::1-2001:db8::1"]),
        ] as [(String, [String]?)])
    func addresses(text: String, ranges: [String]?) throws {
        guard case .addresses(let found)? = ClientEntry(text) else {
            Issue.record("\(text) names no addresses")
            return
        }
        if let ranges { #expect(found.map { "\($0.first)-\($0.last)" } == ranges) } else { #expect(found.count == 512) }
    }

    @Test("hosts", arguments: [("mail.a.test", "mail.a.test"), ("*.a.test", "*.a.test"), ("HOST", "host")])
    func hosts(text: String, pattern: String) {
        guard case .host(let host)? = ClientEntry(text) else {
            Issue.record("\(text) names no host")
            return
        }
        #expect("\(host)" == pattern)
    }

    @Test("neither", arguments: ["", "10.1", "10.1.2.300", "10.1.7-3.4", "*.*.*.7", "a b", "10.0.0.0/33", "10.0.0.1/255.0.0.0", "[::1", "*.", "a..b"])
    func neither(text: String) { #expect(ClientEntry(text) == nil) }
}
