import Analysis
import Pprof

extension Profile {
  /// All that is in the profile, as pprof's report `raw`.
  public func rawText(zone: LocalTime.Zone = .environment) -> String {
    var lines = comments.map { "Comment: " + $0 }
    if !documentationURL.isEmpty { lines.append("Doc: " + documentationURL) }
    lines.append("PeriodType: \(periodType?.type ?? "") \(periodType?.unit ?? "")")
    lines.append("Period: \(period)")
    if timeNanoseconds != 0 { lines.append("Time: " + LocalTime(timeNanoseconds, in: zone).preciseText) }
    if durationNanoseconds != 0 { lines.append("Duration: \(clockDuration(durationNanoseconds).prefix(4))") }
    lines.append("Samples:")
    let types = sampleTypes.map { "\($0.type)/\($0.unit)\($0.type == defaultSampleType ? "[dflt]" : "")" }
    lines.append(types.joined(separator: " "))
    lines += samples.flatMap(rawLines)
    lines.append("Locations")
    lines += locations.flatMap(rawLines)
    lines.append("Mappings")
    lines += mappings.map(rawLine)
    return lines.joined(separator: "\n") + "\n"
  }

  private func rawLines(_ sample: Sample) -> [String] {
    let values = sample.values.map { " " + String($0).padded(to: 10) }.joined()
    let stack = sample.locations.map { "\(locations[$0].id) " }.joined()
    var lines = ["\(values): \(stack)"]
    let labels = sample.labels.map { "\($0.key):[\($0.value.joined(separator: " "))]" }
    let numbers = sample.numericLabels.map { key, numbers in
      let hasUnits = numbers.contains { !$0.unit.isEmpty }
      return "\(key):[\(numbers.map { hasUnits ? "\($0.value) \($0.unit)" : "\($0.value)" }.joined(separator: " "))]"
    }
    for part in [labels, numbers] where !part.isEmpty {
      let sorted = part.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      lines.append("                " + sorted.joined(separator: " "))
    }
    return lines
  }

  private func rawLines(_ location: Location) -> [String] {
    var head = "\(String(location.id).padded(to: 6)): 0x\(String(location.address, radix: 16)) "
    if let mapping = location.mapping { head += "M=\(mappings[mapping].id) " }
    if location.isFolded { head += "[F] " }
    if location.lines.isEmpty { return [head] }
    return location.lines.enumerated().map { position, line in
      let function = functions[line.function]
      let place = "\(function.filename):\(line.line):\(line.column) s=\(function.startLine)"
      let alias = function.name == function.systemName ? "" : "(\(function.systemName))"
      return "\(position == 0 ? head : "             ")\(function.name) \(place)\(alias)"
    }
  }

  private func rawLine(_ mapping: Mapping) -> String {
    let range = [mapping.start, mapping.limit, mapping.offset].map { "0x" + String($0, radix: 16) }
    let known = [
      (mapping.hasFunctions, "[FN]"), (mapping.hasFilenames, "[FL]"), (mapping.hasLineNumbers, "[LN]"),
      (mapping.hasInlineFrames, "[IN]"),
    ].map { $0.0 ? $0.1 : "" }.joined()
    return "\(mapping.id): \(range.joined(separator: "/")) \(mapping.file) \(mapping.buildID) \(known)"
  }
}

/// A duration in hours, minutes and seconds, or in a smaller unit if it is below a second, e.g. `1h2m3.5s`, `1.5ms`.
func clockDuration(_ nanoseconds: Int64) -> String {
  let magnitude = nanoseconds.magnitude
  let text: String
  switch magnitude {
  case 0: return "0s"
  case ..<1_000: text = "\(magnitude)ns"
  case ..<1_000_000: text = decimal(magnitude, of: 1_000) + "µs"
  case ..<1_000_000_000: text = decimal(magnitude, of: 1_000_000) + "ms"
  default:
    let minutes = magnitude / 60_000_000_000
    let seconds = decimal(magnitude % 60_000_000_000, of: 1_000_000_000) + "s"
    let hours = minutes < 60 ? "" : "\(minutes / 60)h"
    text = hours + (minutes == 0 ? "" : "\(minutes % 60)m") + seconds
  }
  return nanoseconds < 0 ? "-" + text : text
}

/// The number of units in decimal, without trailing zeros.
private func decimal(_ number: UInt64, of unit: UInt64) -> String {
  let (whole, rest) = number.quotientAndRemainder(dividingBy: unit)
  if rest == 0 { return "\(whole)" }
  var digits = String(unit + rest).dropFirst()
  while digits.last == "0" { digits.removeLast() }
  return "\(whole).\(digits)"
}
