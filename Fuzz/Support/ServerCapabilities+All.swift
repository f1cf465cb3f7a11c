import MailProtocols

extension ServerCapabilities {
    /// Everything that Gatepost uses, without a limit of size.
    public static var all: ServerCapabilities {
        var all = ServerCapabilities()
        (all.pipelining, all.eightBitMIME, all.smtpUTF8) = (true, true, true)
        (all.enhancedStatusCodes, all.dsn, all.size) = (true, true, 0)
        return all
    }
}
