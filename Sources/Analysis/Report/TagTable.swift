import Pprof
import PprofOperations

/// The labels of a profile's samples and what each accounts for.
public struct TagTable: Sendable {
  /// The value that percentages refer to.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// The keys, sorted by name.
  public let keys: [Key]

  /// A key of labels.
  public struct Key: Sendable, Hashable {
    /// The key.
    public let name: String
    /// The value of all samples that have it; a sample with two values of it counts twice.
    public let value: Int64
    /// What it is set to, the weightiest first.
    public let tags: [Tag]
  }

  /// A value of a label.
  public struct Tag: Sendable, Hashable {
    /// The text, or the number with its unit.
    public let name: String
    /// The value of the samples that have it.
    public let value: Int64
  }
}

extension Report {
  /// The labels of the profile.
  public func tagTable() -> TagTable {
    var values: [String: [String: Int64]] = [:]
    for sample in profile.samples {
      let value = weight(of: sample).value
      for (key, texts) in sample.labels {
        for text in texts { values[key, default: [:]][text, default: 0] &+= value }
      }
      for (key, numbers) in sample.numericLabels {
        for number in numbers {
          let text = Units.scaledLabel(number.value, from: labelUnits[key] ?? "", to: format.outputUnit)
          values[key, default: [:]][text, default: 0] &+= value
        }
      }
    }
    let keys = values.map { key, tags in
      TagTable.Key(
        name: key, value: tags.values.reduce(0, &+),
        tags: tags.map { TagTable.Tag(name: $0.key, value: $0.value) }.sorted { left, right in
          if left.value != right.value { return left.value.wrappingMagnitude > right.value.wrappingMagnitude }
          return left.name.precedesBytewise(right.name)
        })
    }
    return TagTable(total: total, format: format, keys: keys.sorted { $0.name.precedesBytewise($1.name) })
  }
}
