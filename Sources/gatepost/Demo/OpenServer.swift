import SystemEmulation

extension DemoServer {
    /// A server that takes mail from anybody for anybody and follows every old form of address.
    static func openToAll() throws(Trouble) -> DemoServer {
        try DemoServer(greeting: "old.ours.test ESMTP, open to all") { envelope in
            let isOurs = { (recipient: RecipientText) in recipient.isAt("ours.test") }
            let destination = RecipientText.reduced(Array(envelope.recipient.utf8), isOurs: isOurs)
            return .taken(destination: destination.text, isRelayed: !isOurs(destination))
        }
    }
}
