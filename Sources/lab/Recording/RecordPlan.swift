import Foundation
import Profiling

/// What `lab record` asks of the profiler beside the kind, in the words of the environment: checked before the program
/// runs, for afterwards nobody may be there to read a complaint.
struct RecordPlan {
  /// The pattern of the file's name.
  let file: String
  /// What shows it meanwhile; nil if nothing does.
  let view: LiveTraceView?
  /// Names and values to be set.
  let variables: [(String, String)]

  init(_ command: RecordCommand) throws {
    let kind = command.profile
    var variables: [(String, String)] = []
    if let rate = command.rate { variables.append((kind.variable + "_RATE", String(rate))) }
    if let duration = command.duration {
      guard Self.nanoseconds(of: duration) != nil else {
        throw LabError.usage("'\(duration)' is no time; say 30s, 500ms, 2m or 1h")
      }
      // It writes for good, and nothing is told of the program any more.
      if command.control { throw LabError.usage("with --control say the --duration to lab capture") }
      variables.append(("LAB_DURATION", duration))
    }
    if let signal = command.snapshotSignal {
      guard Self.snapshotSignals.contains(Self.shortName(signal)) else {
        let known = Self.snapshotSignals.map { "SIG" + $0 }.joined(separator: ", ")
        throw LabError.usage("'\(signal)' may not ask for a snapshot; these may: \(known)")
      }
      variables.append(("LAB_SNAPSHOT_SIGNAL", Self.shortName(signal)))
    }
    if command.heapAt == .peak {
      guard kind.hasPeak else {
        throw LabError.usage("--heap-at is for a profile of what is in use: \(Self.kindsWithPeak)")
      }
      variables.append(("LAB_HEAP_AT", "peak"))
    }
    let shape = try kind.view(
      by: command.by, dump: command.dump, withoutLabels: command.withoutLabels, json: command.json)
    if let shape { variables.append((kind.viewVariable, shape.name)) }
    let settings = try [
      ("last", command.last ?? (command.viewAddress == nil ? nil : LiveTraceView.usualWindow)),
      ("when", command.triggers),
      ("with", command.extras),
    ].compactMap {
      (name, text) in try text.map { (try kind.setting(name, $0), $0) }
    }
    variables += settings.map { ($0.variable, $1) }
    if command.children { variables.append(("LAB_CHILDREN", "1")) }
    if command.control { variables.append(("LAB_CONTROL", "1")) }
    self.variables = variables
    file = try Self.file(command, shape, numberedFor: settings.first { $0.0.writesSeveralFiles }?.0.name)
    let file = file
    view = try command.viewAddress.map { try LiveTraceView(file, at: $0) }
  }

  /// The file that was named, or the kind's own; each with what tells the several files apart.
  private static func file(
    _ command: RecordCommand, _ view: ProfileKind.View?, numberedFor setting: String?
  ) throws -> String {
    let asksNumber = command.snapshotSignal != nil ? "--snapshot-signal" : setting.map { "--\($0)" }
    let needed = [("%p", "--children", command.children), ("%n", asksNumber ?? "", asksNumber != nil)].filter(\.2)
    guard let file = command.output else {
      let usual = view?.contents.map { command.profile.name + $0.suffix } ?? command.profile.file
      let parts = usual.split(separator: ".", maxSplits: 1)
      return ([String(parts[0])] + needed.map(\.0)).joined(separator: "-") + "." + parts[1]
    }
    let name = file.split(separator: "/").last ?? ""
    for (mark, option, _) in needed where !name.contains(mark) {
      throw LabError.usage("with \(option) several files are written: put \(mark) into the name of the file, '\(name)'")
    }
    if file.dropLast(name.count).contains("%n") {
      throw LabError.usage("%n may stand in the name of the file, not in that of its folder")
    }
    return file
  }

  /// A number and its unit, from a millisecond to a year.
  static func nanoseconds(of text: String) -> Int64? {
    let units = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)]
    guard let (unit, seconds) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)), number * seconds >= 1e-3, number * seconds < 366 * 86_400
    else { return nil }
    return Int64((number * seconds * 1e9).rounded())
  }

  /// Signals that nothing else hangs on.
  private static let snapshotSignals = ["USR1", "USR2", "HUP", "ALRM", "VTALRM", "XCPU", "URG", "WINCH", "IO", "PWR"]

  private static func shortName(_ signal: String) -> String {
    signal.hasPrefix("SIG") ? String(signal.dropFirst(3)) : signal
  }

  private static var kindsWithPeak: String {
    ProfileKind.all.filter(\.hasPeak).map { "--profile \($0.name)" }.joined(separator: ", ")
  }
}
