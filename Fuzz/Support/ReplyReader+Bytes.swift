import MailProtocols
import MailTypes

extension ReplyReader {
    /// The replies that `bytes` complete; nil when they are none.
    public mutating func replies(in bytes: [UInt8]) -> [Reply]? {
        bytes.withUnsafeBytes { try? received($0) }
    }
}
