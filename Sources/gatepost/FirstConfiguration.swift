import PolicyLanguage

/// The text that `quickstart` writes: closed to everybody, with the tests that say so.
struct FirstConfiguration {
    let hostname: String
    let domains: [String]
    let server: String

    /// An address of documentation plays the stranger (RFC 5737 §3).
    private static let stranger = "from 198.51.100.7  listener public  sender x@evil.example"

    /// In the canonical layout.
    var text: String {
        switch formatted(Array(unformatted.utf8), file: "gatepost.conf") {
        case .success(let bytes): String(decoding: bytes, as: UTF8.self)
        // A name that was given breaks it; the reader says where.
        case .failure: unformatted
        }
    }

    private var unformatted: String {
        """
        version 1

        # Written by `gatepost quickstart`. See what it means: gatepost check
        # Then start it: gatepost run

        node {
            hostname  \(hostname)
            state     /var/lib/gatepost
        }

        # Mail to these domains is delivered. Mail to any other would be relayed.
        local {
            domains  \(domains.joined(separator: " "))
        }

        # The mail server behind the gate.
        upstream mailserver {
            server  \(server)
        }
        route  local      mailserver
        route  elsewhere  mailserver

        listen public {
            address  0.0.0.0:25 [::]:25
        }

        # Who may send elsewhere through us, read from the top. Nothing fits: 550 5.7.1 Relaying denied.
        # Networks that are named here need a line in `tests` too.
        relay {
            # permit "office" {
            #     from   192.0.2.0/24
            #     limit  500 recipients per hour for each client
            # }
        }

        tests {
            reject  \(Self.stranger)  to y@victim.example
            reject  \(Self.stranger)  to y%victim.example@\(domains[0])
            permit  \(Self.stranger)  to postmaster@\(domains[0])  as delivery
        }

        """
    }
}
