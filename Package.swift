// swift-tools-version: 6.1
import PackageDescription

// The rooms, bottom up: a target may depend only on targets above it in this list.
let package = Package(
  name: "swift-diagnostics-lab",
  products: [
    .library(name: "Profiling", targets: ["Profiling"]),
    // The same, to be preloaded into programs that are not rebuilt.
    .library(name: "LabProfiler", type: .dynamic, targets: ["Profiling"]),
    .executable(name: "lab", targets: ["lab"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .target(name: "CProfilerHooks", cSettings: [.define("_GNU_SOURCE", to: "")]),
    .systemLibrary(name: "CCMark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Pprof", dependencies: ["CZlib"]),
    .target(name: "Symbolization", dependencies: ["CProfilerHooks"]),
    .target(name: "Leaks"),
    .target(name: "Profiling", dependencies: ["CProfilerHooks", "Leaks", "Pprof", "Symbolization"]),
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
        "Leaks", "Pprof", "Symbolization", "Profiling", "Analysis", "Figures", "Scenarios", "SiteGenerator",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .executableTarget(
      name: "ProfiledProgram", dependencies: ["Pprof", "Profiling"], path: "Tests/Programs/ProfiledProgram"),
    .executableTarget(
      name: "RetainShapes", dependencies: ["Leaks", "Profiling"], path: "Tests/Programs/RetainShapes"),
    .target(name: "UnknownLayoutVersion", path: "Tests/Programs/UnknownLayoutVersion"),
    .executableTarget(
      name: "UnknownLayout", dependencies: ["Pprof", "Profiling", "UnknownLayoutVersion"],
      path: "Tests/Programs/UnknownLayout"),
    .target(name: "AllocatorCalls", path: "Tests/Programs/AllocatorCalls"),
    .executableTarget(
      name: "HeapProgram", dependencies: ["AllocatorCalls", "CProfilerHooks", "Leaks", "Pprof", "Profiling"],
      path: "Tests/Programs/HeapProgram"),
    .target(name: "AllocationWorkload", path: "Tests/Programs/AllocationWorkload"),
    .executableTarget(
      name: "AllocatingProgram", dependencies: ["AllocationWorkload", "Pprof", "Profiling"],
      path: "Tests/Programs/AllocatingProgram"),
    .executableTarget(
      name: "BareAllocatingProgram", dependencies: ["AllocationWorkload"], path: "Tests/Programs/BareAllocatingProgram"),
    .target(name: "TestSupport", dependencies: ["Pprof"], path: "Tests/TestSupport"),
    .testTarget(name: "PprofTests", dependencies: ["Pprof", "TestSupport"]),
    .testTarget(
      name: "SymbolizationTests", dependencies: ["Symbolization", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "LeaksTests", dependencies: ["Leaks"]),
    .testTarget(
      name: "ProfilingTests",
      dependencies: [
        "Leaks", "Profiling", "ProfiledProgram", "HeapProgram", "RetainShapes", "Symbolization", "TestSupport",
        "UnknownLayout",
      ]),
    .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "TestSupport"]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "ScenariosTests", dependencies: ["Scenarios", "TestSupport"]),
    .testTarget(
      name: "SiteGeneratorTests",
      dependencies: ["SiteGenerator", "TestSupport", .product(name: "Mustache", package: "swift-mustache")],
      exclude: ["Fixtures"]),
    .testTarget(name: "LabTests", dependencies: ["lab", "TestSupport"], exclude: ["Goldens"]),
  ]
)
