// swift-tools-version: 6.1
import PackageDescription

// The profiler's engine is for Linux on x86_64 and arm64. Elsewhere, and with LAB_NO_ENGINE=1 here, its API says that it
// is not there, and reports, figures and the site are made as anywhere.
#if os(Linux) && (arch(x86_64) || arch(arm64))
  let hasEngine = Context.environment["LAB_NO_ENGINE"] != "1"
#else
  let hasEngine = false
#endif

let c: [CSetting] = [.define("_GNU_SOURCE", to: "")] + (hasEngine ? [] : [.define("LAB_NO_ENGINE")])

// Whoever links `Profiling` alone says `traits: []`, and no package is fetched but this one.
let laboratory: TargetDependencyCondition? = .when(traits: ["Laboratory"])
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser", condition: laboratory)
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache", condition: laboratory)
let yams: Target.Dependency = .product(name: "Yams", package: "Yams", condition: laboratory)
let serviceLifecycle: TargetDependencyCondition? = .when(traits: ["ServiceLifecycle"])
let nio: [Target.Dependency] = ["NIOCore", "NIOHTTP1", "NIOPosix"].map {
  .product(name: $0, package: "swift-nio", condition: laboratory)
}

let tracing: Target.Dependency = .product(
  name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["DistributedTracing"]))

// The rooms, bottom up: a target may depend only on targets above it in this list.
let package = Package(
  name: "swift-diagnostics-lab",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Profiling", targets: ["Profiling", "CProfilerHooks"]),
    // Empty without its trait.
    .library(name: "ProfilingTracing", targets: ["ProfilingTracing"]),
    .library(name: "ProfilingHTTP", targets: ["ProfilingHTTP", "CProfilerHooks"]),
    // With the trait ServiceLifecycle; without it nothing is in it.
    .library(name: "ProfilingService", targets: ["ProfilingService", "CProfilerHooks"]),
    .executable(name: "lab", targets: ["lab"]),
    // With all below it, so that one edited scenario is compiled and linked by itself; see HACKING.md.
    .library(name: "ScenarioRunning", type: .static, targets: ["ScenarioRunning"]),
  ],
  traits: [
    .trait(name: "Laboratory", description: "The command, its scenarios and the site; what Profiling does not need."),
    .trait(
      name: "DistributedTracing", description: "withSpanLabels: labels from the spans of swift-distributed-tracing."),
    .trait(name: "ServiceLifecycle", description: "The server of profiles as a service of swift-service-lifecycle's."),
    .default(enabledTraits: ["Laboratory"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.4.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .target(name: "Platform"),
    .target(name: "Findings"),
    .target(name: "CLoadedImages", cSettings: c),
    .target(name: "CProfiler", dependencies: ["CLoadedImages"], cSettings: c),
    .target(
      name: "CProfilerHooks", dependencies: ["CLoadedImages", "CProfiler"], cSettings: c + [.headerSearchPath(".")],
      linkerSettings: [.linkedLibrary("m")]),
    .systemLibrary(name: "CCMark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"]), .brew(["cmark"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "Patterns"),
    .target(name: "Pprof", dependencies: ["CZlib", "Platform"]),
    .target(name: "PprofOperations", dependencies: ["Patterns", "Platform", "Pprof"]),
    .target(name: "Symbolization", dependencies: ["CLoadedImages", "Platform"]),
    .target(name: "JSON"),
    .target(name: "Leaks", dependencies: ["JSON", "Pprof"]),
    .target(name: "ExecutionTrace", dependencies: ["Platform", "Pprof"]),
    .target(name: "Waiting", dependencies: ["JSON", "Pprof"]),
    .target(
      name: "Profiling",
      dependencies: [
        "CProfiler", "ExecutionTrace", "Findings", "Leaks", "Platform", "Pprof", "Symbolization", "Waiting",
      ]),
    .target(name: "ProfilingTracing", dependencies: ["Profiling", tracing]),
    .target(name: "ChildProcesses", dependencies: ["Platform"]),
    .target(name: "CKeeping", cSettings: c),
    .target(name: "Keeping", dependencies: ["ChildProcesses", "CKeeping", "Platform"]),
    .target(name: "HTTPMessages"),
    .target(
      name: "ProfilingHTTP",
      dependencies: [
        "CProfiler", "ExecutionTrace", "HTTPMessages", "Leaks", "Platform", "Pprof", "PprofOperations", "Profiling",
      ]),
    .target(
      name: "ProfilingService",
      dependencies: [
        "ProfilingHTTP", .product(name: "Logging", package: "swift-log", condition: serviceLifecycle),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: serviceLifecycle),
      ]),
    .target(name: "LocalServer", dependencies: ["HTTPMessages", "Platform"] + nio),
    .target(
      name: "Analysis",
      dependencies: [
        "ChildProcesses", "ExecutionTrace", "Findings", "JSON", "Leaks", "Patterns", "Platform", "Pprof",
        "PprofOperations", "Symbolization", "Waiting",
      ]),
    .target(
      name: "Figures",
      dependencies: [
        "Analysis", "ExecutionTrace", "Leaks", "Patterns", "Platform", "Pprof", "PprofOperations", "Waiting",
      ],
      resources: [.embedInCode("Styles"), .embedInCode("Scripts")]),
    .target(
      name: "ScenarioRunning",
      dependencies: [
        "Analysis", "CProfiler", "CProfilerHooks", "ExecutionTrace", "Leaks", "Platform", "Pprof", "Profiling",
        "ProfilingHTTP",
      ]),
    .target(name: "Scenarios", dependencies: ["Platform", "Profiling", "ScenarioRunning"]),
    .target(name: "SiteGenerator", dependencies: ["CCMark", "Platform", mustache, yams]),
    .executableTarget(
      name: "lab",
      dependencies: [
        "CProfilerHooks", "ExecutionTrace", "Findings", "Leaks", "Patterns", "Platform", "Pprof", "PprofOperations",
        "Symbolization", "Profiling", "ChildProcesses", "Keeping", "LocalServer", "Analysis", "Figures",
        "ScenarioRunning", "Scenarios", "SiteGenerator", "Waiting", argumentParser, yams,
      ]),

    .target(name: "TestSupport", dependencies: ["Platform", "Pprof", "PprofOperations"], path: "Tests/TestSupport"),
    .testTarget(name: "PlatformTests", dependencies: ["Platform", "TestSupport"]),
    .testTarget(name: "FindingsTests", dependencies: ["Findings"]),
    .testTarget(name: "PatternsTests", dependencies: ["Patterns", "TestSupport"]),
    .testTarget(name: "PprofTests", dependencies: ["Patterns", "Platform", "Pprof", "PprofOperations", "TestSupport"]),
    .testTarget(name: "PprofOperationsTests", dependencies: ["Patterns", "Pprof", "PprofOperations", "TestSupport"]),
    .testTarget(name: "LeaksTests", dependencies: ["Leaks"]),
    .testTarget(name: "ExecutionTraceTests", dependencies: ["ExecutionTrace", "Pprof", "TestSupport"]),
    .testTarget(name: "WaitingTests", dependencies: ["Waiting"]),
    .testTarget(name: "ChildProcessesTests", dependencies: ["ChildProcesses"]),
    .testTarget(name: "LocalServerTests", dependencies: ["HTTPMessages", "LocalServer", "Platform", "TestSupport"]),
    .testTarget(
      name: "AnalysisTests", dependencies: ["Analysis", "ExecutionTrace", "Findings", "Patterns", "TestSupport"]),
    .testTarget(
      name: "FiguresTests", dependencies: ["ExecutionTrace", "Figures", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "ScenariosTests",
      dependencies: ["CProfilerHooks", "Platform", "Profiling", "ScenarioRunning", "Scenarios", "TestSupport"]),
    .testTarget(
      name: "SiteGeneratorTests", dependencies: ["SiteGenerator", "TestSupport", mustache], exclude: ["Fixtures"]),
  ]
)

/// Has a library export only what the list in its folder says.
func hidingAllBut(_ target: String) -> [String] {
  ["-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/\(target)/exports.map"]
}

if hasEngine {
  // The same as the product `Profiling` in pieces for programs that are not rebuilt: the hooks, to be preloaded, what
  // writes profiles, and what serves them.
  package.products += [
    .library(name: "LabProfiler", type: .dynamic, targets: ["PreloadedProfiler"]),
    .library(name: "LabProfileWriter", type: .dynamic, targets: ["Profiling"]),
    .library(name: "LabProfileServer", type: .dynamic, targets: ["PreloadedServer"]),
  ]
  package.targets += [
    .target(
      name: "PreloadedProfiler", dependencies: ["CProfiler", "CProfilerHooks"], exclude: ["exports.map"], cSettings: c,
      // Not linked with Swift's runtime, which SwiftPM would give to C as well.
      linkerSettings: [
        .unsafeFlags(["-nostartfiles", "-enable-experimental-feature", "Embedded"]),
        .unsafeFlags(hidingAllBut("PreloadedProfiler")),
      ]),
    .target(
      name: "PreloadedServer", dependencies: ["ProfilingHTTP"], exclude: ["exports.map"],
      // Nothing in it meets what the program has of the same name.
      linkerSettings: [.unsafeFlags(hidingAllBut("PreloadedServer"))]),
    .executableTarget(
      name: "ProfiledProgram", dependencies: ["CProfilerHooks", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/ProfiledProgram"),
    .target(name: "LeftOverWords", path: "Tests/Programs/LeftOverWords"),
    .executableTarget(
      name: "RetainShapes", dependencies: ["CProfilerHooks", "Leaks", "LeftOverWords", "Platform", "Profiling"],
      path: "Tests/Programs/RetainShapes"),
    .target(name: "UnknownLayoutVersion", path: "Tests/Programs/UnknownLayoutVersion"),
    .executableTarget(
      name: "UnknownLayout",
      dependencies: ["CProfilerHooks", "Platform", "Pprof", "Profiling", "UnknownLayoutVersion"],
      path: "Tests/Programs/UnknownLayout"),
    .executableTarget(
      name: "ServingProgram", dependencies: ["CProfilerHooks", "Platform", "Profiling", "ProfilingHTTP"],
      path: "Tests/Programs/ServingProgram"),
    .target(name: "AllocatorCalls", path: "Tests/Programs/AllocatorCalls"),
    .executableTarget(
      name: "HeapProgram",
      dependencies: ["AllocatorCalls", "CProfiler", "CProfilerHooks", "Leaks", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/HeapProgram"),
    .executableTarget(
      name: "TaskProgram", dependencies: ["CProfilerHooks", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/TaskProgram"),
    .executableTarget(
      name: "TracedProgram", dependencies: ["CProfilerHooks", "ExecutionTrace", "Platform", "Profiling"],
      path: "Tests/Programs/TracedProgram"),
    .executableTarget(
      name: "LostTasks", dependencies: ["CProfilerHooks", "Leaks", "Platform", "Pprof", "Profiling", "LeftOverWords"],
      path: "Tests/Programs/LostTasks"),
    .executableTarget(
      name: "CountingProgram", dependencies: ["CProfilerHooks", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/CountingProgram"),
    // Optimized in every build: its frames' edges are what the unwinder is held against.
    .target(
      name: "EdgeCalls", path: "Tests/Programs/EdgeCalls", cSettings: [.unsafeFlags(["-O2", "-fomit-frame-pointer"])]),
    .executableTarget(
      name: "EdgeProgram", dependencies: ["CProfilerHooks", "EdgeCalls", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/EdgeProgram", swiftSettings: [.unsafeFlags(["-O"])]),
    .target(name: "LockCalls", path: "Tests/Programs/LockCalls", cSettings: c),
    .executableTarget(
      name: "WaitProgram", dependencies: ["CProfilerHooks", "LockCalls", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/WaitProgram"),
    .target(name: "LockWorkload", path: "Tests/Programs/LockWorkload"),
    .executableTarget(
      name: "LockingProgram", dependencies: ["CProfilerHooks", "LockWorkload", "Platform", "Profiling"],
      path: "Tests/Programs/LockingProgram"),
    .executableTarget(
      name: "BareLockingProgram", dependencies: ["LockWorkload", "Platform"],
      path: "Tests/Programs/BareLockingProgram"),
    .target(name: "AllocationWorkload", path: "Tests/Programs/AllocationWorkload"),
    .executableTarget(
      name: "AllocatingProgram",
      dependencies: ["AllocationWorkload", "CProfilerHooks", "Platform", "Pprof", "Profiling"],
      path: "Tests/Programs/AllocatingProgram"),
    .executableTarget(
      name: "BareAllocatingProgram", dependencies: ["AllocationWorkload", "Platform"],
      path: "Tests/Programs/BareAllocatingProgram"),
    .target(name: "TaskWorkload", path: "Tests/Programs/TaskWorkload"),
    .executableTarget(
      name: "TaskingProgram", dependencies: ["CProfilerHooks", "Platform", "Profiling", "TaskWorkload"],
      path: "Tests/Programs/TaskingProgram"),
    .executableTarget(
      name: "BareTaskingProgram", dependencies: ["Platform", "TaskWorkload"],
      path: "Tests/Programs/BareTaskingProgram"),
    // Asks single rooms of the hooks, whose functions nobody else sees.
    .target(
      name: "RoomChecks", dependencies: ["CProfiler", "CProfilerHooks"], path: "Tests/Programs/RoomChecks",
      cSettings: c + [.headerSearchPath("../../../Sources/CProfilerHooks")]),
    .testTarget(name: "HooksTests", dependencies: ["CProfiler", "CProfilerHooks", "RoomChecks", "TestSupport"]),
    .testTarget(
      name: "SymbolizationTests", dependencies: ["Platform", "Symbolization", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "ProfilingHTTPTests", dependencies: ["HTTPMessages", "Platform", "Pprof", "ProfilingHTTP", "TestSupport"]),
    .testTarget(
      name: "ProfilingTests",
      dependencies: [
        "CProfiler", "CProfilerHooks", "CountingProgram", "EdgeProgram", "Findings", "Leaks", "LostTasks", "Platform",
        "Profiling", "ProfiledProgram", "HeapProgram", "RetainShapes", "Symbolization", "TaskProgram", "TestSupport",
        "TracedProgram", "UnknownLayout", "WaitProgram",
      ]),
    .testTarget(
      name: "LabTests",
      dependencies: [
        "lab", "ChildProcesses", "CountingProgram", "ExecutionTrace", "Findings", "Keeping", "LocalServer", "Platform",
        "PprofOperations", "ScenarioRunning", "ServingProgram", "TestSupport",
      ],
      exclude: ["Goldens", "Programs"]),
  ]
} else {
  package.targets.append(
    .testTarget(
      name: "UnsupportedTests", dependencies: ["CProfiler", "Leaks", "Profiling", "ScenarioRunning", "Scenarios"]))
}
