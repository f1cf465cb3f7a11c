import ConfigImport

/// Which mail systems this host seems to have, by the files that they keep in their usual places.
enum HostLook {
    private static let places = [
        "/etc/mail/sendmail.mc", "/etc/mail/sendmail.cf", "/etc/sendmail.cf", "/etc/sendmail.mc", "/usr/lib/sendmail.cf",
        "/etc/mail/popauth.m4", "/etc/pop-before-smtp-conf.pl", "/etc/mail/dracd.allow", "/etc/dracd.allow",
    ]

    static func systems() -> Set<MailSystem> {
        var systems: Set<MailSystem> = []
        for place in places {
            guard case .success(let bytes) = FileAccess.read(place), let file = try? ConfigFile(bytes, path: place) else { continue }
            systems.formUnion(MailSystem.recognised(in: file))
        }
        return systems
    }
}
