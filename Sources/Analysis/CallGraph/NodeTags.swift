import Pprof
import PprofOperations

/// The labels of the samples that went through a node, with the value that each accounts for.
///
/// A sample's text labels are joined into one tag, e.g. `client:a\nkind:b` (with a backslash and an n, as Graphviz
/// wants its line ends). Its numeric labels stand under that tag, or under the empty name if it has no text label.
public struct NodeTags: Sendable {
  /// Text labels by their joined name.
  public internal(set) var labels: [String: Tag] = [:]
  /// Numeric labels, by the joined text labels they came with and then by their formatted name.
  public internal(set) var numeric: [String: [String: Tag]] = [:]

  /// How many tags have a flat value.
  var flatCount: Int {
    numeric.values.reduce(labels.values.count { $0.flatSum != 0 }) { count, tags in
      count + tags.values.count { $0.flatSum != 0 }
    }
  }

  /// Removes tags whose flat and cum values are both below the minimum.
  mutating func trim(below minimum: Int64) {
    func isHeavy(_ tag: Tag) -> Bool {
      tag.flatSum.wrappingMagnitude >= minimum || tag.cumSum.wrappingMagnitude >= minimum
    }
    labels = labels.filter { isHeavy($0.value) }
    numeric = numeric.mapValues { tags in tags.filter { isHeavy($0.value) } }
  }

  /// Adds the weight of a sample to its tags.
  mutating func add(_ sample: SampleTags, _ weight: Weight, flat: Bool) {
    if !sample.label.isEmpty {
      labels[sample.label, default: Tag(name: sample.label)].add(weight, flat: flat)
    }
    if sample.numbers.isEmpty { return }
    for number in sample.numbers {
      numeric[sample.label, default: [:]][number.name, default: number].add(weight, flat: flat)
    }
  }
}

/// A label, or a formatted number, with the value it accounts for at a node.
public struct Tag: Sendable, Hashable {
  /// The text shown.
  public internal(set) var name: String
  /// The number, for a numeric label.
  public internal(set) var value: Int64 = 0
  /// The number's unit; empty for a text label.
  public internal(set) var unit = ""
  /// The value of the node itself, as summed over samples.
  public internal(set) var flatSum: Int64 = 0
  /// What to divide `flatSum` by; 0 if nothing.
  public internal(set) var flatDivisor: Int64 = 0
  /// The value of the node and all that it calls, as summed over samples.
  public internal(set) var cumSum: Int64 = 0
  /// What to divide `cumSum` by; 0 if nothing.
  public internal(set) var cumDivisor: Int64 = 0

  /// The value of the node itself; the mean if the report is one of means.
  public var flat: Int64 { flatSum.mean(over: flatDivisor) }
  /// The value of the node and all that it calls; the mean if the report is one of means.
  public var cum: Int64 { cumSum.mean(over: cumDivisor) }

  mutating func add(_ weight: Weight, flat: Bool) {
    if flat {
      flatSum &+= weight.value
      flatDivisor &+= weight.divisor
    } else {
      cumSum &+= weight.value
      cumDivisor &+= weight.divisor
    }
  }
}

extension [Tag] {
  /// The heaviest first: by cum (unless only flat values count), then by flat value, then by name.
  func sortedByWeight(flat: Bool) -> [Tag] {
    sorted { left, right in
      if !flat, left.cumSum.wrappingMagnitude != right.cumSum.wrappingMagnitude {
        return left.cumSum.wrappingMagnitude > right.cumSum.wrappingMagnitude
      }
      if left.flatSum.wrappingMagnitude != right.flatSum.wrappingMagnitude {
        return left.flatSum.wrappingMagnitude > right.flatSum.wrappingMagnitude
      }
      return left.name.precedesBytewise(right.name)
    }
  }
}

extension Tag {
  /// How far the other number is from this one, in this one's unit.
  func distance(to other: Tag) -> Double {
    abs(Double(value) - Units.scale(other.value, from: other.unit, to: unit).value)
  }

  /// The sum of several numeric tags, named by their range; a single one is named by its number alone.
  init(merging tags: [Tag]) {
    self = tags[0]
    var (least, most) = (self, self)
    for tag in tags.dropFirst() {
      func value(in unit: String) -> Int64 {
        Int64(truncatingOrMin: Units.scale(tag.value, from: tag.unit, to: unit).value)
      }
      if value(in: least.unit) < least.value { least = tag }
      if value(in: most.unit) > most.value { most = tag }
      add(Weight(value: tag.flatSum, divisor: tag.flatDivisor), flat: true)
      add(Weight(value: tag.cumSum, divisor: tag.cumDivisor), flat: false)
    }
    let label = Units.label(least.value, unit: least.unit)
    name = tags.count == 1 ? label : label + ".." + Units.label(most.value, unit: most.unit)
    // From here on the tag is as good as one value: means are not to be taken again.
    (flatSum, flatDivisor, cumSum, cumDivisor) = (flat, 0, cum, 0)
  }
}
