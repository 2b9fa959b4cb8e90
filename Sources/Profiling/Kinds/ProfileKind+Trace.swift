import CProfiler
import ExecutionTrace

extension ProfileKind {
  /// What happens, event by event.
  public static let trace = ProfileKind(
    name: "trace", summary: "what happens, event by event: when tasks run, wait for what, and for a thread",
    contents: Trace.self, file: "run.trace", regime: .continuous,
    settings: [
      Setting(
        name: "last", variable: "LAB_TRACE_LAST",
        inWords: "keeps a window: a time, a size or both, such as 10s, 10MiB or 10s,10MiB"
      ) { TraceWords.isWindow($0) },
      Setting(
        name: "when", variable: "LAB_TRACE_WHEN",
        inWords: "writes the window when something lasts too long: region=50ms, wait=1s, starved=100ms, or several",
        writesSeveralFiles: true
      ) { TraceWords.areTriggers($0) },
      Setting(
        name: "with", variable: "LAB_TRACE_WITH",
        inWords: "records more: cpu, samples of the CPU time; stacks, where tasks are suspended; or both, cpu,stacks"
      ) { TraceWords.areExtras($0) },
    ],
    lossInStaticSwift: { _ in "what its tasks do cannot be seen in it" },
    resume: { try Trace.start() },
    pause: { TraceRecorder.abandon() },
    take: { recording(try TraceRecorder.recorded(isOver: false)) },
    look: { _ in recording(try TraceRecorder.recorded(isOver: false)) },
    finish: { _ in
      lab_trace_stop()
      return recording(try TraceRecorder.recorded(isOver: true))
    },
    // What the environment has recorded so far, as a flight recorder does; else a second of what comes.
    capture: ProfileCapture(
      isUnderWay: { lab_trace_session() != 0 },
      now: { _ in recording(try TraceRecorder.recorded(isOver: false)) },
      for: .seconds(1)
    ) { _ in
      try Trace.start(keeping: .everything(upTo: 256 << 20))
      return .init(finish: { recording(try TraceRecorder.stop()) }, abandon: { TraceRecorder.abandon() })
    })

  private static func recording(_ recorded: RecordedTrace) -> ProfileRecording {
    ProfileRecording(recorded, samples: recorded.eventCount, lost: Int(clamping: lab_trace_lost()))
  }
}

/// The words that the environment has for what is recorded of a trace, as the C half reads them.
private enum TraceWords {
  private static let times = ["ms", "s", "m", "us"]
  private static let sizes = ["KiB", "MiB", "GiB"]
  private static let triggers = ["region", "wait", "starved"]
  private static let extras = ["cpu", "stacks"]

  static func isWindow(_ text: String) -> Bool { each(text) { isAmount($0, times + sizes) } }
  static func areExtras(_ text: String) -> Bool { each(text) { extras.contains(String($0)) } }
  static func areTriggers(_ text: String) -> Bool {
    each(text) { part in
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      return words.count == 2 && triggers.contains(String(words[0])) && isAmount(words[1], times)
    }
  }

  private static func each(_ text: String, _ isRight: (Substring) -> Bool) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isRight)
  }

  private static func isAmount(_ text: Substring, _ units: [String]) -> Bool {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let amount = Double(number), amount > 0, amount < 1e6 else { return false }
    return units.contains(String(text.dropFirst(number.count)))
  }
}
