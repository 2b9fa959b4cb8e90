import Analysis
import Foundation
import Platform
import Profiling
import Scenarios
import Synchronization

/// Runs scenarios in processes of their own and files the captures they make.
///
/// A crash, a time-out or an interrupt leaves neither half a capture nor a process behind: the process writes into a
/// folder of its own, which is moved into place only after it ended well, and it ends itself when its standard input
/// closes, which happens however this process goes.
struct ScenarioLauncher {
  /// Wall-clock seconds after which a run is ended.
  var timeLimit: Double = 120

  /// Runs one variant under one profile and files what it captured, a series in order of its rounds.
  ///
  /// `destination` says where the capture of a kind (`heap`, or `heap-2` of a series) goes. Returns the last capture.
  func capture(
    _ scenario: Scenario, _ variant: Scenario.Variant, kind: ProfileKind, parameters: [String: Int] = [:],
    rate: Int? = nil, to destination: (String) -> CaptureFiles
  ) throws -> Capture {
    let arguments = try Self.checked(parameters, for: scenario)
    let folder = try Self.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let request = ScenarioRequest(
      scenario: scenario.id, variant: variant, kind: kind.name, parameters: arguments.values, rate: rate,
      folder: folder,
      command: Self.command(scenario, variant, kind: kind.name, parameters: parameters, rate: rate),
      key: try CaptureKey.current(for: scenario, kind: kind.name, parameters: arguments.values),
      toolchain: Toolchain.current)
    try run(request, label: "\(scenario.id)/\(variant.rawValue)/\(kind.name)")

    let names = scenario.captureKinds(of: kind).map {
      CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: $0)
    }
    let captures = try names.map { try CaptureStore.read(CaptureFiles($0, in: folder)) }
    for name in names { try CaptureStore.move(CaptureFiles(name, in: folder), to: destination(name.kind)) }
    return captures[captures.count - 1]
  }

  private func run(_ request: ScenarioRequest, label: String) throws {
    let process = Process()
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: ThisProgram.path)
    process.arguments = try request.arguments()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    let bar = ProgressBar(label: label)
    // 0 until it runs; one that is just being started ends itself when this process is gone.
    let started = Atomic<pid_t>(0)
    let interrupts = Interrupts {
      let child = started.load(ordering: .acquiring)
      if child > 0 { kill(child, SIGKILL) }
      try? FileManager.default.removeItem(atPath: request.folder)
    }
    try process.run()
    let child = process.processIdentifier
    started.store(child, ordering: .releasing)

    let timedOut = Atomic(false)
    let deadline = DispatchWorkItem {
      timedOut.store(true, ordering: .relaxed)
      kill(child, SIGKILL)
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: deadline)
    defer { deadline.cancel() }

    Thread.detachNewThread {
      for line in LineReader(output.fileHandleForReading) {
        if let share = line.wholeMatch(of: /progress ([0-9.e-]+)/).flatMap({ Double($0.1) }) { bar.show(share) }
      }
    }
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    withExtendedLifetime((input, interrupts)) {}
    bar.finish()

    if timedOut.load(ordering: .relaxed) {
      throw LabError.failed("\(label): ended after \(Int(timeLimit)) s, its time limit; no capture was made")
    }
    let text = String(decoding: complaint, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard process.terminationReason == .exit else {
      throw LabError.failed("\(label): crashed with signal \(process.terminationStatus); no capture was made\n\(text)")
    }
    guard process.terminationStatus == 0 else { throw LabError.failed("\(label): \(text)") }
    if !text.isEmpty { complain(text) }
  }

  private static func checked(_ parameters: [String: Int], for scenario: Scenario) throws -> Arguments {
    do { return try Arguments(parameters, for: scenario) } catch { throw LabError.usage("\(scenario.id): \(error)") }
  }

  /// A fresh folder below `.lab/`; what runs that were killed left there is cleared away.
  private static func makeFolder() throws -> String {
    let parent = Workspace.path(".lab/running")
    let manager = FileManager.default
    try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
    for name in try manager.contentsOfDirectory(atPath: parent) {
      if let owner = name.split(separator: "-").first.flatMap({ pid_t($0) }), kill(owner, 0) != 0 {
        try? manager.removeItem(atPath: "\(parent)/\(name)")
      }
    }
    let folder = "\(parent)/\(getpid())-\(UUID().uuidString)"
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: false)
    return folder
  }

  /// The command a reader types to make the same capture.
  static func command(
    _ scenario: Scenario, _ variant: Scenario.Variant, kind: String, parameters: [String: Int], rate: Int?
  ) -> String {
    var words = ["./lab", "run", scenario.id, "--variant", variant.rawValue]
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { words += ["--set", "\(name)=\(value)"] }
    words += ["--profile", kind]
    if let rate { words += ["--rate", String(rate)] }
    return words.joined(separator: " ")
  }
}

/// The lines of a pipe, as they come.
private struct LineReader: Sequence, IteratorProtocol {
  private let handle: FileHandle
  private var pending = Data()

  init(_ handle: FileHandle) { self.handle = handle }

  mutating func next() -> String? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = Data(pending[pending.index(after: end)...]) }
        return String(decoding: pending[..<end], as: UTF8.self)
      }
      let more = handle.availableData
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }
}
