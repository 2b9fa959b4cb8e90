import Analysis
import ChildProcesses
import Foundation
import Keeping
import Platform
import Profiling
import ScenarioRunning
import Synchronization

/// Runs scenarios in processes of their own and files the captures they make.
///
/// A crash, a time-out or an interrupt leaves neither half a capture nor a process behind: the process writes into a
/// folder of its own, which is moved into place only after it ended well, and it ends itself when its standard input
/// closes, which happens however this process goes.
struct ScenarioLauncher {
  /// Wall-clock seconds after which a run is ended.
  var timeLimit: Double = 120
  /// The program that runs the scenario: this one, or another that calls `ScenarioProcess.runIfRequested`.
  var executable = ThisProgram.path
  /// What a program is kept within that nobody vouches for, whose folders are then the one it writes to; nil: nothing.
  var confinement: Confinement?
  /// How much of the usual time a run is to take, from 0, one turn, to 1.
  var effort = 1.0
  /// Whoever watches it from elsewhere than a terminal; nil: the terminal.
  var watcher: Watcher?

  /// Is told of a run, and takes care of interrupts itself.
  struct Watcher {
    /// The process; SIGTERM ends it with all that it started.
    var onStart: (pid_t) -> Void
    /// How much of it is done, from 0 to 1.
    var onProgress: (Double) -> Void
  }

  /// Runs one variant under one profile and files what it captured, a series in order of its rounds.
  ///
  /// `destination` says where the capture of a kind (`heap`, or `heap-2` of a series) goes; nil: none is kept. Returns the last
  /// capture.
  func capture(
    _ scenario: Scenario, _ variant: Scenario.Variant, kind: ProfileKind, view: ProfileKind.View? = nil,
    parameters: [String: Int] = [:], rate: Int? = nil, to destination: ((String) -> CaptureFiles)?
  ) throws -> Capture {
    let all = try series(
      scenario, variant, kind: kind, view: view, parameters: parameters, rate: rate, to: destination)
    return all[all.count - 1]
  }

  /// The same, and returns all captures of the series, in order of its rounds; never empty.
  func series(
    _ scenario: Scenario, _ variant: Scenario.Variant, kind: ProfileKind, view: ProfileKind.View? = nil,
    parameters: [String: Int] = [:], rate: Int? = nil, to destination: ((String) -> CaptureFiles)?
  ) throws -> [Capture] {
    let arguments = try Self.checked(parameters, for: scenario)
    let folder = try Self.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // The process that runs the scenario inherits it.
    if let view { setenv(kind.viewVariable, view.name, 1) }
    var request = ScenarioRequest(
      scenario: scenario.id, variant: variant, kind: kind.name, view: view?.name, parameters: arguments.values,
      rate: rate, folder: folder, root: Workspace.root,
      command: Self.command(
        scenario, variant, kind: kind.name, view: view?.name, parameters: parameters, rate: rate),
      key: try CaptureKey.current(for: scenario, kind: kind.name, parameters: arguments.values),
      toolchain: Toolchain.current)
    request.effort = effort < 1 ? effort : nil
    request.heapRounds = scenario.heapRounds
    try run(request, label: "\(scenario.id)/\(variant.rawValue)/\(kind.name)")

    let names = scenario.captureKinds(of: kind).map {
      CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: $0)
    }
    let files = names.map { CaptureFiles($0, view: view?.name, in: folder) }
    let captures = try files.map(CaptureStore.read)
    if let destination {
      for (name, files) in zip(names, files) { try CaptureStore.move(files, to: destination(name.kind)) }
    }
    return captures
  }

  private func run(_ request: ScenarioRequest, label: String) throws {
    let bar = watcher == nil ? ProgressBar(label: label) : nil
    // 0 until it runs; one that is just being started ends itself when this process is gone.
    let started = Atomic<pid_t>(0)
    let interrupts =
      watcher == nil
      ? Interrupts {
        let child = started.load(ordering: .acquiring)
        if child > 0 { kill(child, SIGKILL) }
        try? FileManager.default.removeItem(atPath: request.folder)
      } : nil
    var lines = Lines()
    let onStart: (pid_t) -> Void = {
      started.store($0, ordering: .releasing)
      watcher?.onStart($0)
    }
    let onOutput: (ArraySlice<UInt8>) -> Void = { piece in
      for line in lines.ended(by: piece) {
        if let share = line.wholeMatch(of: /progress ([0-9.e-]+)/).flatMap({ Double($0.1) }) {
          bar?.show(share)
          watcher?.onProgress(share)
        }
      }
    }
    let command = try [executable] + request.arguments()
    let (ending, messages): (ChildProcess.Ending, String)
    if var confinement {
      confinement.folders = [request.folder]
      let run = try confinement.run(command, onStart: onStart, onOutput: onOutput)
      messages = run.messages
      switch run.ending {
      case .over(let bound):
        throw LabError.failed("\(label): stopped, since \(bound.words(confinement)); no capture was made")
      case .cancelled: throw LabError.failed("\(label): cancelled")
      case .lost: throw LabError.failed("\(label): lost; no capture was made\n\(messages)")
      case .signalled(let signal): ending = .signalled(signal)
      case .exited(let code): ending = .exited(code)
      }
    } else {
      let run = try ChildProcess.run(
        command, input: .lifeline, limit: .seconds(timeLimit), onStart: onStart, onOutput: onOutput)
      (ending, messages) = (run.ending, run.messages)
    }
    withExtendedLifetime(interrupts) {}
    bar?.finish()

    switch ending {
    case .overTime:
      throw LabError.failed("\(label): ended after \(Int(timeLimit)) s, its time limit; no capture was made")
    case .signalled(let signal):
      throw LabError.failed("\(label): crashed with signal \(signal); no capture was made\n\(messages)")
    case .exited(0): if !messages.isEmpty { complain(messages) }
    case .exited: throw LabError.failed("\(label): \(messages)")
    }
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
    _ scenario: Scenario, _ variant: Scenario.Variant, kind: String, view: String?, parameters: [String: Int],
    rate: Int?
  ) -> String {
    var words = ["./lab", "run", scenario.id, "--variant", variant.rawValue]
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { words += ["--set", "\(name)=\(value)"] }
    words += ["--profile", kind]
    if let rate { words += ["--rate", String(rate)] }
    if let view { words += ["--by", view] }
    return words.joined(separator: " ")
  }
}

/// The lines of a text that comes in pieces.
private struct Lines {
  private var pending: [UInt8] = []

  /// The lines that end in the next piece.
  mutating func ended(by piece: ArraySlice<UInt8>) -> [String] {
    pending += piece
    var lines = pending.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    pending = lines.popLast().map(Array.init) ?? []
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }
}
