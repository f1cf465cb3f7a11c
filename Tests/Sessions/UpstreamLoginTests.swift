import MailProtocols
import MailTypes
import Testing

@testable import Sessions

@Suite("logging in to a protected server")
struct UpstreamLoginTests {
    static let login = try! ServerLogin(name: "gate", passwordFile: Array("secret\n".utf8))
    /// NUL, name, NUL, password.
    static let plain = "AUTH PLAIN AGdhdGUAc2VjcmV0\r\n"

    private static func session(_ startTLS: UpstreamSession.StartTLS = .no, isConfidential: Bool = true) -> UpstreamSession {
        var session = UpstreamSession(
            hostname: "gate.test", startTLS: startTLS, login: login, isConfidential: isConfidential)
        _ = session.hears("220 behind.test\r\n")
        return session
    }

    private static func offering(_ words: String...) -> String {
        (["behind.test"] + words.dropLast()).map { "250-\($0)\r\n" }.joined() + "250 \(words.last!)\r\n"
    }

    private static func said(_ line: String) -> [UpstreamSession.Action] { [.send(Array(line.utf8))] }

    private static let offer = RecipientOffer(
        upstream: "out", reversePath: .null, mailParameters: MailParameters(),
        forwardPath: .mailbox(Mailbox(localPart: Array("x".utf8), domain: Domain("victim.test")!)),
        parameters: RecipientParameters())

    @Test(
        "PLAIN where it is offered, in one line",
        arguments: ["AUTH PLAIN", "AUTH LOGIN PLAIN", "auth cram-md5 plain", "AUTH=LOGIN PLAIN", "AUTH=PLAIN"])
    func plain(offer: String) {
        var session = Self.session()
        #expect(session.hears(Self.offering("PIPELINING", offer)) == Self.said(Self.plain))
        #expect(!session.isReusable && session.awaitsReply)
        #expect(session.hears("235 2.7.0 welcome\r\n") == [.ready])
        #expect(session.isReusable && session.capabilities.pipelining)
    }

    @Test("LOGIN where PLAIN is not, a line at a time")
    func loginMechanism() {
        var session = Self.session()
        #expect(session.hears(Self.offering("AUTH LOGIN XOAUTH2")) == Self.said("AUTH LOGIN\r\n"))
        #expect(session.hears("334 VXNlcm5hbWU6\r\n") == Self.said("Z2F0ZQ==\r\n"))
        #expect(session.hears("334 UGFzc3dvcmQ6\r\n") == Self.said("c2VjcmV0\r\n"))
        #expect(session.hears("235 ok\r\n") == [.ready])
    }

    @Test(
        "no login to be had: no connection, and nothing said",
        arguments: ["PIPELINING", "AUTH", "AUTH CRAM-MD5", "AUTHENTICATE PLAIN", "XAUTH PLAIN", "AUTH XPLAIN"])
    func notOffered(word: String) {
        var session = Self.session()
        #expect(session.hears(Self.offering(word)).isBrokenAlone)
    }

    @Test("a server that knows no EHLO cannot be logged in to, and gets no mail by HELO")
    func noExtensions() {
        var session = Self.session()
        #expect(session.hears("500 what?\r\n").isBrokenAlone)
    }

    @Test("a refusal is one, without the words that a server may have repeated", arguments: [
        ("535 5.7.8 AGdhdGUAc2VjcmV0 is wrong", "535 5.7.8"), ("534-5.7.9 a\r\n534 5.7.9 b", "534 5.7.9"),
        ("500 unknown: AUTH PLAIN AGdhdGUAc2VjcmV0", "500"), ("535 12 AGdh", "535"), ("504 1.2.3.4.5.6.7", "504"),
    ])
    func refused(reply: String, words: String) {
        var session = Self.session()
        _ = session.hears(Self.offering("AUTH PLAIN"))
        #expect(session.hears("\(reply)\r\n") == [.loginRefused("refuses our login: \(words)")])
    }

    @Test("refused at each step of LOGIN")
    func refusedMidway() {
        for step in 0...2 {
            var session = Self.session()
            _ = session.hears(Self.offering("AUTH LOGIN"))
            for _ in 0..<step { _ = session.hears("334 x\r\n") }
            #expect(session.hears("535 no\r\n") == [.loginRefused("refuses our login: 535")])
        }
    }

    @Test(
        "what is neither welcome nor refusal ends the connection",
        arguments: [
            "250 2.0.0 ok", "220 ok", "334 ", "334 c2VjcmV0", "221 bye", "354 go on", "454 4.7.0 later", "421 4.3.2 closing",
            "235 ok\r\n250 more",
        ])
    func odd(reply: String) {
        var session = Self.session()
        _ = session.hears(Self.offering("AUTH PLAIN"))
        let actions = session.hears("\(reply)\r\n")
        let ends = actions.first { if case .broken = $0 { true } else { false } }
        #expect(ends != nil && !actions.contains { if case .send = $0 { true } else { false } })
    }

    @Test("answers to steps that have not been made are none")
    func ahead() {
        var session = Self.session()
        _ = session.hears(Self.offering("AUTH LOGIN"))
        let actions = session.hears("334 a\r\n334 b\r\n235 ok\r\n")
        #expect(actions.count == 2 && !actions.contains(.ready))
        #expect([actions[1]].isBrokenAlone)
    }

    @Test("no password before TLS, whatever the server says", arguments: [UpstreamSession.StartTLS.no, .ifOffered])
    func neverInTheClear(startTLS: UpstreamSession.StartTLS) {
        for words in [["AUTH PLAIN"], ["AUTH LOGIN"], ["AUTH PLAIN", "X"]] {
            var session = Self.session(startTLS, isConfidential: false)
            let text = "250-behind.test\r\n" + words.map { "250-\($0)\r\n" }.joined() + "250 8BITMIME\r\n"
            #expect(session.hears(text).isBrokenAlone)
        }
    }

    @Test("behind STARTTLS, by what is offered there")
    func underTLS() {
        var session = Self.session(.required, isConfidential: false)
        #expect(session.hears(Self.offering("AUTH PLAIN", "STARTTLS")) == Self.said("STARTTLS\r\n"))
        _ = session.hears("220 go\r\n")
        #expect(session.tlsStarted() == Self.said("EHLO gate.test\r\n"))
        var silent = session
        #expect(silent.hears(Self.offering("PIPELINING")).isBrokenAlone, "the offer in the clear is forgotten")
        #expect(session.hears(Self.offering("AUTH LOGIN")) == Self.said("AUTH LOGIN\r\n"))
    }

    @Test("a connection that told of a client logs in nowhere")
    func told() {
        for telling in [ClientTelling.proxyV2, .xclient] {
            var session = UpstreamSession(
                hostname: "gate.test", login: Self.login, isConfidential: true, telling: telling, client: TellingTests.stranger)
            _ = session.hears("220 behind.test\r\n")
            var actions = session.hears(Self.offering("AUTH PLAIN", "XCLIENT ADDR"))
            if telling == .xclient {
                _ = session.hears("220 again\r\n")
                actions = session.hears(Self.offering("AUTH PLAIN", "XCLIENT ADDR"))
            }
            #expect(actions == [.ready])
        }
    }

    @Test("a server that wants another login of us refuses for now, not the client for ever")
    func wantsAnother() {
        var session = Self.session()
        _ = session.hears(Self.offering("PIPELINING", "AUTH PLAIN"))
        _ = session.hears("235 ok\r\n")
        _ = session.offer(Self.offer)
        let actions = session.hears("530 5.7.0 Authentication required\r\n503 5.5.1 MAIL first\r\n")
        guard case .recipientAnswered(.refused(let reply)) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(reply.code == 451)
    }

    // MARK: Passwords

    @Test("the end of the line is no part of a password, and everything else is", arguments: [
        ("secret", "c2VjcmV0"), ("secret\n", "c2VjcmV0"), ("secret\r\n", "c2VjcmV0"), (" a b \n", "IGEgYiA="), ("ä", "w6Q="),
    ])
    func password(file: String, said: String) throws {
        let login = try ServerLogin(name: "gate", passwordFile: Array(file.utf8))
        #expect(login.passwordResponse == said)
        #expect("\(login)" == "gate" && String(reflecting: login) == "gate")
    }

    @Test("what is no password", arguments: [
        ("", ServerLogin.Problem.empty), ("\n", .empty), ("\r\n", .empty), ("a\nb", .severalLines), ("a\n\n", .severalLines),
        ("a\rb\n", .severalLines), ("a\0b", .nul), (String(repeating: "x", count: 367), .tooLong),
    ])
    func noPassword(file: String, problem: ServerLogin.Problem) {
        #expect(throws: problem) { try ServerLogin(name: "gate", passwordFile: Array(file.utf8)) }
    }

    @Test("the longest is one command line")
    func longest() throws {
        let login = try ServerLogin(name: "gate", passwordFile: Array(String(repeating: "x", count: 366).utf8))
        #expect("AUTH PLAIN \(login.plainResponse)\r\n".utf8.count <= 512)
    }
}
