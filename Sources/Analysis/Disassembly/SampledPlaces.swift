import Patterns
import Pprof
import PprofOperations

/// What was measured at which addresses, and which of them are in functions that are looked for.
///
/// Source: google/pprof, `internal/report/source.go` (`newSourcePrinter`, `splitIntoRanges`).
struct SampledPlaces {
  /// A stretch of code around addresses that are looked for.
  struct Range {
    var start, end: UInt64
    var mapping: Int
    /// What was measured there.
    var weight: Int64
    /// Addresses that are looked for.
    var addresses: [UInt64]
  }

  /// What was measured at an address itself, and with all it calls.
  private(set) var flat: [UInt64: Int64] = [:]
  private(set) var cum: [UInt64: Int64] = [:]
  /// The names of functions that are looked for, as people and as linkers have them.
  private(set) var interest: Set<String> = []
  /// How functions are called that linkers call otherwise.
  private(set) var readableNames: [String: String] = [:]
  /// Addresses that are looked for, each with its location.
  private(set) var addresses: [UInt64: Int] = [:]
  private let profile: Profile

  /// How far beyond an address code is shown.
  private static let margin: UInt64 = 500
  /// At most so many stretches of code are shown.
  private static let mostRanges = 25

  init(_ report: Report, matching expression: String) throws {
    profile = report.profile
    let pattern = try Pattern(expression)
    let wanted = UInt64(goLiteral: expression)
    let known = profile.functions.map { function in
      pattern.matches(function.name) || pattern.matches(function.systemName) || pattern.matches(function.filename)
    }
    let mappings = profile.mappings.map { pattern.matches($0.file) }
    var next = max(1, profile.mappings.map(\.limit).max() ?? 0)
    let places = profile.locations.map { location -> UInt64 in
      if location.address != 0 { return location.address }
      defer { next &+= 1 }
      return next
    }
    var isSeen = [Bool](repeating: false, count: profile.locations.count)
    for sample in profile.samples {
      let weight = report.weight(of: sample)
      let value = report.options.mean ? weight.value.mean(over: weight.divisor) : weight.value
      if let leaf = sample.locations.first { flat[places[leaf], default: 0] &+= value }
      for index in sample.locations.reversed() {
        cum[places[index], default: 0] &+= value
        if isSeen[index] { continue }
        isSeen[index] = true
        let location = profile.locations[index]
        for line in location.lines where profile.functions.indices.contains(line.function) {
          let function = profile.functions[line.function]
          readableNames[function.systemName] = function.name
        }
        func mark(_ line: Pprof.Line) {
          guard profile.functions.indices.contains(line.function) else { return }
          let function = profile.functions[line.function]
          interest.formUnion([function.name, function.systemName])
          if addresses[places[index]] == nil { addresses[places[index]] = index }
        }
        if wanted == places[index] {
          location.lines.last.map(mark)
          continue
        }
        let isInFile = location.mapping.map { mappings[$0] } ?? false
        for (position, line) in location.lines.enumerated() {
          let matches = profile.functions.indices.contains(line.function) && known[line.function]
          if matches || (position == 0 && isInFile) { mark(line) }
        }
      }
    }
  }

  /// The stretches of code that lie in binaries that can be read, the heaviest first; what is left of the addresses
  /// has no binary.
  mutating func takeRanges() -> [Range] {
    var readable: [Int: Bool] = [:]
    func mapping(of location: Int) -> Int? {
      guard let mapping = profile.locations[location].mapping else { return nil }
      if readable[mapping] == nil { readable[mapping] = (try? MappedBinary(profile.mappings[mapping])) != nil }
      return readable[mapping] == true ? mapping : nil
    }
    var inside = addresses.compactMap { address, location in mapping(of: location).map { (address, $0) } }[...]
    for (address, _) in inside { addresses[address] = nil }
    inside.sort { $0.0 < $1.0 }
    var ranges: [Range] = []
    while let (first, position) = inside.popFirst() {
      let mapping = profile.mappings[position]
      var range = Range(start: first, end: first, mapping: position, weight: flat[first] ?? 0, addresses: [first])
      while let (next, _) = inside.first, next <= range.end &+ 2 * Self.margin, next < mapping.limit {
        range.end = next
        range.weight &+= flat[next] ?? 0
        range.addresses.append(next)
        inside = inside.dropFirst()
      }
      let isBounded = mapping.limit > mapping.start
      range.start = max(range.start - min(range.start, Self.margin), isBounded ? min(mapping.start, first) : 0)
      range.end =
        isBounded && mapping.limit &- range.end < Self.margin ? mapping.limit : range.end.saturatingSum(Self.margin)
      ranges.append(range)
    }
    ranges.sort { $0.weight > $1.weight }
    return Array(ranges.prefix(Self.mostRanges))
  }

  /// The frames at an address as the profile has them, callee first.
  func frames(at address: UInt64) -> [SourceFrame] {
    guard let location = addresses[address] else { return [] }
    return profile.locations[location].lines.compactMap { line in
      guard profile.functions.indices.contains(line.function) else { return nil }
      let function = profile.functions[line.function]
      return SourceFrame(function: function.name, file: function.filename, line: SourceFrame.line(line.line))
    }
  }
}

extension UInt64 {
  fileprivate func saturatingSum(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
