import Glibc
import MailTransport
import MailTypes
import NIOCore
import PolicyLanguage

/// The gate of the demonstration: the real one, by a real configuration, in front of the open server.
struct DemoGate {
    let gateway: Gateway
    let port: UInt16
    let file: String

    /// Writes the configuration into a folder of its own, so that other commands can be tried on it.
    static func start(before server: DemoServer, log: DaemonLog) async throws -> DemoGate {
        var template = Array("/tmp/gatepost-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Trouble("cannot make a folder in /tmp: \(String(cString: strerror(errno)))")
        }
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let port = LoopbackSocket.freePort() else { throw Trouble("no port is free on 127.0.0.1") }
        let text = text(serverPort: server.port, port: port, state: folder)
        let file = "\(folder)/gatepost.conf"
        if let problem = FileAccess.create(file, Array(text.utf8)) { throw Trouble("cannot write \(file): \(problem.message)") }
        let loaded: LoadedConfiguration
        do throws(LoadedConfiguration.Refusal) {
            loaded = try LoadedConfiguration(ConfigurationFile(file))
        } catch { throw Trouble(error.text(TerminalStyle(wanted: false), file: ConfigurationFile(file))) }
        let settings = GatewaySettings(loaded)
        let gateway = Gateway(settings, log: log, newIdentifier: { DecisionIdentifier.next() }, clock: { .now })
        do throws(ListeningProblem) { try await gateway.start(settings) } catch {
            throw Trouble("cannot listen on \(error.address): \(error.message)")
        }
        return DemoGate(gateway: gateway, port: port, file: file)
    }

    private static func text(serverPort: UInt16, port: UInt16, state: String) -> String {
        """
        version 1

        node {
            hostname  gate.ours.test
            state     \(state)
        }

        networks  office  127.0.0.2

        local {
            domains  ours.test old.ours.test
        }

        upstream old-server {
            server  127.0.0.1:\(serverPort)
        }
        route  local      old-server
        route  elsewhere  old-server

        listen public {
            address  127.0.0.1:\(port)
        }

        relay {
            permit "office" {
                from  office
            }
        }

        """
    }

    /// Stops it and takes its folder away.
    func stop() async {
        await gateway.stop(drain: .seconds(1))
        unlink(file)
        if let slash = file.lastIndex(of: "/") { rmdir(String(file[..<slash])) }
    }
}
