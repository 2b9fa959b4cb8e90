import Pprof

/// The frames of a profile, each once, and which of them each location stands for.
///
/// A location has a frame for every source line (several if calls were inlined, the innermost first), and one with its
/// address alone if it has none.
struct FrameTable {
  /// The distinct frames, in the order of the locations they were first met in.
  private(set) var frames: [Frame] = []
  /// The name of each frame for people, in one line.
  private(set) var names: [String] = []
  /// The number of the function that each frame lies in.
  private(set) var functions: [Int] = []
  /// The frames of all locations, as positions in `frames`, one location after the other.
  private(set) var entries: [Int] = []
  /// Where in `entries` each location begins; one more at the end.
  private var starts: [Int] = [0]

  /// - Parameter namesObjects: whether functions of one name in two binaries are told apart.
  init(_ profile: Profile, namesObjects: Bool) {
    var positions: [Frame: Int] = [:]
    var functionNumbers: [Frame: Int] = [:]
    let files = profile.functions.map { $0.filename.isEmpty ? "" : SlashPath.clean($0.filename) }
    func add(_ frame: Frame, to table: inout FrameTable) {
      let position = positions[frame] ?? table.frames.count
      if position == table.frames.count {
        positions[frame] = position
        table.frames.append(frame)
        table.names.append(frame.printableName)
        let next = functionNumbers.count
        let number = functionNumbers[frame.function, default: next]
        if number == next { functionNumbers[frame.function] = next }
        table.functions.append(number)
      }
      table.entries.append(position)
    }
    starts.reserveCapacity(profile.locations.count + 1)
    for location in profile.locations {
      let objectFile = location.mapping.map { profile.mappings[$0].file } ?? ""
      for line in location.lines {
        let function = profile.functions[line.function]
        let showsObject = namesObjects || function.name.isEmpty
        add(
          Frame(
            name: function.name, address: location.address, file: files[line.function],
            startLine: showsObject ? function.startLine : 0, line: line.line, column: line.column,
            objectFile: showsObject ? objectFile : ""), to: &self)
      }
      if location.lines.isEmpty { add(Frame(address: location.address, objectFile: objectFile), to: &self) }
      starts.append(entries.count)
    }
  }

  /// Where in `entries` the frames of a location stand, the innermost first.
  @inline(__always)
  func range(ofLocation location: Int) -> Range<Int> { starts[location]..<starts[location + 1] }
}
