import ExecutionTrace
import Findings

/// Where in a trace each finding is seen best: its gravest case, or the first one of what is only grave for being so often.
public struct FindingPlaces: Sendable, Hashable {
  /// A time, in nanoseconds since the trace's start.
  public struct Place: Sendable, Hashable {
    /// From when on, and how long.
    public var start, length: Int64

    /// So long from a time on.
    public init(start: Int64, length: Int64) { (self.start, self.length) = (start, length) }
  }

  /// Of each finding its place, in the findings' order; nil where none is known.
  public let places: [Place?]
}

/// A summary with where things are, and with rows over time if they are wanted.
struct PlacedSummary: TraceObserver {
  var summary: SummaryBuilder
  var places: PlaceFinder
  private(set) var timeline: TimelineBuilder?
  private(set) var samples = 0

  init(summary: SummaryBuilder, places: PlaceFinder, timeline: TimelineBuilder?) {
    (self.summary, self.places, self.timeline) = (summary, places, timeline)
  }

  mutating func passed(from: Int64, to: Int64, _ counts: TraceCounts) {
    summary.passed(from: from, to: to, counts)
    timeline?.passed(from: from, to: to, counts)
  }
  mutating func made(_ task: ToldTask, at time: Int64) { summary.made(task, at: time) }
  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {
    summary.left(task, at: time, hasEnded: hasEnded)
    places.left(task, at: time, hasEnded: hasEnded)
  }
  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    summary.over(span, of: task)
    places.over(span, of: task)
    timeline?.over(span, of: task)
  }
  mutating func noted(_ value: Int64, named name: UInt32, at time: Int64) {
    summary.noted(value, named: name, at: time)
    timeline?.noted(value, named: name, at: time)
  }
  mutating func woken(_ task: ToldTask, on thread: Int32, at time: Int64) {
    timeline?.woken(task, on: thread, at: time)
  }
  mutating func sampled(_ event: TraceEvent, of task: ToldTask?) { samples += 1 }
}

/// Remembers the gravest of what findings may be of.
struct PlaceFinder: TraceObserver {
  typealias Place = FindingPlaces.Place

  private struct Case {
    var place: Place
    var weight: Int64
  }
  private struct Call: Hashable {
    var stack: UInt32
    var site: Int32
    var reason: ExecutionTrace.WaitReason
  }
  private struct Stay: Hashable {
    var site: Int32
    var executor: Int32
  }

  /// By family: the longest run, the longest wait for a thread, the first task that was small, the first short visit.
  private var runs: [Int32: Case] = [:]
  private var waits: [Case?] = []
  private var small = FirstPlaces()
  private var visits = FirstPlaces()
  private var wakes = FirstPlaces()
  private var calls: [Call: Case] = [:]
  private var stays: [Stay: Case] = [:]
  private let executors: [String]

  init(_ trace: Trace) { executors = trace.executors.map(\.shownName) }

  mutating func left(_ task: ToldTask, at time: Int64, hasEnded: Bool) {
    if hasEnded, task.running < Finding.Bounds.task {
      small.note(task.family) { Place(start: task.began, length: max(time - task.began, 1)) }
    }
    if task.selfWakeups > 0 {
      wakes.note(task.family) { Place(start: task.began, length: max(time - task.began, 1)) }
    }
  }

  mutating func over(_ span: TraceSpan, of task: ToldTask?) {
    switch span.kind {
    case .run where span.amount >= Finding.Bounds.run: if let task { Self.keep(span, span.amount, &runs[task.family]) }
    case .ready where span.length >= Finding.Bounds.kept:
      if let task {
        while waits.count <= task.family { waits.append(nil) }
        Self.keep(span, span.length, &waits[Int(task.family)])
      }
    case .blocked where span.amount > 0:
      let call = Call(stack: span.index, site: task?.family ?? CreationSites.unknown, reason: span.reason)
      Self.keep(span, span.amount, &calls[call])
    case .hold where span.length >= Finding.Bounds.kept:
      if let task, span.meanwhile > 0 {
        Self.keep(span, span.length, &stays[Stay(site: task.family, executor: span.executor)])
      }
    case .visit where span.isBack && span.amount < Finding.Bounds.visit:
      if let task {
        visits.note(task.family) { Place(start: max(span.from - span.amount, 0), length: max(span.amount, 1)) }
      }
    default: break
    }
  }

  /// By family, the first place that was noted: what is only grave for being so often is noted so often.
  private struct FirstPlaces {
    private var places: [Place?] = []

    mutating func note(_ family: Int32, _ place: () -> Place) {
      while places.count <= family { places.append(nil) }
      if places[Int(family)] == nil { places[Int(family)] = place() }
    }

    /// Those that there are.
    var byFamily: [Int32: Place] {
      places.enumerated().reduce(into: [:]) { known, entry in known[Int32(entry.offset)] = entry.element }
    }
  }

  private static func keep(_ span: TraceSpan, _ weight: Int64, _ kept: inout Case?) {
    if weight > kept?.weight ?? -1 {
      kept = Case(place: Place(start: span.from, length: max(span.length, 1)), weight: weight)
    }
  }

  /// The places of a summary's findings.
  func places(_ sites: CreationSites, _ summary: TraceSummary, _ trace: Trace) -> FindingPlaces {
    var sites = sites
    func name(_ site: Int32) -> String { sites.sites[Int(site)].function }
    func place<Value>(_ all: [Int32: Value], of function: String) -> Value? {
      all.filter { name($0.key) == function }.min { $0.key < $1.key }?.value
    }
    func gravest(_ cases: some Sequence<Case>) -> Place? {
      cases.max { ($0.weight, $1.place.start) < ($1.weight, $0.place.start) }?.place
    }
    let found = summary.findings.map { finding -> Place? in
      switch finding.kind {
      case .neverSuspends: return place(runs, of: finding.subject)?.place
      case .tooSmall: return place(small.byFamily, of: finding.subject)
      case .selfWakes: return place(wakes.byFamily, of: finding.subject)
      case .hopsBack: return place(visits.byFamily, of: finding.subject)
      case .poolStarved:
        let others = waits.enumerated().filter { $0.element != nil && name(Int32($0.offset)) != finding.subject }
        return gravest(others.compactMap { $0.element }) ?? gravest(waits.compactMap { $0 })
      case .keepsActor:
        return gravest(
          stays.filter { name($0.key.site) == finding.subject && executors[Int($0.key.executor)] == finding.on }.values)
      case .blocksThePool:
        return gravest(
          calls.filter { call, _ in
            let function = call.stack > 0 ? sites.function(ofStack: call.stack) : name(call.site)
            return function == finding.subject && "\(call.reason)" == finding.on
          }.values)
      case .idleWhileReady:
        let length = max(summary.window.length / 100, summary.utilisation.shortestWindow)
        return summary.utilisation.minimum(over: length).map { Place(start: $0.start, length: length) }
      default: return nil
      }
    }
    return FindingPlaces(places: found)
  }
}
