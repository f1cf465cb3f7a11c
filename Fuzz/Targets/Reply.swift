import FuzzSupport
import MailProtocols
import MailTypes

/// Replies of a server: whole, byte by byte and in pieces they are what a plain reading finds, and what is passed on
/// can be read again.
///
/// Input: a byte that says how long the pieces are, then a server's bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReply(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let length = 1 + Int(input.byte())
    let bytes = input.remaining()
    let expected = Replies(plainly: bytes)
    for ends in [[], Array(1..<max(bytes.count, 1)), Array(stride(from: length, to: max(bytes.count, 1), by: length))] {
        let read = Replies(read: bytes, cutAt: ends)
        require(read.isBroken == expected.isBroken, "broken in pieces: \(read.isBroken), plainly: \(expected.isBroken)")
        // Good replies in the piece that is broken are dropped with it.
        let some = read.isBroken ? Array(expected.replies.prefix(read.replies.count)) : expected.replies
        require(read.replies == some, "\(read.replies) in pieces are \(expected.replies)")
    }
    for reply in expected.replies { check(reply) }
    return 0
}

private struct Replies {
    var replies: [Reply] = []
    var isBroken = false

    init(read bytes: [UInt8], cutAt ends: [Int]) {
        var reader = ReplyReader()
        bytes.forEachPiece(cutAt: ends) { piece in
            guard !isBroken else { return }
            do throws(ReplyReader.Problem) { try reader.received(piece, into: &replies) } catch { isBroken = true }
        }
    }

    /// Lines first, then the replies that they make.
    init(plainly bytes: [UInt8]) {
        var whole = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        let last = whole.popLast() ?? []
        var lines: [ArraySlice<UInt8>] = []
        for line in whole {
            let text = line.last == 0x0d ? line.dropLast() : line
            guard text.count <= ReplyReader.longestLine, let code = Self.code(of: text),
                lines.first?.prefix(3) ?? text.prefix(3) == text.prefix(3), lines.count < ReplyReader.mostLines
            else {
                isBroken = true
                return
            }
            lines.append(text)
            if text.dropFirst(3).first != UInt8(ascii: "-") {
                replies.append(Reply(code: code, lines: lines.map { $0.dropFirst(4).map(Self.harmless) }))
                lines = []
            }
        }
        let rest = last.last == 0x0d ? last.dropLast() : last
        isBroken = rest.count > ReplyReader.longestLine
    }

    private static func code(of line: ArraySlice<UInt8>) -> UInt16? {
        guard line.count >= 3, line.prefix(3).allSatisfy({ (0x30...0x39).contains($0) }),
            let code = UInt16(String(decoding: line.prefix(3), as: UTF8.self)), (200...599).contains(code),
            line.count == 3 || " -".utf8.contains(line[line.startIndex + 3])
        else { return nil }
        return code
    }

    private static func harmless(_ byte: UInt8) -> UInt8 {
        byte < 0x20 && byte != 9 || byte == 0x7f ? UInt8(ascii: "?") : byte
    }
}

private func check(_ reply: Reply) {
    var reader = ReplyReader()
    require(reader.replies(in: reply.wireForm) == [reply], "\(reply) is read as itself")
    let capabilities = ServerCapabilities(ehloReply: reply)
    require(capabilities.intersection(capabilities) == capabilities, "a server has in common with itself what it has")
    require(capabilities.intersection(.least) == .least, "nothing in common with a server that has nothing")
}
