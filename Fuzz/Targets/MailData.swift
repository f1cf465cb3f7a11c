import FuzzSupport
import MailProtocols

/// Mail data: the scanner fed whole, byte by byte and in pieces says the same as a plain reading of the whole.
///
/// Input: a byte that says how long the pieces are, then mail data.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMailData(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = FuzzedBytes(UnsafeBufferPointer(start: start, count: count))
    let length = 1 + Int(input.byte())
    let data = input.remaining()
    let expected = PlainMailData(data)
    for ends in [[], Array(1..<max(data.count, 1)), Array(stride(from: length, to: max(data.count, 1), by: length))] {
        let scanned = ScannedMailData(data, cutAt: ends)
        require(scanned.finding == expected.finding, "\(scanned.finding) in pieces is \(expected.finding)")
        require(scanned.receivedLines == expected.receivedLines, "\(scanned.receivedLines) Received lines")
    }
    return 0
}

/// What the scanner finds, counted from the beginning of the mail data.
private struct ScannedMailData {
    var finding = MailDataScanner.Finding.more
    var receivedLines = 0

    init(_ data: [UInt8], cutAt ends: [Int]) {
        var scanner = MailDataScanner()
        var before = 0
        data.forEachPiece(cutAt: ends) { piece in
            guard finding == .more else { return }
            switch scanner.scan(piece) {
            case .more: before += piece.count
            case .end(let length): finding = .end(before + length)
            case .broken(let length, let problem): finding = .broken(before + length, problem)
            }
        }
        receivedLines = scanner.receivedLines
    }
}

/// The same, read plainly: each byte with the one before it, then the lines.
private struct PlainMailData {
    var finding = MailDataScanner.Finding.more
    var receivedLines = 0

    init(_ data: [UInt8]) {
        var good = data.count
        for (index, byte) in data.enumerated() {
            let previous = index == 0 ? 0x0a : data[index - 1]
            let problem: MailDataScanner.Problem? =
                byte == 0 ? .nul
                : previous == 0x0d && byte != 0x0a ? .bareCarriageReturn
                : previous != 0x0d && byte == 0x0a ? .bareLineFeed : nil
            if let problem {
                (finding, good) = (.broken(index, problem), index)
                break
            }
            if data[...index].suffix(5) == Self.end[...] || index == 2 && data[...2] == Self.end[2...] {
                (finding, good) = (.end(index + 1), index + 1)
                break
            }
        }
        countReceivedLines(in: data[..<good])
    }

    private static let end = Array("\r\n.\r\n".utf8)

    /// A line counts as soon as its name and colon are there.
    private mutating func countReceivedLines(in data: ArraySlice<UInt8>) {
        for line in data.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if line.elementsEqual([0x0d]) { return }
            let name = line.prefix(9).map { (0x61...0x7a).contains($0) ? $0 - 32 : $0 }
            if name == Array("RECEIVED:".utf8) { receivedLines += 1 }
        }
    }
}
