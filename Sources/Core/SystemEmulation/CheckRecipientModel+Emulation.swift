import ConfigImport
import MailTypes

extension CheckRecipientModel: EmulatedSystem {
    /// check_relay, check_mail, check_rcpt; what check_rcpt lets through goes where ruleset 0 sends it.
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let words = ClassWords(model: self)
        if refusesJunkClients, words.isJunkClient(request) { return .refusedConnection("571 we do not accept junk") }
        if refusesJunkSenders, words.isJunkSender(request) { return .refused("571 we do not accept junk") }
        guard let steps else { return .accepted(words.destination(of: request.recipient)) }
        var run = CheckRecipientRun(words: words, request: request)
        for step in steps {
            if let decision = run.take(step.value) { return decision }
        }
        return .accepted(run.destination)
    }
}

/// One recipient on its way through the rules.
private struct CheckRecipientRun {
    let words: ClassWords
    let request: EmulatedRequest
    private var address: Focused
    /// The local part holds what makes it no longer ours.
    private var isSuspect = false
    private var isMarked = false
    /// Strip steps that follow one another are one loop: each begins again where another left off.
    private var loop: [(name: String, suffix: Bool)] = []

    init(words: ClassWords, request: EmulatedRequest) {
        (self.words, self.request) = (words, request)
        address = Focused(request.recipient)
    }

    var destination: EmulatedDestination { words.destination(of: request.recipient) }

    mutating func take(_ step: CheckRecipientModel.Step) -> EmulatedDecision? {
        if case .strip(let name, let suffix) = step { loop.append((name, suffix)) } else { loop = [] }
        switch step {
        case .takeAddress, .takeName, .neverForClients: return nil
        case .canonify: address = Focused(request.recipient)
        case .resolve: resolveOurs()
        case .dequote: address = address.dequoted
        case .acceptAddress(let name, let demandsMore):
            return words.beginsAddress(name, request.client, demandsMore) ? .accepted(destination) : nil
        case .acceptMappedAddress: return words.mapPermits(request.client) ? .accepted(destination) : nil
        case .acceptName(let name, let suffix):
            guard case .confirmed(let host) = request.name else { return nil }
            return words.has(name, "\(host)", suffix) ? .accepted(destination) : nil
        case .acceptOneWordName:
            guard case .confirmed(let host) = request.name, !"\(host)".contains(".") else { return nil }
            return .accepted(destination)
        case .acceptBare: return address.host == nil ? .accepted(destination) : nil
        case .suspect(.percent): isSuspect = isSuspect || address.holds(UInt8(ascii: "%"))
        case .suspect(.at): isSuspect = isSuspect || address.host != nil && address.holds(UInt8(ascii: "@"))
        case .stop(let name, let suffix):
            guard !isSuspect, address.route == nil, let host = address.host else { return nil }
            return words.has(name, host, suffix) ? .accepted(destination) : nil
        case .strip: strip()
        case .rejectHost: return address.host == nil ? nil : .refused("551 we do not relay")
        case .markHost: isMarked = address.host != nil
        case .acceptSender: return words.allowsSender(request.sender) ? .accepted(destination) : nil
        case .rejectMarked: return isMarked ? .refused("551 we do not relay") : nil
        case .rejectAll: return .refused("551 we do not support relaying")
        }
        return nil
    }

    /// Bounded by the length of the text, which only shrinks.
    private mutating func strip() {
        for _ in 0...request.recipient.count {
            guard let host = address.host, loop.contains(where: { words.has($0.name, host, $0.suffix) }) else { return }
            address = Focused(address.route ?? address.localPart)
        }
    }

    /// `$>Parse0 $>3`: what stands before a local host is read again, its quotes too.
    private mutating func resolveOurs() {
        address = Focused(request.recipient)
        for _ in 0...request.recipient.count {
            guard let host = address.host, words.has("w", host, false) else { return }
            let inner = Focused(address.route ?? address.dequoted.localPart)
            guard inner.host != nil else { return }
            address = inner
        }
    }
}

/// An address after ruleset 3: what the focus `<@host>` is on, and what stands around it.
private struct Focused {
    var localPart: [UInt8]
    /// Lower case, nil for a bare user.
    var host: String?
    /// `@a:rest`: what is to be done at `a`.
    var route: [UInt8]?

    /// A route first, then the last `@`, then the first `!`, then the last `%`.
    init(_ bytes: [UInt8]) {
        if let (hop, rest) = RecipientText.withoutRoute(bytes) {
            (localPart, host, route) = ([], String(decoding: hop, as: UTF8.self), rest)
            return
        }
        let text = RecipientText(bytes)
        let isQuoted = bytes.first == UInt8(ascii: "\"")
        let found =
            text.domain != nil
            ? text : isQuoted ? nil : text.withoutBang.map(Self.uucp) ?? text.withoutPercent
        (localPart, host) = (found?.localPart ?? bytes, found?.domainText)
    }

    /// A host without a dot is one of UUCP's.
    private static func uucp(_ text: RecipientText) -> RecipientText {
        guard let domain = text.domain, !domain.contains(UInt8(ascii: ".")) else { return text }
        return RecipientText(localPart: text.localPart, domain: domain + ".uucp".utf8)
    }

    var dequoted: Focused {
        guard localPart.count > 2, localPart.first == UInt8(ascii: "\""), localPart.last == UInt8(ascii: "\"") else { return self }
        var other = self
        other.localPart = Array(localPart.dropFirst().dropLast())
        return other
    }

    func holds(_ byte: UInt8) -> Bool { (route ?? localPart).contains(byte) }
}

/// Classes and maps as the rules ask for them.
private struct ClassWords {
    let model: CheckRecipientModel

    /// Where ruleset 0 sends a recipient: what stands before a local host is read again.
    func destination(of recipient: [UInt8]) -> EmulatedDestination {
        let isOurs = { (text: RecipientText) in text.domainText.map { has("w", $0, false) } ?? true }
        let final = RecipientText.reduced(recipient, isOurs: isOurs)
        return isOurs(final) ? .delivered(final) : .relayed(final)
    }

    func has(_ name: String, _ host: String, _ suffix: Bool) -> Bool {
        (model.classes[name] ?? (name == "w" ? model.localNames : [])).contains { word in
            if host == word.value { return true }
            guard suffix else { return false }
            return host.hasSuffix(word.value.hasPrefix(".") ? word.value : "." + word.value)
        }
    }

    /// Tokens of the address and of the word are compared from the left.
    func beginsAddress(_ name: String, _ client: IPAddress, _ demandsMore: Bool) -> Bool {
        guard client.family == .v4 else { return false }
        let address = Self.tokens("\(client)")
        return (model.classes[name] ?? []).contains { word in
            let word = Self.tokens(word.value)
            guard !word.isEmpty, address.starts(with: word) else { return false }
            return !demandsMore || address.count > word.count && address[word.count] == "."
        }
    }

    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        for character in text + "\n" {
            guard character == "." || character == "\n" else {
                word.append(character)
                continue
            }
            if !word.isEmpty { tokens.append(word) }
            if character == "." { tokens.append(".") }
            word = ""
        }
        return tokens
    }

    func mapPermits(_ client: IPAddress) -> Bool { model.addressMap?.entry(for: client)?.outcome ?? false }

    // MARK: allow and junk

    func allowsSender(_ sender: [UInt8]) -> Bool { isListed(RecipientText(sender), in: model.allowed) }

    func isJunkSender(_ request: EmulatedRequest) -> Bool {
        guard !request.sender.isEmpty else { return isJunkName(request) }
        let sender = RecipientText(request.sender)
        if let domain = sender.domainText, model.localNames.contains(where: { $0.value == domain }) { return false }
        return isListed(sender, in: model.junk)
    }

    func isJunkClient(_ request: EmulatedRequest) -> Bool {
        if isJunkName(request) { return true }
        guard request.client.family == .v4 else { return false }
        let octets = "\(request.client)".split(separator: ".")
        return (1...4).contains { count in
            let net = octets.prefix(count).joined(separator: ".")
            return model.junk.contains { $0.value == net }
        }
    }

    private func isJunkName(_ request: EmulatedRequest) -> Bool {
        guard case .confirmed(let name) = request.name else { return false }
        return isListed(RecipientText(localPart: [], domain: Array("\(name)".utf8)), in: model.junk)
    }

    /// The domain, then the address, then the same without the first label, while two are left.
    private func isListed(_ sender: RecipientText, in keys: [Sourced<String>]) -> Bool {
        guard var domain = sender.domainText else { return false }
        let user = String(decoding: sender.localPart, as: UTF8.self).lowercased()
        let known = Set(keys.map(\.value))
        while true {
            if known.contains(domain) || known.contains("\(user)@\(domain)") { return true }
            let labels = domain.split(separator: ".")
            guard labels.count > 2 else { return false }
            domain = labels.dropFirst().joined(separator: ".")
        }
    }
}
