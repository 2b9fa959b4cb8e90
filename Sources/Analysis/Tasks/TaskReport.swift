import Pprof

/// The live tasks of a task profile in families, each divided into parts: by who made them and what they do, by what they
/// do and who made them, or by how long they have done it.
public struct TaskReport: Sendable {
  /// What a family has in common, and what its parts have.
  public enum Grouping: String, Sendable, Hashable, CaseIterable {
    /// The function that made them; the parts are what they do.
    case creation
    /// What they do; the parts are the functions that made them.
    case state
    /// How long they have done it; the parts are what they do.
    case age
  }

  /// Tasks of a family that have something more in common.
  public struct Part: Sendable, Hashable {
    /// What it is, in words.
    public var name: String
    /// How many tasks.
    public var count: Int64
  }

  /// A family of tasks.
  public struct Row: Sendable, Hashable {
    /// What it has in common, in words.
    public var name: String
    /// How many tasks.
    public var count: Int64
    /// Its share of all tasks.
    public var share: Estimate
    /// The names that the program gave these tasks, the most frequent first.
    public var taskNames: [String]
    /// The most first.
    public var parts: [Part]
  }

  /// What the families are.
  public let grouping: Grouping
  /// The largest family first; by age, the youngest.
  public let rows: [Row]
  /// What the parts of all families are, the most first.
  public let parts: [String]
  /// All tasks.
  public let total: Int64
  /// The unit of the counts.
  public let unit: String

  /// The families of a profile's default sample type.
  public init(_ profile: Profile, by grouping: Grouping) throws(ClaimError) {
    guard let last = profile.sampleTypes.indices.last else { throw .emptyProfile }
    let type = profile.sampleTypes.firstIndex { $0.type == profile.defaultSampleType } ?? last
    let sites = ProgramSites(profile), variance = SamplingVariance(profile, index: type)
    var families: [String: Family] = [:]
    var whole = SampledSum()
    // Others are samples of threads.
    for sample in profile.samples where sample.values[type] != 0 {
      let site = sites.site(of: sample), state = TaskState(sample).words, age = TaskAge(sample)
      let (name, part) =
        switch grouping {
        case .creation: (site, state)
        case .state: (state, site)
        case .age: (age.words, state)
        }
      let value = Double(sample.values[type]), spread = variance?.of(sample) ?? 0
      families[name, default: Family(age: age)].add(sample, value: value, variance: spread, part: part)
      whole.add(value, variance: spread)
    }
    self.grouping = grouping
    unit = profile.sampleTypes[type].unit
    total = Int64(whole.value)
    rows = families.filter { $0.value.sum.value > 0 }.sorted { left, right in
      if grouping == .age, left.value.age != right.value.age { return left.value.age < right.value.age }
      let (a, b) = (left.value.sum.value, right.value.sum.value)
      return a != b ? a > b : left.key < right.key
    }.map { $0.value.row(named: $0.key, of: whole) }
    parts = Family.ordered(rows.flatMap(\.parts).reduce(into: [:]) { $0[$1.name, default: 0] += $1.count }).map(\.name)
  }

  /// The family of the most tasks; nil if there are none.
  public var largest: Row? { rows.max { $0.count < $1.count } }
}

/// A family in the making.
private struct Family {
  let age: TaskAge
  var sum = SampledSum()
  private var parts: [String: Int64] = [:]
  private var names: [String: Int64] = [:]

  init(age: TaskAge) { self.age = age }

  mutating func add(_ sample: Sample, value: Double, variance: Double, part: String) {
    sum.add(value, variance: variance)
    parts[part, default: 0] += Int64(value)
    if let name = sample.labels["name"]?.first { names[name, default: 0] += Int64(value) }
  }

  func row(named name: String, of whole: SampledSum) -> TaskReport.Row {
    TaskReport.Row(
      name: name, count: Int64(sum.value), share: sum.share(of: whole), taskNames: Self.ordered(names).map(\.name),
      parts: Self.ordered(parts))
  }

  static func ordered(_ counts: [String: Int64]) -> [TaskReport.Part] {
    counts.map { TaskReport.Part(name: $0.key, count: $0.value) }
      .sorted { $0.count != $1.count ? $0.count > $1.count : $0.name < $1.name }
  }
}
