import MailTypes

/// The inside list as `DEFINE`, `MODIFY` and `REMOVE INSIDE_NETWORK_ADDRESS` make it.
struct MXNetworks {
    struct Network: Hashable {
        var address: UInt32
        var mask: UInt32
        var hasMask: Bool
        var outcome: MXModel.Inside
        var origin: Origin
    }

    struct Problem: Error { var message: String }

    private struct Key: Hashable { var address: UInt32, mask: UInt32 }

    /// As they were defined; nil for removed ones.
    private var all: [Network?] = []
    private var positions: [Key: Int] = [:]

    /// What is defined already stays as it is when it is defined again.
    mutating func read(_ command: DCLCommand, verb: String) throws(Problem) {
        let words = command.words
        guard words.count == 3, let address = Self.address(words[2].text) else {
            throw Problem(message: "no IP address of up to four numbers")
        }
        let switches = try Switches(command)
        let key = Key(address: address, mask: switches.mask ?? .max)
        let known = positions[key]
        switch verb {
        case "REMOVE":
            if let known { (all[known], positions[key]) = (nil, nil) }
        case "MODIFY":
            guard let known else { return }
            if let isRejected = switches.isRejected { all[known]?.outcome.isInside = !isRejected }
            if let mayRelay = switches.mayRelay { all[known]?.outcome.mayRelay = mayRelay }
            all[known]?.origin = Origin(command.at)
        default:
            guard known == nil else { return }
            positions[key] = all.count
            all.append(
                Network(
                    address: address, mask: key.mask, hasMask: switches.mask != nil,
                    outcome: .init(isInside: !(switches.isRejected ?? false), mayRelay: switches.mayRelay ?? false),
                    origin: Origin(command.at)))
        }
    }

    private struct Switches {
        var mask: UInt32?
        var isRejected: Bool?
        var mayRelay: Bool?

        init(_ command: DCLCommand) throws(Problem) {
            for item in command.qualifiers {
                guard let (keyword, isOn) = MXVocabulary.insideQualifiers.switched(item.text) else {
                    throw Problem(message: "`/\(item.text)` is no qualifier of it")
                }
                switch keyword {
                case "REJECT": isRejected = isOn
                case "RELAY_ALLOWED": mayRelay = isOn
                default:
                    guard isOn, item.values.count == 1, let mask = MXNetworks.address(item.values[0]) else {
                        throw Problem(message: "`/\(item.text)` has no mask of up to four numbers")
                    }
                    self.mask = mask
                }
            }
        }
    }

    /// One to four numbers of 0 to 255; those that are missing are 0.
    static func address(_ text: String) -> UInt32? {
        var value: UInt32 = 0
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 4, !text.isEmpty else { return nil }
        for position in 0..<4 {
            var octet = 0
            if position < parts.count {
                guard let number = OldAddressForms.decimal(parts[position]), number <= 255 else { return nil }
                octet = number
            }
            value = value << 8 | UInt32(octet)
        }
        return value
    }

    // MARK: Order

    /// Longest mask first, equal ones as they were defined.
    var ordered: [Network] { sorted { Self.leadingOnes($0.mask) } }

    /// As the program counts bits: those of an octet from its low end, so that a mask which ends within an octet counts
    /// for as long as one that ends before it.
    var orderedByLowBits: [Network] { sorted { Self.onesFromLowEnds($0.mask) } }

    private func sorted(by length: (Network) -> Int) -> [Network] {
        all.compactMap { $0 }.enumerated().map { (length: length($1), place: $0, network: $1) }
            .sorted { ($1.length, $0.place) < ($0.length, $1.place) }.map(\.network)
    }

    static func leadingOnes(_ mask: UInt32) -> Int { (~mask).leadingZeroBitCount }
    static func hasHoles(_ mask: UInt32) -> Bool { mask.nonzeroBitCount != leadingOnes(mask) }

    private static func onesFromLowEnds(_ mask: UInt32) -> Int {
        (~mask).byteSwapped.trailingZeroBitCount
    }

    /// `nets` as a table; nil ranges are an error of the file, said before.
    static func table(_ networks: [Network]) -> AddressPriority<MXModel.Inside> {
        AddressPriority(
            inFileOrder: networks.map { network in
                .init(OldAddressForms.masked(network.address, network.mask) ?? [], network.outcome, network.origin)
            })
    }
}
