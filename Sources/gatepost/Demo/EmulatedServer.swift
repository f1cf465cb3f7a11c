import ConfigImport
import MailTypes
import SystemEmulation

/// A server on loopback that decides as an old system does with one of its settings.
///
/// Clients of the demonstration stand for addresses that such a site would have: a stranger for 203.0.113.9, the office for
/// 192.0.2.10, and the gate for 192.0.2.25, on the office's network.
struct EmulatedServer {
    let system: MailSystem
    let setting: EmulationSetting
    let server: DemoServer

    init(_ system: MailSystem, setting name: String?) throws(Trouble) {
        let settings = system.settings
        guard let first = settings.first else { throw Trouble("there is no emulation of \(system.rawValue)") }
        guard let setting = name == nil ? first : settings.first(where: { $0.name == name }) else {
            let words = settings.map { "\($0.name) (\($0.what))" }.joined(separator: ", ")
            throw Trouble("\(system.rawValue) has no setting `\(name ?? "")`; there are \(words)")
        }
        let emulation: (any EmulatedSystem)?
        do { emulation = try system.emulation(of: setting.source, facts: setting.facts) } catch { throw Trouble(error.message) }
        guard let emulation else { throw Trouble("there is no emulation of \(system.rawValue)") }
        (self.system, self.setting) = (system, setting)
        server = try DemoServer(greeting: "old.ours.test ESMTP (emulation of \(system.title))") { envelope in
            Self.answer(emulation.decide(Self.request(envelope, strangerHasPOPLogin: setting.strangerHasPOPLogin)))
        }
    }

    /// As the report and its readers know it.
    var text: String { "\(system.title), setting \(setting.name): \(setting.what)" }

    private static func request(_ envelope: DemoServer.Envelope, strangerHasPOPLogin: Bool) -> EmulatedRequest {
        let address = addresses[envelope.client] ?? 0xc000_0219
        var request = EmulatedRequest(
            client: IPAddress(v4: address), sender: Array(envelope.sender.utf8), recipient: Array(envelope.recipient.utf8))
        request.localAddress = IPAddress(v4: 0xc000_0201)
        request.helo = envelope.helo
        request.hasPOPLogin = strangerHasPOPLogin && envelope.client == DemoAttempt.Client.stranger.address
        return request
    }

    /// Loopback address → the address that it stands for; anyone else is the gate, 192.0.2.25.
    private static let addresses: [String: UInt32] = [
        DemoAttempt.Client.stranger.address: 0xcb00_7109, DemoAttempt.Client.office.address: 0xc000_020a,
    ]

    private static func answer(_ decision: EmulatedDecision) -> DemoServer.Answer {
        switch decision {
        case .accepted(.delivered(let recipient)): .taken(destination: recipient.text, isRelayed: false)
        case .accepted(.relayed(let recipient)): .taken(destination: recipient.text, isRelayed: true)
        case .refused(let reply), .deferred(let reply): .refused(reply)
        case .refusedConnection(let reply): .refusedConnection(reply)
        }
    }
}
