import Glibc
import MailTypes
import Synchronization

/// Names decisions: 26 characters that sort by time and never repeat (a ULID: 48 bits of milliseconds, 80 bits of
/// chance, in Crockford's Base32). Whoever is refused can quote one, so there is no I, L, O or U in it.
enum DecisionIdentifier {
    private static let last = Mutex<UInt128>(0)
    /// Chance for one millisecond after another: a call of the kernel for each would cost more than the rest of an id.
    private static let chance = Mutex<[UInt64]>([])
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Of any thread. Within a millisecond, or when the clock goes back, the next number is taken, so that the order
    /// of ids is the order of decisions.
    static func next() -> String {
        let now = Instant.now
        let milliseconds = UInt64(clamping: now.seconds) &* 1000 &+ UInt64(clamping: now.nanoseconds / 1_000_000)
        let id = last.withLock { last in
            last = last >> 80 < UInt128(milliseconds) ? fresh(milliseconds) : last &+ 1
            return last
        }
        return text(of: id)
    }

    /// The highest bit of the random part is zero, so that counting on does not reach the time.
    private static func fresh(_ milliseconds: UInt64) -> UInt128 {
        UInt128(milliseconds) << 80 | UInt128(random() & 0x7fff) << 64 | UInt128(random())
    }

    private static func random() -> UInt64 {
        chance.withLock { chance in
            if chance.isEmpty {
                chance = [UInt64](repeating: 0, count: 32)
                chance.withUnsafeMutableBytes { bytes in
                    precondition(getentropy(bytes.baseAddress, bytes.count) == 0, "no randomness to be had")
                }
            }
            return chance.removeLast()
        }
    }

    private static func text(of id: UInt128) -> String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            var rest = id
            for index in (0..<26).reversed() {
                buffer[index] = alphabet[Int(truncatingIfNeeded: rest) & 31]
                rest >>= 5
            }
            return 26
        }
    }
}
