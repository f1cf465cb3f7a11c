/// A hash table whose keys are asked for without being made: by a hash that was computed on the way and a comparison.
///
/// A dictionary would want an array for every end of a domain that is looked up, and hashes it byte by byte with a
/// function made to withstand whoever fills the table. Here the administrator fills it, at most half, and strangers
/// only ask: a question can be unlucky, but no bucket can be made long.
struct ByteKeyTable: Sendable {
    /// FNV-1a, fed from the end of the key.
    struct Hash {
        private var state: UInt64 = 0xcbf2_9ce4_8422_2325

        mutating func combine(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }

        /// The kind keeps equal bytes of different meaning apart; FNV's low bits alone are weak.
        fileprivate func slot(_ kind: UInt8, mask: Int) -> Int {
            var mixed = (state ^ UInt64(kind) &* 0x9e37_79b9_7f4a_7c15) &* 0xff51_afd7_ed55_8ccd
            mixed ^= mixed >> 32
            return Int(truncatingIfNeeded: mixed) & mask
        }
    }

    struct Key: Hashable {
        let kind: UInt8
        let bytes: [UInt8]
    }

    private struct Entry {
        let kind: UInt8
        let bytes: Range<Int>
        let value: Int
    }

    /// Positions in `entries`, or -1; their number is a power of two.
    private var slots: [Int32]
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []

    init(_ values: [Key: Int]) {
        var size = 2
        while size < 2 * values.count { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        entries.reserveCapacity(values.count)
        for (key, value) in values {
            var hash = Hash()
            for byte in key.bytes.reversed() { hash.combine(byte) }
            var slot = hash.slot(key.kind, mask: size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(entries.count)
            entries.append(Entry(kind: key.kind, bytes: bytes.count..<bytes.count + key.bytes.count, value: value))
            bytes += key.bytes
        }
    }

    /// The value of the key of this kind and hash whose bytes are what is asked for.
    @inline(__always)
    func value(_ kind: UInt8, _ hash: Hash, where isAskedFor: (ArraySlice<UInt8>) -> Bool) -> Int? {
        var slot = hash.slot(kind, mask: slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.kind == kind && isAskedFor(bytes[entry.bytes]) { return entry.value }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}
