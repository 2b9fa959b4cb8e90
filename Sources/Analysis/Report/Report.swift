import Pprof

/// A profile prepared for one kind of report: filtered, aggregated, with the value that counts chosen.
///
/// The report's contents are computed by `topTable()`, `callTable(matching:)`, `shownGraph()` and so on.
/// The preparation happens in pprof's order, which matters: the total is taken before samples are filtered out (unless
/// percentages are to be relative), and functions are merged only after they have been filtered by file.
///
/// Source: google/pprof, `internal/driver/driver.go` (`generateRawReport`).
public struct Report: Sendable {
  /// Which report this is.
  public let kind: ReportKind
  /// The options, with what the kind of report demands.
  public let options: ReportOptions
  /// What is left of the profile.
  public let profile: Profile
  /// The value of all samples, before they were filtered unless percentages are relative.
  ///
  /// In a comparison it is that of the base's samples.
  public let total: Int64
  /// The same with how much of it is chance.
  let wholeSum: SampledSum
  /// What the values measure, e.g. `cpu`, or `mean_delay`.
  public let sampleType: String
  /// How values are written, unless a graph asks for another unit.
  public let format: ValueFormat
  /// What should be said to whoever asked for the report: filters that match nothing, labels of mixed units.
  public let notices: [String]
  /// The unit of each key of numeric labels.
  let labelUnits: [String: String]
  /// Which of a sample's values counts.
  let valueIndex: Int

  /// Prepares the profile.
  /// - Throws: if an expression cannot be understood, the profile has no such value, or the divisor is 0.
  public init(_ profile: Profile, kind: ReportKind, options: ReportOptions = ReportOptions()) throws(ReportError) {
    let options = options.adapted(to: kind)
    let filters = options.filters
    var profile = profile
    var notices: [String] = []

    let units = profile.numericLabelUnits()
    for (key, ignored) in units.ignored.sorted(by: { $0.key.precedesBytewise($1.key) }) {
      let others = ignored.joined(separator: ", ")
      notices.append("For tag \(key) used unit \(units.units[key] ?? ""), also encountered unit(s) \(others)")
    }
    let found = profile.addLabelFrames(root: filters.rootKeys, leaf: filters.leafKeys, unit: options.unit)
    if !filters.tagRoot.isEmpty, !found.root { notices.append("TagRoot expression matched no samples") }
    if !filters.tagLeaf.isEmpty, !found.leaf { notices.append("TagLeaf expression matched no samples") }
    let filter = try ProfileFilter(filters, labelUnits: units.units)
    if options.relativePercentages { notices += filter.apply(to: &profile) }

    guard !profile.sampleTypes.isEmpty else { throw .noSampleTypes }
    let valueIndex: Int
    do throws(ProfileError) {
      valueIndex = try profile.sampleIndex(named: options.sampleIndex)
    } catch {
      throw .profile(error)
    }
    guard options.divideBy != 0 else { throw .zeroDivisor }
    let type = profile.sampleTypes[valueIndex]

    self.kind = kind
    self.options = options
    self.valueIndex = valueIndex
    self.sampleType = (options.mean ? "mean_" : "") + type.type
    self.format = ValueFormat(sampleUnit: type.unit, outputUnit: options.unit, ratio: 1 / options.divideBy)
    self.labelUnits = units.units
    self.total = profile.total(ofValue: valueIndex, mean: options.mean)
    let isDifference = profile.samples.contains { $0.isDiffBase }
    let variance =
      options.mean ? 0 : profile.sum(ofValue: valueIndex) { !isDifference || $0.isDiffBase }.variance
    self.wholeSum = SampledSum(value: Double(total), variance: variance)

    if !options.relativePercentages { notices += filter.apply(to: &profile) }
    profile.aggregate(
      by: options.granularity ?? .functions, inlineFrames: !options.noInlines, columns: options.showColumns)
    self.profile = profile
    self.notices = notices
  }

  /// Prepares a profile, or, with a baseline, its difference to that in percent of the baseline.
  /// - Throws: what `init(_:kind:options:)` throws, or that the two cannot be compared.
  public init(
    _ profile: Profile, baseline: Profile?, kind: ReportKind, options: ReportOptions = ReportOptions()
  ) throws(ReportError) {
    var profile = profile
    if let baseline {
      do throws(ProfileError) {
        profile = try profile.difference(from: baseline, isLabelled: true)
      } catch {
        throw .incomparable(error)
      }
    }
    try self.init(profile, kind: kind, options: options)
  }

  /// The name of the program; empty if unknown.
  public var title: String {
    guard let file = profile.mappings.first?.file, !file.isEmpty else { return "" }
    return SlashPath.base(file)
  }

  /// What a sample weighs in this report.
  func weight(of sample: Sample) -> Weight {
    Weight(value: sample.values[valueIndex], divisor: options.mean ? sample.values[0] : 0)
  }

  /// The profile made ready for building graphs from it.
  func graphSource() -> GraphSource {
    GraphSource(
      profile, weights: profile.samples.map(weight(of:)),
      tags: kind.isDrawing ? SampleTagTable(sampleTags()) : nil, namesObjects: kind.namesObjects,
      dropsNegative: options.dropNegative)
  }

  /// What a drawing of the call graph shows: what pprof draws if the report's kind is `dot` or `svg`.
  public func shownGraph() -> ShownGraph {
    let trimmed = trimmedGraph()
    return ShownGraph(
      trimmed.graph, title: title, legend: legend(of: trimmed, isDrawing: true), total: total, format: trimmed.format)
  }
}

/// Why a report cannot be made.
public enum ReportError: Error, Sendable, Hashable {
  /// The profile does not say what it measures.
  case noSampleTypes
  /// Values cannot be divided by 0.
  case zeroDivisor
  /// The profile or an operation on it.
  case profile(ProfileError)
  /// The two profiles cannot be compared.
  case incomparable(ProfileError)
  /// The expression of an option is not one.
  case badExpression(option: String, ProfileError)
}

extension ReportError: CustomStringConvertible {
  /// What went wrong, for people.
  public var description: String {
    switch self {
    case .noSampleTypes: "profile has no samples"
    case .zeroDivisor: "zero divisor specified"
    case .profile(let error): "\(error)"
    case .incomparable(let error): "the profiles cannot be compared: \(error)"
    case .badExpression(let option, let error): "parsing \(option) regexp: \(error)"
    }
  }
}

extension Profile {
  /// The magnitudes of all samples' values, or of the base's samples in a comparison.
  fileprivate func total(ofValue index: Int, mean: Bool) -> Int64 {
    var all = Weight(value: 0, divisor: 0)
    var base = all
    for sample in samples {
      let value = sample.values[index].wrappingMagnitude
      let divisor = mean ? sample.values[0] : 0
      all.value &+= value
      all.divisor &+= divisor
      if sample.isDiffBase {
        base.value &+= value
        base.divisor &+= divisor
      }
    }
    let counted = base.value > 0 ? base : all
    return counted.value.mean(over: counted.divisor)
  }
}
