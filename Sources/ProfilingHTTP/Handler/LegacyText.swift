import Pprof

/// A profile in pprof's old text, which `debug=1` asks for: a line for each stack, with its functions below.
///
/// Source: Go, `src/runtime/pprof/pprof.go`.
func legacyText(of profile: Profile, named name: String) -> String {
  var writer = LegacyTextWriter(profile: profile)
  switch profile.periodType?.type {
  case "space": writer.writeHeap()
  case "contentions": writer.writeContention(isMutex: name.hasSuffix("mutex"))
  default: writer.writeCounts(named: name)
  }
  return writer.text
}

private struct LegacyTextWriter {
  let profile: Profile
  var text = ""

  /// Values are what the samples stand for already: a rate of one has readers scale nothing.
  mutating func writeHeap() {
    let sums = (0..<4).map { type in profile.samples.reduce(0) { $0 + $1.values[type] } }
    text += "heap profile: \(sums[2]): \(sums[3]) [\(sums[0]): \(sums[1])] @ heap/2\n"
    write(by: 1) { "\($0[2]): \($0[3]) [\($0[0]): \($0[1])]" }
  }

  mutating func writeContention(isMutex: Bool) {
    text += "--- \(isMutex ? "mutex" : "contention"):\ncycles/second=1000000000\n"
    if isMutex { text += "sampling period=1\n" }
    write(by: 1) { "\($0[1]) \($0[0])" }
  }

  mutating func writeCounts(named name: String) {
    let total = profile.samples.reduce(0) { $0 + $1.values.reduce(0, +) }
    text += "\(name) profile: total \(total)\n"
    // A task and a thread are one each, whatever they are called.
    write(by: nil) { "\($0.reduce(0, +))" }
    for comment in profile.comments { text += "# \(comment)\n" }
  }

  /// Writes all samples, those of most first.
  private mutating func write(by type: Int?, _ values: ([Int64]) -> String) {
    func weight(_ sample: Sample) -> Int64 { type.map { sample.values[$0] } ?? sample.values.reduce(0, +) }
    let sorted = profile.samples.enumerated().sorted {
      (weight($0.element), $1.offset) > (weight($1.element), $0.offset)
    }
    for (_, sample) in sorted {
      text += values(sample.values) + " @"
      for location in sample.locations { text += " " + hexadecimal(profile.locations[location].address) }
      text += "\n"
      if !sample.labels.isEmpty {
        let labels = sample.labels.sorted { $0.key < $1.key }.flatMap { label in
          label.value.map { "\(quoted(label.key)):\(quoted($0))" }
        }
        text += "# labels: {\(labels.joined(separator: ", "))}\n"
      }
      for location in sample.locations { write(profile.locations[location]) }
      text += "\n"
    }
  }

  private mutating func write(_ location: Location) {
    for line in location.lines {
      let function = profile.functions[line.function]
      text += "#\t\(hexadecimal(location.address))\t\(function.name)"
      if !function.filename.isEmpty { text += "\t\(function.filename):\(line.line)" }
      text += "\n"
    }
  }

  private func hexadecimal(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }

  /// A text on one line.
  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20: quoted += " "
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
