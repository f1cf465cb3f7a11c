import FuzzSupport
import MailProtocols
import MailTypes

/// Commands: lines are found as a plain reading finds them, and a command, written anew from its values, is the same
/// command.
///
/// Input: a client's bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommand(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var rest = Array(UnsafeBufferPointer(start: start, count: count))[...]
    checkCommand(Array(rest.filter { $0 != 0 && $0 != 0x0a && $0 != 0x0d }))
    while true {
        let found = rest.withUnsafeBytes(CommandFraming.scan)
        require(found == plainly(rest), "\(found) is \(plainly(rest))")
        switch found {
        case .line(let length):
            checkCommand(Array(rest.prefix(length)))
            rest = rest.dropFirst(length + 2)
        case .refused(let length, _): rest = rest.dropFirst(length)
        case .incomplete, .broken: return 0
        }
    }
}

/// The first line, read plainly: up to LF, judged as a whole.
private func plainly(_ bytes: ArraySlice<UInt8>) -> CommandFraming.Finding {
    let text = bytes.prefix { $0 != 0x0a }
    if text.contains(0) { return .broken(.nul) }
    if text.count == bytes.count { return .incomplete }
    if text.last != 0x0d { return .broken(.bareLineFeed) }
    let length = text.count + 1
    if text.count(where: { $0 == 0x0d }) > 1 { return .refused(length, .bareCarriageReturn) }
    return length > CommandFraming.longestLine ? .refused(length, .tooLong) : .line(length - 2)
}

private func checkCommand(_ line: [UInt8]) {
    let command: Command
    do throws(CommandProblem) { command = try Command(parsing: line) } catch {
        require((500...599).contains(error.reply.code), "\(error.reply) refuses")
        checkReply(error.reply)
        return
    }
    let all = ServerCapabilities.all
    switch command {
    case .mail(let path, let parameters):
        checkSame(command, "MAIL FROM:", path.wireForm + parameters.wireForm(for: all))
        require(parameters.wireForm(for: .least).isEmpty, "a server that announces nothing gets no parameter")
    case .rcpt(let path, let parameters, let given):
        let wire = path.path.wireForm + parameters.wireForm(for: all)
        checkSame(.rcpt(WrittenPath(path.path), parameters, given: given), "RCPT TO:", wire)
        require(parameters.wireForm(for: .least).isEmpty, "a server that announces nothing gets no parameter")
    case .helo(let name), .ehlo(let name):
        require((1...255).contains(name.count) && name.allSatisfy { (0x21...0x7e).contains($0) }, "\(name.shown) is a name")
    default: break
    }
}

/// What goes to the protected server says there what was understood here.
private func checkSame(_ command: Command, _ verb: String, _ argument: [UInt8]) {
    let line = Array(verb.utf8) + argument
    require(!line.contains { $0 < 0x20 || $0 == 0x7f }, "\(line.shown) is one line")
    require(line.count + 2 <= CommandFraming.longestLine, "\(line.shown) is no longer than a line may be")
    let again = required(try? Command(parsing: line), "\(line.shown) is a command")
    switch (command, again) {
    case (.mail, .mail): require(command == again, "\(line.shown) is the same MAIL")
    case (.rcpt(let path, let parameters, _), .rcpt(let pathAgain, let parametersAgain, _)):
        require(path.path == pathAgain.path && pathAgain.route.isEmpty, "\(line.shown) has the same path")
        require(parameters == parametersAgain, "\(line.shown) has the same parameters")
    default: fail("\(line.shown) is the same kind of command")
    }
}

private func checkReply(_ reply: Reply) {
    require(reply.lines.allSatisfy { $0.allSatisfy { (0x20...0x7e).contains($0) } }, "\(reply) is printable")
}
