import MailTypes

/// What several rules need of a request in another form, made once.
struct ClientFacts {
    /// The bytes of the SMTP AUTH login, ASCII case folded; nil without one.
    let login: [UInt8]?
    let certificates: [[UInt8]]
    let helo: Domain?
    let today: CalendarDay

    init(_ request: borrowing RelayRequest, asksForHeloName: Bool) {
        if case .known(let login) = request.login {
            self.login = login.name.utf8.withCaseFolded
        } else {
            login = nil
        }
        certificates = request.certificates.map { Array($0.utf8) }
        helo = asksForHeloName ? request.heloDomain : nil
        today = request.now.day
    }
}
