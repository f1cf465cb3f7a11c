// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "decision-log-benchmark",
    dependencies: [.package(name: "gatepost", path: "../..")],
    targets: [
        .executableTarget(
            name: "decision-log",
            dependencies: [
                .product(name: "GatepostCore", package: "gatepost"),
                .product(name: "GatepostStorage", package: "gatepost"),
            ],
            path: "Sources/decision-log")
    ])
