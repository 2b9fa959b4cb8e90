import Pprof

/// The waits of a block profile or a mutex profile in rows, each divided into parts: by the function that waited or that made
/// others wait and by what for, or the other way round.
///
/// Of a block profile that tells it, the time in which a wait was over, and whoever waited had no thread yet, is a part of its
/// own. Threads that had nothing to do are left out.
public struct WaitReport: Sendable {
  /// What the waits of a row have in common, and what those of its parts have.
  public enum Grouping: String, Sendable, Hashable, CaseIterable {
    /// The function that waited; the parts are what for.
    case place
    /// The function that made others wait; the parts are what for.
    case holder
    /// What they waited for; the parts are the functions.
    case reason
  }

  /// Waits of a row that have something more in common.
  public struct Part: Sendable, Hashable {
    /// What it is, in words.
    public var name: String
    /// How long, in the report's unit.
    public var time: Int64
  }

  /// Waits that have something in common.
  public struct Row: Sendable, Hashable {
    /// What it is, in words.
    public var name: String
    /// How long they lasted, in the report's unit.
    public var time: Int64
    /// How many there were.
    public var count: Int64
    /// Their share of the time of all waits.
    public var share: Estimate
    /// The longest first, but what had no thread last.
    public var parts: [Part]
  }

  /// What the rows are.
  public let grouping: Grouping
  /// The longest first.
  public let rows: [Row]
  /// What the parts of all rows are, in the order of a row's.
  public let parts: [String]
  /// All waits, in the report's unit.
  public let total: Int64
  /// How long threads that had nothing to do waited; not in `total`.
  public let idle: Int64
  /// The unit of times.
  public let unit: String

  /// The waits of a profile that the filters leave.
  /// - Throws: `ReportError` if a filter cannot be understood or the profile measures nothing.
  public init(
    _ profile: Profile, by grouping: Grouping, filters: ReportOptions.Filters = ReportOptions.Filters()
  ) throws(ReportError) {
    guard let last = profile.sampleTypes.indices.last else { throw .noSampleTypes }
    func index(_ type: String) -> Int? { profile.sampleTypes.firstIndex { $0.type == type } }
    let time = index("delay") ?? index(profile.defaultSampleType) ?? last
    let (ready, count) = (index("runnable"), index("contentions"))
    var profile = profile
    _ = try ProfileFilter(filters, labelUnits: profile.numericLabelUnits().units).apply(to: &profile)

    let sites = ProgramSites(profile), variance = SamplingVariance(profile, index: time)
    var gathering: [String: Gathering] = [:]
    var (whole, idle) = (SampledSum(), Int64(0))
    for sample in profile.samples {
      let site = sites.site(of: sample), value = sample.values[time]
      guard site != "[idle]" else {
        idle += value
        continue
      }
      let late = ready.map { min(sample.values[$0], value) } ?? 0, spread = variance?.of(sample) ?? 0
      whole.add(Double(value), variance: spread)
      // What then waits for a thread is the same wait.
      let waits = count.map { sample.values[$0] } ?? 0
      for (reason, time, count) in [(WaitReason(sample).words, value - late, waits), (WaitReason.ready, late, 0)] {
        let (name, part) = grouping == .reason ? (reason, site) : (site, reason)
        let variance = value == 0 ? 0 : spread * Double(time) / Double(value)
        gathering[name, default: Gathering()].add(Double(time), variance: variance, count: count, part: part)
      }
    }
    self.grouping = grouping
    self.idle = idle
    unit = profile.sampleTypes[time].unit
    total = Int64(whole.value)
    rows = gathering.map { $0.value.row(named: $0.key, of: whole) }.filter { $0.time != 0 }
      .sorted { $0.time != $1.time ? $0.time > $1.time : $0.name < $1.name }
    let times = rows.flatMap(\.parts).reduce(into: [:]) { $0[$1.name, default: 0] += $1.time }
    parts = Gathering.ordered(times).map(\.name)
  }
}

/// A row in the making.
private struct Gathering {
  private var sum = SampledSum()
  private var count: Int64 = 0
  private var parts: [String: Int64] = [:]

  mutating func add(_ value: Double, variance: Double, count: Int64, part: String) {
    sum.add(value, variance: variance)
    self.count += count
    parts[part, default: 0] += Int64(value)
  }

  func row(named name: String, of whole: SampledSum) -> WaitReport.Row {
    WaitReport.Row(
      name: name, time: Int64(sum.value), count: count, share: sum.share(of: whole), parts: Self.ordered(parts))
  }

  /// The longest first; what had no thread comes after what it waited for before.
  static func ordered(_ times: [String: Int64]) -> [WaitReport.Part] {
    let parts: [WaitReport.Part] = times.map { WaitReport.Part(name: $0.key, time: $0.value) }
    return parts.filter { $0.time != 0 }.sorted { left, right in
      let (isLeftReady, isRightReady) = (left.name == WaitReason.ready, right.name == WaitReason.ready)
      if isLeftReady != isRightReady { return isRightReady }
      return left.time != right.time ? left.time > right.time : left.name < right.name
    }
  }
}
