import MailTypes
import RelayPolicy

/// Notices a permitted private address behind which there are many: a proxy, a container bridge or a router that lends
/// its address to everybody. One host says one name, and sends as few domains.
///
/// Each address is judged by itself, so that of a host with IPv4 and IPv6 only that one is suspected which is shared:
/// often it is IPv6 alone. Memory is bounded; what there is no room to watch is not suspected, which takes nothing away.
public struct SharedAddressWatch: Sendable {
    /// More names than this in EHLO or HELO within `window`.
    public static let mostHELONames = 30
    /// More domains than this in MAIL within `window`.
    public static let mostSenderDomains = 100
    /// More than this of host names that lead back to the address and are not below a local domain.
    public static let mostForeignNames = 5
    public static let window = Duration.seconds(3600)
    /// How long an address stays suspected after the last time that it was found to be shared.
    public static let suspicion = Duration.seconds(24 * 3600)
    /// Addresses watched at once.
    public static let capacity = 4_096

    public enum Sign: String, Hashable, Sendable {
        case heloNames = "HELO names"
        case senderDomains = "sender domains"
        case foreignNames = "foreign host names"

        var most: Int {
            switch self {
            case .heloNames: mostHELONames
            case .senderDomains: mostSenderDomains
            case .foreignNames: mostForeignNames
            }
        }
    }

    /// An address that is found to be shared.
    public struct Suspicion: Hashable, Sendable {
        public let address: IPAddress
        /// The first sign that there was too much of.
        public let sign: Sign
        public let until: Instant
        /// `more than 30 HELO names within an hour`
        public var reason: String { "more than \(sign.most) \(sign.rawValue) within an hour" }
    }

    private struct Entry: Sendable {
        var windowEnds: Instant
        /// Hashes: two names that share one count once, which only ever suspects later.
        var seen: [Sign: Set<Int>] = [:]
        var suspicion: Suspicion?
    }

    private var entries: BoundedTable<IPAddress, Entry>

    public init(capacity: Int = capacity) { entries = BoundedTable(capacity: capacity) }

    /// `foreignName` is a confirmed host name that is not below a local domain. Returns the suspicion where it is news.
    public mutating func saw(
        _ address: IPAddress, helo: [UInt8]?, senderDomain: Domain?, foreignName: Domain? = nil, at now: Instant
    ) -> Suspicion? {
        var entry = entries[address] ?? Entry(windowEnds: now.advanced(by: Self.window))
        if entry.windowEnds <= now {
            entry.windowEnds = now.advanced(by: Self.window)
            entry.seen = [:]
        }
        let facts: [(Sign, [UInt8]?)] = [
            (.heloNames, helo), (.senderDomains, senderDomain?.bytes), (.foreignNames, foreignName?.bytes),
        ]
        var found: Sign?
        for case (let sign, let fact?) in facts {
            // One more than it takes is enough to know.
            guard entry.seen[sign]?.count ?? 0 <= sign.most else { continue }
            entry.seen[sign, default: []].insert(Self.hash(fact))
            if entry.seen[sign]?.count ?? 0 > sign.most { found = found ?? sign }
        }
        let wasSuspected = entry.suspicion.map { now < $0.until } ?? false
        if !wasSuspected { entry.suspicion = nil }
        if let sign = found ?? (wasSuspected ? nil : exceeded(entry)) {
            entry.suspicion = Suspicion(
                address: address, sign: wasSuspected ? entry.suspicion?.sign ?? sign : sign,
                until: now.advanced(by: Self.suspicion))
        }
        let hasRoom = entries.hasRoom(for: address, at: now) { now < $0.windowEnds || now < $0.suspicion?.until ?? now }
        guard hasRoom else { return nil }
        entries.put(entry, for: address)
        return wasSuspected ? nil : entry.suspicion
    }

    public func isSuspected(_ address: IPAddress, at now: Instant) -> Bool {
        entries[address]?.suspicion.map { now < $0.until } ?? false
    }

    /// In the order of their addresses.
    public func suspicions(at now: Instant) -> [Suspicion] {
        entries.all.compactMap(\.suspicion).filter { now < $0.until }.sorted { $0.address < $1.address }
    }

    private func exceeded(_ entry: Entry) -> Sign? {
        entry.seen.first { $0.value.count > $0.key.most }?.key
    }

    /// ASCII case folded.
    private static func hash(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        for byte in bytes { hasher.combine((0x41...0x5a).contains(byte) ? byte + 32 : byte) }
        return hasher.finalize()
    }
}
