/// The bytes of one run, read from the front as the choices that they stand for. When there are none left every
/// choice is its first, so that a short input is a simple one.
public struct FuzzedBytes: Sendable {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    public var isEmpty: Bool { rest.isEmpty }

    public mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    public mutating func flag() -> Bool { byte() & 1 == 1 }

    /// True once in `times`.
    public mutating func once(in times: Int) -> Bool { below(times) == times - 1 }

    /// 0..<bound; `bound` is 1...256.
    public mutating func below(_ bound: Int) -> Int { bound > 1 ? Int(byte()) % bound : 0 }

    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A subset, in their order.
    public mutating func some<Element>(of elements: [Element]) -> [Element] {
        let mask = byte()
        return elements.enumerated().filter { mask >> UInt8($0.offset & 7) & 1 == 1 }.map(\.element)
    }

    /// The next so many bytes, or what is left.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Up to the next `separator`, which is dropped, or to the end.
    public mutating func bytes(upTo separator: UInt8) -> [UInt8] {
        let part = Array(rest.prefix { $0 != separator })
        rest = rest.dropFirst(part.count + 1)
        return part
    }

    public mutating func remaining() -> [UInt8] { bytes(rest.count) }
}

extension [UInt8] {
    /// Calls `body` with the whole bytes, cut behind each of `ends`.
    public func forEachPiece(cutAt ends: [Int], _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        for end in ends.sorted() + [count] where end > start && end <= count {
            self[start..<end].withUnsafeBytes { body($0) }
            start = end
        }
    }

    /// For people: what is not printable ASCII as `\xNN`.
    public var shown: String {
        map { byte in
            (0x20...0x7e).contains(byte)
                ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
