import FuzzSupport
import MailTypes

/// Paths, domains and patterns: whatever the bytes, no trap; what is read has one canonical form, which is read as
/// the same again.
///
/// Input: a path or domain, and behind a line feed a pattern.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPath(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let path = input.bytes(upTo: 0x0a)
    checkDomain(path)
    let pattern = try? PathPattern(parsing: String(decoding: input.remaining(), as: UTF8.self))
    if let pattern { checkPattern(pattern) }
    for allowingBare in [false, true] {
        if let written = try? WrittenPath(parsing: path, allowingBareMailbox: allowingBare) {
            check(written)
            if let pattern { checkMatching(pattern, written.path) }
        }
        if let reverse = try? ReversePath(parsing: path, allowingBareMailbox: allowingBare) {
            check(reverse)
            if let pattern { checkMatching(pattern, reverse) }
        }
    }
    return 0
}

private func check(_ written: WrittenPath) {
    let wire = written.path.wireForm
    checkWire(wire, isASCII: !written.path.needsSMTPUTF8)
    let again = required(try? WrittenPath(parsing: wire), "\(wire.shown) is a path")
    require(again.path == written.path && again.path.wireForm == wire, "\(wire.shown) is read as itself")
    require(again.route.isEmpty, "\(wire.shown) has no route")
    require(again.needsSMTPUTF8 == written.path.needsSMTPUTF8, "\(wire.shown) needs SMTPUTF8 or not")
    for isLocal in [false, true] {
        let tricks = written.tricks(whenLocal: isLocal)
        // What is sent on hides nothing that was not seen in what came.
        for trick in again.tricks(whenLocal: isLocal) where !tricks.contains(trick) {
            require(trick == .quoted && tricks.contains(.doubleAt), "\(wire.shown) shows \(trick) only now")
        }
        if tricks.isEmpty, case .mailbox(let mailbox) = written.path {
            let signs = mailbox.localPart.contains { "@%!\",:;<>()[]\\".utf8.contains($0) }
            require(!signs, "\(wire.shown) hides nothing")
        }
    }
    resolve(written)
}

/// Each level has to come to an end, and what it gives is a path again.
private func resolve(_ written: WrittenPath, depth: Int = 0) {
    require(depth < 64, "resolving ends")
    guard depth < 3 || written.tricks(whenLocal: true).count == 1 else { return }
    for trick in AddressTrick.allCases {
        guard let resolved = written.resolving(trick) else { continue }
        let wire = resolved.path.wireForm
        checkWire(wire, isASCII: !resolved.path.needsSMTPUTF8)
        require((try? WrittenPath(parsing: wire))?.path == resolved.path, "\(wire.shown) is read as itself")
        resolve(resolved, depth: depth + 1)
    }
}

private func check(_ reverse: ReversePath) {
    let wire = reverse.wireForm
    checkWire(wire, isASCII: !reverse.needsSMTPUTF8)
    require((try? ReversePath(parsing: wire)) == reverse, "\(wire.shown) is read as itself")
}

/// What goes to the protected server is one argument of one command.
private func checkWire(_ wire: [UInt8], isASCII: Bool) {
    require(wire.first == UInt8(ascii: "<") && wire.last == UInt8(ascii: ">"), "\(wire.shown) has its brackets")
    require(wire.count <= 256, "\(wire.shown) has at most 256 bytes")
    require(wire.allSatisfy { $0 >= 0x20 && $0 != 0x7f && ($0 < 0x80 || !isASCII) }, "\(wire.shown) is printable")
    require(String(validating: wire, as: UTF8.self) != nil, "\(wire.shown) is UTF-8")
}

private func checkDomain(_ bytes: [UInt8]) {
    guard let domain = try? Domain(parsing: bytes) else { return }
    let isCanonical = domain.bytes.allSatisfy {
        domain.isLiteral ? (0x21...0x7e).contains($0) : "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8.contains($0)
    }
    require(isCanonical && (1...255).contains(domain.bytes.count), "\(domain) is in canonical form")
    require((try? Domain(parsing: domain.bytes)) == domain, "\(domain) is read as itself")
    require(domain.isLiteral == (domain.address != nil), "\(domain) has an address if it is a literal")
    if let address = domain.address { require(Domain(literal: address) == domain, "\(domain) is that of \(address)") }
    require(!domain.isBelow(domain), "\(domain) is not below itself")
    if let parent = domain.parent { require(domain.isBelow(parent), "\(domain) is below \(parent)") }
}

private func checkPattern(_ pattern: PathPattern) {
    require((try? PathPattern(parsing: "\(pattern)")) == pattern, "\(pattern) is read as itself")
    require(pattern.folded == pattern, "\(pattern) is folded")
}

private func checkMatching(_ pattern: PathPattern, _ path: ForwardPath) {
    require(PathPatternSet([pattern]).contains(path) == pattern.matches(path), "\(pattern) and \(path)")
}

private func checkMatching(_ pattern: PathPattern, _ path: ReversePath) {
    require(PathPatternSet([pattern]).contains(path) == pattern.matches(path), "\(pattern) and \(path)")
}
