import MailProtocols
import MailTypes
import Testing

@testable import Sessions

@Suite("STARTTLS towards a protected server")
struct UpstreamStartTLSTests {
    private static func session(_ startTLS: UpstreamSession.StartTLS, greeted: Bool = true) -> UpstreamSession {
        var session = UpstreamSession(hostname: "gate.test", startTLS: startTLS)
        if greeted { _ = session.hears("220 behind.test\r\n") }
        return session
    }

    private static let offering = "250-behind.test\r\n250-PIPELINING\r\n250 STARTTLS\r\n"
    private static let silent = "250-behind.test\r\n250 PIPELINING\r\n"

    @Test("it is asked for where it is offered", arguments: [UpstreamSession.StartTLS.ifOffered, .required])
    func offered(startTLS: UpstreamSession.StartTLS) {
        var session = Self.session(startTLS)
        #expect(session.hears(Self.offering) == [.send(Array("STARTTLS\r\n".utf8))])
        #expect(session.hears("220 2.0.0 go\r\n") == [.startTLS])
        #expect(!session.isReusable && session.awaitsReply, "a handshake is owed")
        #expect(session.capabilities == .least, "what was said in the clear is forgotten")
        #expect(session.tlsStarted() == [.send(Array("EHLO gate.test\r\n".utf8))])
        // The offer may not come again, and if it does it is nothing (RFC 3207 §4.2).
        #expect(session.hears("250-behind.test\r\n250-8BITMIME\r\n250 STARTTLS\r\n") == [.ready])
        #expect(session.capabilities.eightBitMIME && !session.capabilities.pipelining && session.isReusable)
    }

    @Test("no: it is not asked for")
    func no() {
        var session = Self.session(.no)
        #expect(session.hears(Self.offering) == [.ready])
    }

    @Test("not offered: plain where it may be, else no connection")
    func notOffered() {
        var free = Self.session(.ifOffered)
        #expect(free.hears(Self.silent) == [.ready])
        var strict = Self.session(.required)
        #expect(strict.hears(Self.silent).isBrokenAlone)
        var old = Self.session(.ifOffered)
        #expect(old.hears("500 what?\r\n") == [.send(Array("HELO gate.test\r\n".utf8))])
        #expect(old.hears("250 behind.test\r\n") == [.ready])
        var oldAndStrict = Self.session(.required)
        #expect(oldAndStrict.hears("500 what?\r\n").isBrokenAlone)
    }

    @Test("offered and refused: no connection, never a plain one", arguments: ["454 4.7.0 later", "502 no", "250 ok"])
    func refused(reply: String) {
        for startTLS in [UpstreamSession.StartTLS.ifOffered, .required] {
            var session = Self.session(startTLS)
            _ = session.hears(Self.offering)
            #expect(session.hears("\(reply)\r\n").isBrokenAlone)
        }
    }

    @Test(
        "what stands behind the answer in the clear ends the connection before TLS begins",
        arguments: ["250 ok\r\n", "2", "250-behind.test\r\n250 PIPELINING\r\n", "\u{16}\u{3}\u{1}\r\n", "x"])
    func injection(rest: String) {
        var session = Self.session(.required)
        _ = session.hears(Self.offering)
        #expect(session.hears("220 go\r\n" + rest).isBrokenAlone)
    }

    @Test("what comes in the clear while the handshake is owed ends the connection")
    func duringHandshake() {
        var session = Self.session(.required)
        _ = session.hears(Self.offering)
        #expect(session.hears("220 go\r\n") == [.startTLS])
        #expect(session.hears("250 ok\r\n").isBrokenAlone)
    }
}

extension UpstreamSession {
    mutating func hears(_ text: String) -> [Action] {
        Array(text.utf8).withUnsafeBytes { received($0) }
    }
}

extension [UpstreamSession.Action] {
    var isBrokenAlone: Bool {
        guard count == 1, case .broken = self[0] else { return false }
        return true
    }
}
