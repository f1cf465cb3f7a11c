/// The dimensions of a request, in the order in which they are asked: what has few values first, so that the large
/// sets come last and stay whole.
enum Dimension: Hashable {
    case listener, heloStatus, tls, certificate(Int)
    case owned(RequestClass.Ownership.By, policy: Int)
    case login, mechanism, pop
    case name, helo, localAddress, client, sender, to
}
