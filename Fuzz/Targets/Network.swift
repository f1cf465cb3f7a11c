import FuzzSupport
import MailTypes

/// Addresses, networks, ranges, times: what is read is printed so that it is read as the same again, and the algebra of
/// address sets says of each address what its members say.
///
/// Input: lines. Each is tried as all of these; the networks among them become two sets by turns.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNetwork(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let lines = UnsafeBufferPointer(start: start, count: count).split(separator: 0x0a, maxSplits: 31)
    var ranges: [[IPRange]] = [[], []]
    var addresses: [IPAddress] = []
    for (index, line) in lines.enumerated() {
        let text = String(decoding: line, as: UTF8.self)
        checkTimes(text)
        if let address = checkedAddress(text, Array(line)) { addresses.append(address) }
        if let range = checkedRange(text) {
            ranges[index % 2].append(range)
            addresses += [range.first, range.last]
        }
    }
    checkAlgebra(ranges, addresses)
    return 0
}

private func checkedAddress(_ text: String, _ bytes: [UInt8]) -> IPAddress? {
    let address = IPAddress(parsing: bytes)
    require(!bytes.allSatisfy { $0 < 0x80 } || IPAddress(text) == address, "\(text) is one address as text and bytes")
    guard let address else { return nil }
    require(IPAddress("\(address)") == address, "\(address) is read as itself")
    require(address.unmapped.unmapped == address.unmapped, "\(address) is unmapped once")
    return address
}

private func checkedRange(_ text: String) -> IPRange? {
    guard let range = try? AddressSet.parse(text) else {
        require((try? IPNetwork(parsing: text)) == nil, "\(text) is a range if it is a network")
        return nil
    }
    require((try? AddressSet.parse("\(range)")) == range, "\(range) is read as itself")
    require(AddressSet(range.networks.map(\.range)).ranges == [range], "\(range) is its networks")
    if let network = try? IPNetwork(parsing: text) {
        require(network.range == range, "\(network) is its range")
        require((try? IPNetwork(parsing: "\(network)")) == network, "\(network) is read as itself")
    }
    return range
}

private func checkAlgebra(_ ranges: [[IPRange]], _ addresses: [IPAddress]) {
    let (a, b) = (AddressSet(ranges[0]), AddressSet(ranges[1]))
    let (union, both, difference) = (a.union(b), a.intersection(b), a.subtracting(b))
    require(a.complement.complement == a, "twice the complement is the set")
    require(union == b.union(a) && both == b.intersection(a), "union and intersection do not know an order")
    require(difference == a.intersection(b.complement), "a difference is an intersection")
    for address in addresses {
        let inA = ranges[0].contains { $0.contains(address) }
        let inB = ranges[1].contains { $0.contains(address) }
        require(a.contains(address) == inA, "\(address) in the set")
        require(a.complement.contains(address) == !inA, "\(address) in the complement")
        require(union.contains(address) == (inA || inB), "\(address) in the union")
        require(both.contains(address) == (inA && inB), "\(address) in the intersection")
        require(difference.contains(address) == (inA && !inB), "\(address) in the difference")
    }
    for family in IPAddress.Family.allCases {
        let (sum, overflows) = both.count(family).addingReportingOverflow(difference.count(family))
        require(a.count(family) == (overflows ? .max : sum), "the parts have as many addresses as the whole")
    }
}

private func checkTimes(_ text: String) {
    if let day = CalendarDay(text) { require("\(day)" == text, "\(text) is printed as it was") }
    if let moment = Instant(text) {
        require(Instant("\(moment)")?.seconds == moment.seconds || moment.day.date.year > 9999 || moment.day.date.year < 0, "\(moment) is read as itself")
        require(!moment.rfc5322.isEmpty, "\(moment) is printed for mail")
    }
}
