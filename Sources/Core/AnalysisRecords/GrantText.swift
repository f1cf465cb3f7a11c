import MailTypes
import RelayAnalysis
import RelayPolicy

/// A grant in a line for people.
public struct GrantText {
    let grant: Grant
    private let words: GrantWords
    private static let mostNetworks = 4

    public init(_ grant: Grant, in words: GrantWords) { (self.grant, self.words) = (grant, words) }

    /// `192.0.2.0/24 · sender *@example.com · to elsewhere`: who needs what to send what where.
    public var gist: String { (who + [sender, recipients].compactMap { $0 }).joined(separator: " · ") }

    /// The same with what else must be so or must not be: `without login · on public`. Empty if nothing.
    public var circumstances: String { rest.joined(separator: " · ") }

    /// `"office LAN" (gatepost.conf:95)`
    public var rule: String {
        let rule = words.policy.relay[grant.rule]
        return "\"\(rule.name)\" (\(rule.at.lineReference))"
    }

    public var risks: String { grant.risks.map(\.rawValue).joined(separator: ", ") }

    private var who: [String] {
        let requests = grant.requests
        var parts: [String] = []
        if requests.clients != .everything {
            parts.append(words.addresses(requests.clients))
        } else if !requests.needsMoreThanAddress {
            parts.append("anywhere")
        }
        if let names = requests.names, requests.needsName { parts.append("name \(Self.set(names, nil, host: true))") }
        // A login that owns nothing of it is one that nobody needs.
        if !requests.logins.hasNone, requests.ownership.first(where: { $0.by == .login })?.holds != false {
            parts.append("login " + (requests.logins.names.map { Self.short($0) } ?? "any" + Self.except(requests.logins.exceptions)))
        }
        if requests.pop == true, requests.ownership.first(where: { $0.by == .pop })?.holds != false {
            parts.append("recent POP login")
        }
        for words in requests.certificates.each { parts.append("certificate \(Self.short(words))") }
        return parts
    }

    private var rest: [String] {
        let requests = grant.requests
        var parts: [String] = []
        if let names = requests.names, !requests.needsName { parts.append("name \(Self.set(names, "none", host: true))") }
        let logins = requests.logins
        if logins.isNoneAlone {
            parts.append("without login")
        } else if logins.hasNone, !logins.exceptions.isEmpty {
            parts.append("not as login \(Self.short(logins.exceptions))")
        }
        if !logins.hasNone, requests.ownership.first(where: { $0.by == .login })?.holds == false { parts.append("logged in") }
        if requests.ownership.contains(where: { !$0.holds }) { parts.append("unless the sender is the login's own") }
        if let mechanisms = requests.mechanisms {
            parts.append("mechanism " + (mechanisms.words.map { Self.short($0) } ?? "any" + Self.except(mechanisms.exceptions)))
        }
        if requests.pop == false { parts.append("without POP login") }
        if !requests.certificates.none.isEmpty { parts.append("without certificate \(Self.short(requests.certificates.none))") }
        if let tls = requests.tls { parts.append(tls ? "with TLS" : "without TLS") }
        if let helo = requests.helo { parts.append("HELO \(Self.set(helo, "none", host: true))") }
        if let statuses = requests.heloStatuses { parts.append("HELO \(statuses.map { "\($0)" }.joined(separator: " or "))") }
        if let local = requests.localAddresses {
            parts.append("connected to \(local.set == .everything ? "a known address" : Self.addresses(local.set))")
        }
        if let listeners = requests.listeners { parts.append("on \(Self.short(listeners.map { $0 ?? "(no listener named)" }))") }
        return parts
    }

    private var sender: String? {
        let requests = grant.requests
        let owned = requests.ownership.contains(where: \.holds) ? "sender of the login's own" : nil
        let set = requests.senders.isEverything ? nil : "sender \(Self.set(requests.senders, "<>", host: false))"
        let parts = [owned, set].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `to elsewhere`
    public var recipients: String { words.recipients(grant.requests.recipients) }

    // MARK: Words

    /// Small gaps are said as exceptions.
    static func addresses(_ set: AddressSet) -> String {
        let complement = set.complement
        if set.ranges.count > mostNetworks, complement.ranges.count <= mostNetworks {
            return "anywhere except " + short(complement.ranges.lazy.map(\.description))
        }
        var hulls: [IPRange] = []
        for range in set.ranges {
            if let last = hulls.last, let hull = IPRange(first: last.first, last: range.last),
                (range.first.value - last.last.value) / 4 < min(range.last.value - range.first.value, last.last.value - last.first.value) + 1
            {
                hulls[hulls.count - 1] = hull
            } else {
                hulls.append(range)
            }
        }
        let gaps = AddressSet(hulls).subtracting(set).ranges
        guard hulls.count < set.ranges.count, hulls.allSatisfy({ $0.networks.count == 1 }) else {
            return short(set.ranges.lazy.map(\.description))
        }
        let whole = AddressSet(hulls) == .everything ? "anywhere" : short(hulls.lazy.map(\.description))
        return whole + except(gaps.lazy.map(\.description))
    }

    static func set(_ set: PathSet, _ special: String?, host: Bool) -> String {
        func word(_ pattern: PathPattern) -> String {
            if host, case .domain(let domain) = pattern { return domain.description }
            return pattern.description
        }
        var text = set.patterns.map { short($0.lazy.map(word), and: set.hasSpecial ? special : nil) } ?? "any"
        text += except(
            set.exceptions.lazy.map(word), and: set.patterns == nil && !set.hasSpecial && special != "<postmaster>" ? special : nil)
        if let parts = set.localParts { text += ", local part \(short(parts.map { String(decoding: $0, as: UTF8.self) }))" }
        return text
    }

    static func except(_ words: some RandomAccessCollection<String>, and last: String? = nil) -> String {
        words.isEmpty && last == nil ? "" : " except \(short(words, and: last))"
    }

    /// The first of them, and how many more. The others are not even written: there can be thousands.
    static func short(_ words: some RandomAccessCollection<String>, and last: String? = nil) -> String {
        let count = words.count + (last == nil ? 0 : 1)
        let isShort = count <= mostNetworks
        let shown = Array(words.prefix(isShort ? mostNetworks : mostNetworks - 1)) + (isShort ? [last].compactMap { $0 } : [])
        return shown.joined(separator: " ") + (isShort ? "" : " and \(count - mostNetworks + 1) more")
    }
}
