import CProfiler
import Pprof

/// What one custom profile holds at a moment.
struct CustomCounts {
  let name: String
  /// How many values, by number of the stack that added them.
  let stacks: [UInt32: Int]
  /// How many were ever added.
  let added: Int
  /// Stacks so deep that frames in their middle are left out.
  let cut: Int

  /// How many values it holds.
  var count: Int { stacks.values.reduce(0, +) }

  fileprivate var comments: [String] {
    let lost = stacks[UInt32(LAB_STACK_OVERFLOW)] ?? 0
    return ["\(name): \(count) held, of \(added) that were added"]
      + (lost == 0 ? [] : ["\(name): \(lost) were added by stacks that found no room in the table; they share one"])
      + (cut == 0 ? [] : ["\(name): \(cut) were added by so deep a stack that frames in its middle are left out"])
  }
}

extension CustomProfile {
  /// Custom profiles in pprof's words: one type of sample for each, `NAME/count`.
  static func profile(of all: [CustomCounts]) -> Profile {
    let types = all.map { ValueType(type: $0.name, unit: "count") }
    var builder = ProfileBuilder(sampleTypes: types)
    builder.leavesOut = { $0.systemName.hasPrefix(CustomProfile.symbolPrefix) }
    for (position, counts) in all.enumerated() {
      for (stack, count) in counts.stacks.sorted(by: { $0.key < $1.key }) {
        var values = [Int64](repeating: 0, count: all.count)
        values[position] = Int64(count)
        builder.add(stack: stack, values: values)
      }
    }
    var profile = builder.finish()
    profile.periodType = types.last ?? ValueType(type: "", unit: "")
    profile.period = 1
    profile.timeNanoseconds = nanosecondsSinceEpoch()
    profile.comments = all.flatMap(\.comments)
    if let complaint = LabelReader.complaint { profile.comments.append(complaint) }
    return profile
  }
}
