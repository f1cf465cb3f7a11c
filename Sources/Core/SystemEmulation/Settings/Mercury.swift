extension EmulationSetting {
    static let mercury = [
        EmulationSetting(
            "normal", "normal mode, as delivered", isOpen: true,
            File("MERCURY.INI", "[Domains]\nold : ours.test\nold : old.ours.test\n[MercuryS]\nRelay : 0\nAllow : 192.0.2.0\n")),
        EmulationSetting(
            "open", "Relay : 1", isOpen: true,
            File("MERCURY.INI", "[Domains]\nold : ours.test\nold : old.ours.test\n[MercuryS]\nRelay : 1\n")),
        EmulationSetting(
            "strict", "strict mode, the remedy", isOpen: false,
            File(
                "MERCURY.INI",
                "[Domains]\nold : ours.test\nold : old.ours.test\n[MercuryS]\nRelay : 0\nStrict_Relay : 1\nAllow : 192.0.2.0\n")),
    ]
}
