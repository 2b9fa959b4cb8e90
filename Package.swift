// swift-tools-version: 6.1
import PackageDescription

// The rooms, bottom up: a target may depend only on targets above it in this list.
let package = Package(
  name: "swift-diagnostics-lab",
  products: [
    .library(name: "Profiling", targets: ["Profiling", "CProfilerHooks"]),
    // The same in two pieces for programs that are not rebuilt: the hooks, to be preloaded, and what writes profiles.
    .library(name: "LabProfiler", type: .dynamic, targets: ["PreloadedProfiler"]),
    .library(name: "LabProfileWriter", type: .dynamic, targets: ["Profiling"]),
    .executable(name: "lab", targets: ["lab"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .target(name: "CProfiler", cSettings: [.define("_GNU_SOURCE", to: "")]),
    .target(
      name: "CProfilerHooks", dependencies: ["CProfiler"],
      cSettings: [.define("_GNU_SOURCE", to: ""), .headerSearchPath(".")],
      linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "PreloadedProfiler", dependencies: ["CProfiler", "CProfilerHooks"],
      cSettings: [.define("_GNU_SOURCE", to: "")],
      // Not linked with Swift's runtime, which SwiftPM would give to C as well.
      linkerSettings: [.unsafeFlags(["-nostartfiles", "-enable-experimental-feature", "Embedded"])]),
    .systemLibrary(name: "CCMark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Pprof", dependencies: ["CZlib"]),
    .target(name: "Symbolization", dependencies: ["CProfiler"]),
    .target(name: "Leaks"),
    .target(name: "Profiling", dependencies: ["CProfiler", "Leaks", "Pprof", "Symbolization"]),
    .target(name: "Analysis", dependencies: ["Leaks", "Pprof"]),
    .target(
      name: "Figures", dependencies: ["Analysis", "Leaks", "Pprof"],
      resources: [.embedInCode("Styles/variables.css"), .embedInCode("Styles/figures.css")]),
    .target(name: "Scenarios", dependencies: ["Profiling"]),
    .target(
      name: "SiteGenerator",
      dependencies: ["CCMark", "Yams", .product(name: "Mustache", package: "swift-mustache")]),
    .executableTarget(
      name: "lab",
      dependencies: [
        "CProfilerHooks", "Leaks", "Pprof", "Symbolization", "Profiling", "Analysis", "Figures", "Scenarios",
        "SiteGenerator",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .executableTarget(
      name: "ProfiledProgram", dependencies: ["CProfilerHooks", "Pprof", "Profiling"],
      path: "Tests/Programs/ProfiledProgram"),
    .executableTarget(
      name: "RetainShapes", dependencies: ["CProfilerHooks", "Leaks", "Profiling"],
      path: "Tests/Programs/RetainShapes"),
    .target(name: "UnknownLayoutVersion", path: "Tests/Programs/UnknownLayoutVersion"),
    .executableTarget(
      name: "UnknownLayout", dependencies: ["CProfilerHooks", "Pprof", "Profiling", "UnknownLayoutVersion"],
      path: "Tests/Programs/UnknownLayout"),
    .target(name: "AllocatorCalls", path: "Tests/Programs/AllocatorCalls"),
    .executableTarget(
      name: "HeapProgram",
      dependencies: ["AllocatorCalls", "CProfiler", "CProfilerHooks", "Leaks", "Pprof", "Profiling"],
      path: "Tests/Programs/HeapProgram"),
    .target(name: "AllocationWorkload", path: "Tests/Programs/AllocationWorkload"),
    .executableTarget(
      name: "AllocatingProgram", dependencies: ["AllocationWorkload", "CProfilerHooks", "Pprof", "Profiling"],
      path: "Tests/Programs/AllocatingProgram"),
    .executableTarget(
      name: "BareAllocatingProgram", dependencies: ["AllocationWorkload"], path: "Tests/Programs/BareAllocatingProgram"),
    // Asks single rooms of the hooks, whose functions nobody else sees.
    .target(
      name: "RoomChecks", dependencies: ["CProfiler", "CProfilerHooks"], path: "Tests/Programs/RoomChecks",
      cSettings: [.define("_GNU_SOURCE", to: ""), .headerSearchPath("../../../Sources/CProfilerHooks")]),
    .target(name: "TestSupport", dependencies: ["Pprof"], path: "Tests/TestSupport"),
    .testTarget(name: "PprofTests", dependencies: ["Pprof", "TestSupport"]),
    .testTarget(
      name: "SymbolizationTests", dependencies: ["CProfilerHooks", "Symbolization", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "HooksTests", dependencies: ["CProfiler", "CProfilerHooks", "RoomChecks", "TestSupport"]),
    .testTarget(name: "LeaksTests", dependencies: ["Leaks"]),
    .testTarget(
      name: "ProfilingTests",
      dependencies: [
        "CProfiler", "CProfilerHooks", "Leaks", "Profiling", "ProfiledProgram", "HeapProgram", "RetainShapes",
        "Symbolization", "TestSupport", "UnknownLayout",
      ]),
    .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "TestSupport"]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "ScenariosTests", dependencies: ["CProfilerHooks", "Scenarios", "TestSupport"]),
    .testTarget(
      name: "SiteGeneratorTests",
      dependencies: ["SiteGenerator", "TestSupport", .product(name: "Mustache", package: "swift-mustache")],
      exclude: ["Fixtures"]),
    .testTarget(name: "LabTests", dependencies: ["lab", "TestSupport"], exclude: ["Goldens", "Programs"]),
  ]
)
