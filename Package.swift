// swift-tools-version: 6.1
import PackageDescription

/// A target without I/O, clock, randomness or Foundation: values and pure functions.
func core(_ name: String, uses: String..., links: [LinkerSetting] = []) -> Target {
    .target(
        name: name, dependencies: uses.map { .target(name: $0) }, path: "Sources/Core/\(name)",
        linkerSettings: links)
}

/// A target that meets the outside world and holds no rules of its own.
func shell(_ name: String, uses: String..., products: [Target.Dependency], settings: [SwiftSetting] = []) -> Target {
    .target(
        name: name, dependencies: uses.map { .target(name: $0) } + products, path: "Sources/Shell/\(name)",
        swiftSettings: settings)
}

func tests(_ name: String, uses: String...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: uses.map { .target(name: $0) }, path: "Tests/\(name)")
}

let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOConcurrencyHelpers"].map { .product(name: $0, package: "swift-nio") }

let package = Package(
    name: "gatepost",
    products: [
        .executable(name: "gatepost", targets: ["gatepost"]),
        .library(
            name: "GatepostCore",
            targets: [
                "MailTypes", "Diagnostics", "JSONText", "RelayPolicy", "RelayAnalysis", "PolicyLanguage", "MailProtocols",
                "Sessions", "LoginLedger", "DecisionRecords", "AnalysisRecords", "AnalysisCheck", "PolicyReview",
                "MailLogs", "PolicyTightening", "ConfigImport", "SystemEmulation", "ConfigAudit", "SystemGuide",
                "NameLookups",
            ]),
        .library(name: "GatepostStorage", targets: ["Storage"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Core: values and pure functions.
        .systemLibrary(
            name: "CLibIDN2", path: "Sources/Core/CLibIDN2", pkgConfig: "libidn2",
            providers: [.apt(["libidn2-dev"])]),
        core("MailTypes", uses: "CLibIDN2"),
        core("Diagnostics"),
        // Whether a number is whole is a question of the C library's mathematics, which Foundation would bring along.
        core("JSONText", links: [.linkedLibrary("m")]),
        core("RelayPolicy", uses: "MailTypes", "Diagnostics"),
        core("RelayAnalysis", uses: "RelayPolicy", "MailTypes"),
        core("PolicyLanguage", uses: "RelayPolicy", "MailTypes", "Diagnostics"),
        core("LoginLedger", uses: "RelayPolicy", "MailTypes"),
        core("DecisionRecords", uses: "RelayPolicy", "MailTypes", "JSONText"),
        core(
            "AnalysisRecords", uses: "RelayAnalysis", "DecisionRecords", "RelayPolicy", "MailTypes", "JSONText"),
        core(
            "PolicyReview", uses: "PolicyLanguage", "RelayAnalysis", "DecisionRecords", "RelayPolicy", "MailTypes",
            "Diagnostics", "JSONText"),
        core(
            "PolicyChanges", uses: "PolicyLanguage", "PolicyReview", "RelayAnalysis", "AnalysisRecords", "RelayPolicy",
            "MailTypes", "Diagnostics", "JSONText"),
        core("AnalysisCheck", uses: "RelayPolicy", "MailTypes", "JSONText"),
        core("MailLogs", uses: "DecisionRecords", "JSONText", "RelayPolicy", "MailTypes"),
        core(
            "PolicyTightening", uses: "PolicyLanguage", "RelayAnalysis", "DecisionRecords", "RelayPolicy", "MailTypes",
            "Diagnostics"),
        core("ConfigImport", uses: "PolicyLanguage", "MailTypes", "Diagnostics", "JSONText"),
        core("SystemEmulation", uses: "ConfigImport", "PolicyLanguage", "MailTypes"),
        core("SystemGuide", uses: "ConfigImport"),
        core(
            "ConfigAudit", uses: "ConfigImport", "AnalysisRecords", "RelayAnalysis", "PolicyLanguage", "RelayPolicy",
            "MailTypes", "Diagnostics", "JSONText"),
        core("MailProtocols", uses: "MailTypes"),
        core("Sessions", uses: "MailProtocols", "RelayPolicy", "MailTypes"),
        core("NameLookups", uses: "RelayPolicy", "MailTypes"),

        // Shell: the outside world.
        .systemLibrary(
            name: "CLibCrypto", path: "Sources/Shell/CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CMalloc", path: "Sources/Shell/CMalloc"),
        shell(
            "MailTransport", uses: "Sessions", "MailProtocols", "RelayPolicy", "MailTypes", "LoginLedger",
            products: nio + [
                "CLibCrypto", "CMalloc", .product(name: "NIOTLS", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            // Every access to a session's state is looked up at run time: 4 % of a message. Debug builds, and so all
            // tests, keep the check.
            settings: [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
        .systemLibrary(
            name: "CCares", path: "Sources/Shell/CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        shell(
            "NameResolution", uses: "CCares", "NameLookups", "RelayPolicy", "MailTypes",
            products: [.product(name: "NIOConcurrencyHelpers", package: "swift-nio")]),
        shell(
            "Storage", uses: "DecisionRecords", "RelayPolicy", "MailTypes", "JSONText", "Diagnostics",
            products: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]),

        // The program: one file a command.
        .executableTarget(
            name: "gatepost",
            dependencies: [
                "MailTypes", "Diagnostics", "JSONText", "RelayPolicy", "PolicyLanguage", "RelayAnalysis",
                "AnalysisRecords", "AnalysisCheck", "PolicyReview", "PolicyChanges", "PolicyTightening", "DecisionRecords",
                "MailLogs", "ConfigImport", "ConfigAudit", "SystemEmulation", "SystemGuide",
                "MailProtocols", "Sessions", "LoginLedger", "MailTransport", "NameResolution", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + nio,
            path: "Sources/gatepost"),

        .target(name: "TestSupport", path: "Tests/Support"),
        .target(
            name: "PolicyWorlds", dependencies: ["RelayPolicy", "MailTypes", "Diagnostics", "TestSupport"],
            path: "Tests/PolicyWorlds"),
        tests("MailTypes", uses: "MailTypes", "TestSupport"),
        tests("RelayPolicy", uses: "RelayPolicy", "MailTypes", "Diagnostics", "TestSupport"),
        tests(
            "RelayAnalysis", uses: "RelayAnalysis", "RelayPolicy", "MailTypes", "Diagnostics", "PolicyWorlds", "TestSupport"),
        tests(
            "AnalysisRecords", uses: "AnalysisRecords", "AnalysisCheck", "RelayAnalysis", "RelayPolicy", "MailTypes",
            "Diagnostics", "JSONText", "PolicyWorlds", "TestSupport"),
        tests(
            "PolicyLanguage", uses: "PolicyLanguage", "PolicyReview", "RelayPolicy", "MailTypes", "Diagnostics",
            "TestSupport"),
        tests(
            "PolicyChanges", uses: "PolicyChanges", "PolicyLanguage", "RelayAnalysis", "DecisionRecords", "RelayPolicy",
            "MailTypes", "Diagnostics", "JSONText"),
        tests("Tidy"),
        tests("JSONText", uses: "JSONText", "TestSupport"),
        tests("DecisionRecords", uses: "DecisionRecords", "RelayPolicy", "MailTypes", "JSONText", "Diagnostics"),
        tests("MailLogs", uses: "MailLogs", "DecisionRecords", "RelayPolicy", "MailTypes"),
        tests(
            "PolicyTightening", uses: "PolicyTightening", "PolicyLanguage", "RelayAnalysis", "DecisionRecords", "RelayPolicy",
            "MailTypes", "Diagnostics", "TestSupport"),
        tests(
            "ConfigImport", uses: "ConfigImport", "SystemEmulation", "PolicyLanguage", "DecisionRecords", "RelayPolicy",
            "MailTypes", "Diagnostics", "JSONText", "TestSupport"),
        tests("SystemGuide", uses: "SystemGuide", "ConfigImport", "PolicyLanguage", "MailTypes", "Diagnostics"),
        tests(
            "ConfigAudit", uses: "ConfigAudit", "ConfigImport", "PolicyLanguage", "RelayAnalysis", "RelayPolicy", "MailTypes",
            "Diagnostics", "JSONText"),
        tests("LoginLedger", uses: "LoginLedger", "RelayPolicy", "MailTypes", "Diagnostics"),
        tests("NameLookups", uses: "NameLookups", "RelayPolicy", "MailTypes"),
        tests("MailProtocols", uses: "MailProtocols", "MailTypes", "TestSupport"),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "DecisionRecords", "RelayPolicy", "MailTypes", "JSONText", "Diagnostics",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Storage"),
        tests("Sessions", uses: "Sessions", "MailProtocols", "RelayPolicy", "MailTypes", "Diagnostics"),
    ]
)
