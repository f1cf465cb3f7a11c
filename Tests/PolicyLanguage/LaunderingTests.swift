import Diagnostics
import MailTypes
import PolicyLanguage
import PolicyReview
import Testing

@Suite("permitted addresses that may be anybody's")
struct LaunderingTests {
    private static func address(_ text: String) -> IPAddress { IPAddress(text)! }

    private static let host = HostFacts(
        interfaces: [
            .init(name: "lo", addresses: [address("127.0.0.1"), address("::1")]),
            .init(name: "eth0", addresses: [address("192.0.2.25")]),
            .init(name: "docker0", addresses: [address("172.17.0.1"), address("fd00:17::1")]),
            .init(name: "br-1f2e3d", addresses: [address("172.18.0.1")]),
        ],
        defaultGateways: [address("192.168.1.1")])

    private static let listeners = "listen public {\n    address  0.0.0.0:25\n}"

    private static func found(
        _ relay: String, listeners: String = listeners, refuse: String = "", host: HostFacts = host
    ) throws -> [String] {
        let text = """
            version 1
            local {
                domains  ours.test
            }
            upstream mta {
                server  192.0.2.26:25
            }
            route  local      mta
            route  elsewhere  mta
            \(listeners)
            refuse {
            \(refuse)
            }
            relay {
            \(relay)
            }
            """
        let result = Configuration.read(
            Array(text.utf8), file: "gatepost.conf", purpose: .serving, now: CorpusPolicies.now
        ) { _ in .failure(FileProblem("no such file")) }
        let configuration = try #require(result.configuration, "\(result.diagnostics)")
        let review = PolicyReview(configuration, on: host, at: CorpusPolicies.now)
        return review.diagnostics.compactMap { problem in
            if problem.id == "GP-004" { return "error: \(problem.message)" }
            return problem.message.contains("default gateway") ? "\(problem.severity.rawValue): \(problem.message)" : nil
        }
    }

    private static func permit(_ lines: String) -> String { "    permit \"p\" {\n        \(lines)\n    }" }

    @Test("a container bridge's own address, permitted on a public listener, is an error", arguments: [
        ("from 172.16.0.0/12", 2), ("from 172.17.0.1", 1), ("from 172.17.0.0/16", 1), ("from 172.17.0.2", 0),
        ("from 172.16.0.0/12 except 172.17.0.1 172.18.0.1", 0), ("from 172.16.0.0/12\n        login any", 0),
        ("from 172.16.0.0/12\n        pop logged-in", 0), ("from 172.16.0.0/12\n        tls client-certificate ca.pem", 0),
        ("from 172.16.0.0/12\n        sender a@ours.test", 2), ("from 172.16.0.0/12\n        until 2020-01-01", 0),
        ("from 172.16.0.0/12\n        observe", 0), ("from fd00::/8", 0), ("from 127.0.0.1", 0),
    ])
    func bridges(lines: String, count: Int) throws {
        #expect(try Self.found(Self.permit(lines)).count { $0.contains("bridge") } == count)
    }

    @Test("the listener counts: a public one, of the address's family, that does not demand a header", arguments: [
        ("listen a {\n    address  127.0.0.1:25\n}", 0),
        ("listen a {\n    address  10.0.0.1:25\n}", 0),
        ("listen a {\n    address  192.0.2.25:25\n}", 1),
        ("listen a {\n    address  [::]:25\n}", 0),
        ("listen a {\n    address  0.0.0.0:25\n    proxy-protocol  from 172.17.0.1\n}", 0),
        ("listen a {\n    address  0.0.0.0:25\n    proxy-protocol  from 10.0.0.5\n}", 1),
        ("listen a {\n    address  10.0.0.1:25\n    proxy-protocol  from 10.0.0.5\n}", 1),
    ])
    func listeners(text: String, count: Int) throws {
        #expect(try Self.found(Self.permit("from 172.17.0.0/16"), listeners: text).count == count)
    }

    @Test("a rule for another listener is no matter of the public one")
    func listenerLine() throws {
        let listeners = Self.listeners + "\nlisten inside {\n    address  127.0.0.1:2525\n}"
        #expect(try Self.found(Self.permit("from 172.17.0.0/16\n        listener inside"), listeners: listeners) == [])
        #expect(try Self.found(Self.permit("from 172.17.0.0/16\n        listener public"), listeners: listeners).count == 1)
    }

    @Test("an address that is refused before is not permitted")
    func refusedBefore() throws {
        let reject = "    reject \"r\" {\n        from 172.17.0.1\n    }\n"
        let permit = Self.permit("from 172.17.0.0/16")
        #expect(try Self.found(reject + permit) == [])
        #expect(try Self.found(permit + "\n" + reject).count == 1)
        #expect(try Self.found(permit, refuse: reject) == [])
        let narrow = "    reject \"r\" {\n        from 172.17.0.1\n        sender *@evil.example\n    }\n"
        #expect(try Self.found(narrow + permit).count == 1)
    }

    @Test("a balancer of one listener is permitted on another that demands nothing of it: an error")
    func balancers() throws {
        let listeners = """
            listen front {
                address  0.0.0.0:25
                proxy-protocol  from 10.0.0.5
            }
            listen submission {
                address  0.0.0.0:587
            }
            """
        let found = try Self.found(Self.permit("from 10.0.0.0/24"), listeners: listeners)
        #expect(found.count == 1 && found[0].contains("10.0.0.5") && found[0].contains("`submission`"))
        #expect(try Self.found(Self.permit("from 10.0.0.0/24\n        listener front"), listeners: listeners) == [])
        #expect(try Self.found(Self.permit("from 10.0.0.0/24 except 10.0.0.5"), listeners: listeners) == [])
        let both = listeners.replacing("587", with: "587\n    proxy-protocol  from 10.0.0.0/28")
        #expect(try Self.found(Self.permit("from 10.0.0.5"), listeners: both) == [])
    }

    @Test("the default gateway is a warning")
    func gateway() throws {
        let found = try Self.found(Self.permit("from 192.168.0.0/16"))
        #expect(found.count == 1 && found[0].hasPrefix("warning: ") && found[0].contains("192.168.1.1"))
        #expect(try Self.found(Self.permit("from 192.168.2.0/24")) == [])
    }

    @Test("what could not be learnt of the host is said")
    func unknownHost() throws {
        let host = HostFacts(problem: "not to be had")
        let text = "version 1\nlocal {\n    domains  ours.test\n}\nupstream m {\n    server  192.0.2.26:25\n}\nroute  local  m\nroute  elsewhere  m\n\(Self.listeners)\nrelay {\n\(Self.permit("from 10.0.0.1"))\n}\n"
        let result = Configuration.read(Array(text.utf8), file: "f", purpose: .serving, now: CorpusPolicies.now) { _ in
            .failure(FileProblem("no such file"))
        }
        let review = PolicyReview(try #require(result.configuration), on: host, at: CorpusPolicies.now)
        #expect(review.diagnostics.contains { $0.why == "not to be had" && $0.severity == .warning })
    }

    @Test("Linux's tables of routes")
    func routes() {
        let ipv4 = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
            eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
            ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
            eth1\t0000000A\t0100000A\t0003\t0\t0\t0\t000000FF\t0\t0\t0
            nonsense
            """
        #expect(HostFacts.defaultGateways(ipv4Routes: ipv4) == [Self.address("192.168.1.1")])
        let zeros = String(repeating: "0", count: 32)
        let ipv6 = """
            \(zeros) 00 \(zeros) 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0
            \(zeros) 00 \(zeros) 00 \(zeros) ffffffff 00000001 00000000 00200200       lo
            20010db8000000000000000000000000 40 \(zeros) 00 \(zeros) 00000100 00000001 00000000 00000001     eth0
            """
        #expect(HostFacts.defaultGateways(ipv6Routes: ipv6) == [Self.address("fe80::1")])
        #expect(HostFacts.defaultGateways(ipv4Routes: "") == [] && HostFacts.defaultGateways(ipv6Routes: "x") == [])
    }
}
