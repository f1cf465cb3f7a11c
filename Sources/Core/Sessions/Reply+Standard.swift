import MailTypes

/// What is said in nearly every session, made once.
extension Reply {
    static let ok = Reply(250, "2.0.0", "Ok")
    static let senderTaken = Reply(250, "2.1.0", "Ok")
    static let startMailInput = Reply(code: 354, text: Array("End data with <CR><LF>.<CR><LF>".utf8))
    static let bye = Reply(221, "2.0.0", "Bye")
}
