// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "decision-benchmark",
    dependencies: [.package(name: "gatepost", path: "../..")],
    targets: [
        .executableTarget(
            name: "decision", dependencies: [.product(name: "GatepostCore", package: "gatepost")],
            path: "Sources/decision")
    ])
