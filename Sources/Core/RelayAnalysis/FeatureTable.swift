import MailTypes
import RelayPolicy

/// Gives each thing that a line asks about a number, the same for what means the same.
struct FeatureTable {
    enum Feature: Hashable {
        case client(AddressSet), localAddress(AddressSet)
        case name([PathPattern]), nameNone
        case helo([PathPattern]), heloVerified, heloUnverified
        case listener([String]), requiresTLS(Int), requiresLogin(Int)
        case tls, certificate(Int)
        case anyLogin, login([String]), mechanism([String])
        case pop
        case owned(RequestClass.Ownership.By, policy: Int)
        case sender([PathPattern])
        case to([PathPattern]), isLocal(Int), isUnlisted(Int), isPostmaster(Int), isForeignLiteral(Int)
    }

    private(set) var features: [Feature] = []
    private var numbers: [Feature: Int] = [:]

    mutating func number(_ feature: Feature) -> Int {
        if let number = numbers[feature] { return number }
        numbers[feature] = features.count
        features.append(feature)
        return features.count - 1
    }

    func numbered<Value>(_ pick: (Feature) -> Value?) -> [(feature: Int, value: Value)] {
        features.enumerated().compactMap { number, feature in pick(feature).map { (number, $0) } }
    }
}
