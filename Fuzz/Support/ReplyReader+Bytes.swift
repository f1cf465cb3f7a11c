import MailProtocols
import MailTypes

extension ReplyReader {
    /// The replies that `bytes` complete; nil when they are none.
    public mutating func replies(in bytes: [UInt8]) -> [Reply]? {
        var replies: [Reply] = []
        do { try bytes.withUnsafeBytes { try received($0, into: &replies) } } catch { return nil }
        return replies
    }
}
