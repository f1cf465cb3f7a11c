import ArgumentParser

/// What every command that reads a configuration takes.
struct SharedOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("config")],
        help: ArgumentHelp(
            "The configuration (default: gatepost.conf if it exists, else \(ConfigurationFile.systemPath)).",
            valueName: "file"),
        completion: .file())
    var config: String?

    @Flag(help: "Answer in JSON, as the schemas in docs/json describe it.")
    var json = false

    @Flag(help: "No color, even on a terminal.")
    var noColor = false

    /// The configuration named by `-c`, or by the command's own argument, or the standard one.
    func configurationFile(_ argument: String? = nil) throws -> ConfigurationFile {
        if argument != nil && config != nil {
            throw ValidationError("The file is named twice, as FILE and with -c.")
        }
        return ConfigurationFile(argument ?? config)
    }

    var style: TerminalStyle { TerminalStyle(wanted: !noColor) }
}
