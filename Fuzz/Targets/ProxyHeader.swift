import FuzzSupport
import MailProtocols
import MailTypes

/// The first bytes of a connection from a balancer: what they are does not depend on how they come, a header is never
/// longer than what there is, and what is read can be written and read again.
///
/// Input: the bytes. A first `+` stands for the signature of version 2, which no mutation would find.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProxyHeader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if bytes.first == UInt8(ascii: "+") {
        bytes = Array(ProxyHeader(.unknown).wireForm(.two).prefix(12)) + bytes.dropFirst()
    }
    let finding = scan(bytes)
    var first: (count: Int, finding: ProxyHeader.Finding)?
    for count in 0...min(bytes.count, ProxyHeader.longest + 1) where first == nil {
        let finding = scan(Array(bytes[..<count]))
        if finding != .incomplete { first = (count, finding) }
    }
    switch finding {
    case .incomplete:
        require(first == nil, "a part of what is incomplete is \(first.map { "\($0)" } ?? "")")
        require(bytes.count < ProxyHeader.longest, "\(bytes.count) bytes are incomplete")
    case .refused: require(first?.finding == finding, "in pieces \(first.map { "\($0)" } ?? ""), whole \(finding)")
    case .header(let header, let length):
        require(first?.finding == finding && first?.count == length, "whole \(finding), in pieces \(first.map { "\($0)" } ?? "")")
        check(header)
    }
    return 0
}

private func scan(_ bytes: [UInt8]) -> ProxyHeader.Finding { bytes.withUnsafeBytes(ProxyHeader.scan) }

private func check(_ header: ProxyHeader) {
    for version in ProxyHeader.Version.allCases {
        let written = header.wireForm(version)
        let isSaid = header.subject != .balancer || version == .two
        let expected = isSaid ? header : ProxyHeader(.unknown)
        require(scan(written) == .header(expected, length: written.count), "\(header) is written as \(written.shown)")
    }
}
