import Pprof
import Symbolization

/// Turns stacks into a profile's samples, locations, functions and mappings.
struct HeapProfileBuilder {
  private var profile = Profile()
  private var pending: [(stack: UInt32, sample: Sample)] = []

  mutating func add(
    stack: UInt32, values: [Int64], labels: [String: [String]], numericLabels: [String: [NumericLabel]]
  ) {
    pending.append((stack, Sample(locations: [], values: values, labels: labels, numericLabels: numericLabels)))
  }

  mutating func finish() -> Profile {
    var stacks: [UInt32: [UInt64]] = [:]
    for (stack, _) in pending where stacks[stack] == nil { stacks[stack] = HeapSnapshot.frames(of: stack) }
    let addresses = Set(stacks.values.joined()).sorted()
    var symbolizer = Symbolizer()
    let symbols = symbolizer.symbolize(addresses.map { $0 - 1 })
    profile.mappings = symbolizer.images.enumerated().map { index, image in
      Mapping(
        id: UInt64(index + 1), start: image.start, limit: image.end, offset: image.fileOffset, file: image.path,
        buildID: image.buildID, hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true)
    }
    var functions: [SymbolizedFrame: Int] = [:]
    var positions: [UInt64: Int] = [:]
    for (address, frames) in zip(addresses, symbols) {
      let lines = frames.map { frame in
        var key = frame
        (key.line, key.column, key.isInlined) = (0, 0, false)
        let function =
          functions[key]
          ?? {
            profile.functions.append(
              Function(
                id: UInt64(profile.functions.count + 1), name: frame.name, systemName: frame.systemName,
                filename: frame.file, startLine: Int64(frame.startLine)))
            functions[key] = profile.functions.count - 1
            return profile.functions.count - 1
          }()
        return Line(function: function, line: Int64(frame.line), column: Int64(frame.column))
      }
      positions[address] = profile.locations.count
      profile.locations.append(
        Location(
          id: UInt64(profile.locations.count + 1), mapping: frames.first?.image, address: address, lines: lines))
    }
    for (stack, sample) in pending {
      var sample = sample
      sample.locations = (stacks[stack] ?? []).compactMap { positions[$0] }
      profile.samples.append(sample)
    }
    return profile
  }
}
