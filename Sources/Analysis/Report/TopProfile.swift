import Pprof

extension Report {
  /// The top places as a profile of one frame a sample, with their cum and flat values.
  public func topProfile() -> Profile {
    let trimmed = trimmedGraph()
    let format = trimmed.format
    var top = Profile(
      sampleTypes: [
        ValueType(type: "cum", unit: format.outputUnit), ValueType(type: "flat", unit: format.outputUnit),
      ],
      timeNanoseconds: profile.timeNanoseconds, durationNanoseconds: profile.durationNanoseconds,
      periodType: profile.periodType, period: profile.period)
    var functions: [Frame: Int] = [:]
    for (position, node) in trimmed.graph.shownNodes.enumerated() {
      let frame = node.frame
      let key = Frame(name: frame.name, file: frame.file, startLine: frame.startLine)
      let function = functions[key] ?? top.functions.count
      if function == top.functions.count {
        functions[key] = function
        top.functions.append(
          Function(
            id: UInt64(function + 1), name: frame.name, filename: frame.file, startLine: frame.startLine))
      }
      top.locations.append(
        Location(
          id: UInt64(position + 1), address: frame.address,
          lines: [Line(function: function, line: frame.line, column: frame.column)]))
      top.samples.append(
        Sample(locations: [position], values: [format.wholeNumber(node.cum), format.wholeNumber(node.flat)]))
    }
    return top
  }

  /// The filtered profile, its values divided as asked for.
  public func filteredProfile() -> Profile {
    var scaled = profile
    for sample in scaled.samples.indices {
      for value in scaled.samples[sample].values.indices {
        scaled.samples[sample].values[value] = format.scaled(scaled.samples[sample].values[value])
      }
    }
    return scaled
  }
}
