import CProfiler
import Pprof
import Symbolization

/// What stands for the address of a frame that is no code, such as `[lost samples]`: one of its own and the same in every
/// profile, for who compares two goes by addresses. It lies in the kernel's half of all addresses, where no code of a
/// program does.
func ownAddress(ofFrameNamed name: String) -> UInt64 {
  // FNV-1a. Source: datatracker.ietf.org/doc/html/draft-eastlake-fnv.
  let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  return 0xffff_8000_0000_0000 | hash >> 17
}

/// The tables that samples refer to, filled as locations are met.
struct ProfileTables {
  private(set) var mappings: [Mapping]
  private(set) var locations: [Location] = []
  private(set) var functions: [Function] = []

  /// All that a function's entry has: closures, async parts and specializations have one each, though reports show them
  /// as the function they stand in, by its name. Were they one, what it says would hang on which of them a capture has
  /// met, and who subtracts one capture from another tells functions by all of it.
  private struct FunctionKey: Hashable {
    var name: String
    var systemName: String
    var file: String
    var startLine: Int
  }
  private var functionNumbers: [FunctionKey: Int] = [:]
  private let images: [LoadedImage]

  init(images: [LoadedImage]) {
    self.images = images
    mappings = images.enumerated().map { index, image in
      Mapping(
        id: UInt64(index + 1), start: image.start, limit: image.end, offset: image.fileOffset, file: image.path,
        buildID: image.buildID)
    }
  }

  /// Adds a location of the given inlined levels, innermost first, and returns its position.
  mutating func location(address: UInt64, levels: [SymbolizedFrame]) -> Int {
    let mapping = address == 0 ? nil : images.firstIndex { $0.start <= address && address < $0.end }
    let lines = levels.map { level in
      Line(function: function(level), line: Int64(level.line), column: Int64(level.column))
    }
    if let mapping, !levels.isEmpty {
      mappings[mapping].hasFunctions = true
      if levels.contains(where: { !$0.file.isEmpty }) { mappings[mapping].hasFilenames = true }
      if levels.contains(where: { $0.line > 0 }) { mappings[mapping].hasLineNumbers = true }
      if levels.count > 1 { mappings[mapping].hasInlineFrames = true }
    }
    // An address of a module that is gone carries a mark above its bits, which is nobody else's business.
    let address = address == 0 ? ownAddress(of: levels) : address & (1 << UInt64(LAB_ADDRESS_BITS) - 1)
    locations.append(Location(id: UInt64(locations.count + 1), mapping: mapping, address: address, lines: lines))
    return locations.count - 1
  }

  private func ownAddress(of levels: [SymbolizedFrame]) -> UInt64 {
    levels.isEmpty ? 0 : Profiling.ownAddress(ofFrameNamed: levels.map(\.name).joined(separator: "\n"))
  }

  private mutating func function(_ level: SymbolizedFrame) -> Int {
    let key = FunctionKey(
      name: level.name, systemName: level.systemName, file: level.file, startLine: level.startLine)
    if let known = functionNumbers[key] { return known }
    functionNumbers[key] = functions.count
    functions.append(
      Function(
        id: UInt64(functions.count + 1), name: level.name, systemName: level.systemName, filename: level.file,
        startLine: Int64(level.startLine)))
    return functions.count - 1
  }
}
