import RelayPolicy

/// Answers that are kept for their time. It holds a bounded number: a new one takes the place of the oldest.
///
/// Time is seconds since any moment, of a clock that never goes back.
public struct NameCache: Sendable {
    /// Answers at once; an answer has at most about half a kilobyte.
    public static let capacity = 50_000
    /// However short the DNS would have it, so that a client cannot make us ask for every message.
    public static let shortest: UInt32 = 5
    /// A confirmed name, or a verified HELO.
    public static let longest: UInt32 = 3600
    /// That there is none (RFC 2308 §5 lets a cache set a bound).
    public static let longestNegative: UInt32 = 300
    /// That it could not be found out (RFC 2308 §7 allows five minutes): so long a broken name server is left alone.
    public static let unknown: UInt32 = 10

    private struct Kept {
        var answer: NameAnswer
        var until: UInt64
    }

    private let capacity: Int
    private var kept: [NameQuestion: Kept] = [:]
    /// The questions in `kept`, in the order in which they came: a ring once it is full.
    private var order: [NameQuestion] = []
    private var oldest = 0

    public init(capacity: Int = capacity) { self.capacity = max(capacity, 1) }

    public var count: Int { kept.count }

    public func answer(to question: NameQuestion, at now: UInt64) -> NameAnswer? {
        guard let found = kept[question], now < found.until else { return nil }
        return found.answer
    }

    /// `seconds` is the time that the DNS gives; nil where it gave no answer.
    public mutating func keep(_ answer: NameAnswer, to question: NameQuestion, seconds: UInt32?, at now: UInt64) {
        let lifetime = seconds.map { min(max($0, Self.shortest), answer.isNegative ? Self.longestNegative : Self.longest) }
        let new = Kept(answer: answer, until: now + UInt64(lifetime ?? Self.unknown))
        if kept.updateValue(new, forKey: question) != nil { return }
        guard order.count == capacity else { return order.append(question) }
        kept[order[oldest]] = nil
        order[oldest] = question
        oldest = (oldest + 1) % capacity
    }

    public mutating func removeAll() { self = NameCache(capacity: capacity) }
}

extension NameAnswer {
    fileprivate var isNegative: Bool {
        switch self {
        case .clientName(.confirmed), .helo(.verified): false
        default: true
        }
    }
}
