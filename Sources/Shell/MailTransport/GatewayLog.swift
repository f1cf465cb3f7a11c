import LoginLedger
import MailTypes
import Sessions

/// What a gateway reports. Called on event loops: it must not block.
public protocol GatewayLog: Sendable {
    func recipient(_ record: RecipientRecord, listener: String, client: IPAddress, port: UInt16)
    func transaction(_ record: TransactionRecord, listener: String, client: IPAddress)
    func connectionRefused(listener: String, client: IPAddress, _ why: String)
    /// Few file descriptors are left of so many.
    func acceptingPaused(descriptors: Int)
    func tlsFailed(listener: String, client: IPAddress, _ why: String)
    /// A permitted address permits nothing any more (`SharedAddressWatch`); where it came in, everything passes all the
    /// same if that is observed.
    func addressIsShared(_ suspicion: SharedAddressWatch.Suspicion, listener: String, isObserved: Bool)
    func upstreamFailed(_ upstream: String, _ server: GatewaySettings.Server, _ why: String)
    func upstreamRecovered(_ upstream: String, _ server: GatewaySettings.Server)
}
