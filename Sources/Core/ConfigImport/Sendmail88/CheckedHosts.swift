import MailTypes
import PolicyLanguage

/// What check_rcpt makes of the recipient's host, put together from its steps: which hosts are fine, and what becomes of
/// a local part that hides another.
struct CheckedHosts {
    /// Hosts that are taken off, so that what they hide is judged.
    private(set) var stripped: [Sourced<HostPattern>] = []
    /// Hosts that are fine at once.
    private(set) var stopped: [Sourced<HostPattern>] = []
    /// Forms that are unwrapped at stopped hosts all the same.
    private(set) var suspects: Set<CheckRecipientModel.Sign> = []
    /// Quotes are taken off before the rest is read.
    private(set) var dequotes = false
    /// Whether nothing is refused.
    private(set) var isOpen = true
    let origin: Origin
    private let ours: Set<String>
    /// A host of class w, by any name where nobody said one: every host has one.
    private let anyOfOurs: HostPattern?
    private var stripsOurs = false
    private var stopsAtOurs = false

    init(_ model: CheckRecipientModel) {
        ours = Set(model.localNames.map(\.value))
        origin = model.steps?.first?.origin ?? model.origin
        anyOfOurs =
            SendmailCF.domains(model.localNames).isEmpty
            ? Domain("your-domain.example").map { HostPattern(domain: $0, isBelow: false) } : nil
        for step in model.distinctSteps {
            if step.value.isRefusal { isOpen = false }
            switch step.value {
            case .strip("w", _), .resolve: stripsOurs = true
            case .stop("w", _): stopsAtOurs = true
            default: break
            }
            switch step.value {
            case .strip(let name, let isSuffix): stripped += Self.hosts(model.classes[name] ?? [], isSuffix)
            case .stop(let name, let isSuffix): stopped += Self.hosts(model.classes[name] ?? [], isSuffix)
            case .suspect(let sign): suspects.insert(sign)
            case .dequote: dequotes = true
            case .resolve:
                stripped += Self.hosts(model.localNames, false)
                dequotes = true
            default: break
            }
        }
    }

    private static func hosts(_ words: [Sourced<String>], _ isSuffix: Bool) -> [Sourced<HostPattern>] {
        isSuffix
            ? words.flatMap(SendmailCF.suffix)
            : SendmailCF.domains(words).map { $0.map { HostPattern(domain: $0, isBelow: false) } }
    }

    /// Hosts at which a hidden destination is judged as if it were ours.
    var withHole: [Sourced<HostPattern>] {
        let closed = Set(stripped.map(\.value))
        return stopped.filter { !closed.contains($0.value) }
    }

    /// The first of them, for people; one of ours where it has no name here.
    var firstWithHole: HostPattern? { withHole.first?.value ?? (stopsAtOurs && !stripsOurs ? anyOfOurs : nil) }

    /// The first host that is taken off, for people.
    var firstStripped: HostPattern? { stripped.first?.value ?? (stripsOurs ? anyOfOurs : nil) }

    /// Whether a hidden destination of this form passes at a stopped host.
    func passes(_ form: AddressTrick) -> Bool {
        switch form {
        case .percent: !suspects.contains(.percent)
        case .doubleAt: !suspects.contains(.at)
        case .quoted: !(suspects.contains(.at) && dequotes)
        default: true
        }
    }

    // MARK: Draft

    func addDomains(to draft: inout PolicyDraft) {
        if isOpen {
            for word in ours.sorted() {
                guard let domain = Domain(word) else { continue }
                draft.addDomain(HostPattern(domain: domain, isBelow: false), origin: Origin(note: "class w"))
            }
        }
        for host in stripped + stopped {
            let isOurs = !host.value.isBelow && ours.contains("\(host.value.domain)")
            draft.addDomain(
                host.value, via: isOurs ? nil : PolicyDraft.onward, origin: host.origin ?? origin)
        }
    }

    /// Forms that hide a destination, by what becomes of them. `at` cannot name all hosts below one, so where such hosts
    /// are taken off, a form is resolved everywhere.
    func addTricks(to draft: inout PolicyDraft) {
        let dangerous: [AddressTrick] = isOpen ? [] : [.percent, .bang, .doubleAt] + (dequotes ? [.quoted] : [])
        draft.treat(AddressTrick.allCases.filter { !dangerous.contains($0) }, .asWritten, origin: origin)
        for isPassing in [true, false] {
            let forms = dangerous.filter { passes($0) == isPassing }
            let resolved = stripped + (isPassing ? [] : withHole)
            let isEverywhere = resolved.contains(where: \.value.isBelow)
            draft.treat(forms, isEverywhere ? .resolve : .asWritten, origin: origin)
            let exceptions = exact(!isEverywhere ? resolved : isPassing ? withHole : [])
            guard !exceptions.isEmpty else { continue }
            draft.treat(forms, isEverywhere ? .asWritten : .resolve, at: exceptions, origin: origin)
        }
    }

    private func exact(_ hosts: [Sourced<HostPattern>]) -> [Domain] {
        var seen: Set<Domain> = []
        return hosts.filter { !$0.value.isBelow && seen.insert($0.value.domain).inserted }.map(\.value.domain)
    }
}
