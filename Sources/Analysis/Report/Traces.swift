import Pprof
import PprofOperations

/// Every stack of a profile, with its labels and its value.
public struct Traces: Sendable {
  /// What the profile is, a line each.
  public let legend: [String]
  /// How values are written.
  public let format: ValueFormat
  /// The stacks, in the profile's order; those without any frame are left out.
  public let stacks: [Stack]

  /// A stack with its labels.
  public struct Stack: Sendable {
    /// Text labels by key.
    public let labels: [(key: String, values: [String])]
    /// Numeric labels by key, written with their units.
    public let numericLabels: [(key: String, values: [String])]
    /// The value; the mean if the report is one of means.
    public let value: Int64
    /// The frames, the innermost first.
    public let frames: [Entry]
  }

  /// A frame of a stack.
  public struct Entry: Sendable, Hashable {
    /// The frame's name in one line.
    public let name: String
    /// Whether the call was inlined.
    public let isInline: Bool
  }
}

extension Report {
  /// Every stack of the profile.
  public func traces() -> Traces {
    let table = FrameTable(profile, namesObjects: false)
    let stacks: [Traces.Stack] = profile.samples.compactMap { sample in
      let frames = sample.locations.flatMap { location in
        let range = table.range(ofLocation: location)
        return range.map { Traces.Entry(name: table.names[table.entries[$0]], isInline: $0 != range.upperBound - 1) }
      }
      if frames.isEmpty { return nil }
      let weight = weight(of: sample)
      return Traces.Stack(
        labels: sample.labels.map { (key: $0.key, values: $0.value) },
        numericLabels: sample.numericLabels.map { key, numbers in
          (key: key, values: numbers.map { Units.scaledLabel($0.value, from: labelUnits[key] ?? "", to: "auto") })
        },
        value: weight.value.mean(over: weight.divisor), frames: frames)
    }
    return Traces(legend: profileLegend, format: format, stacks: stacks)
  }
}
