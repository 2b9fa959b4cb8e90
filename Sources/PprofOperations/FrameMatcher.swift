import Patterns
import Pprof

/// Which frames of a profile match an expression.
///
/// Every function and mapping is asked once: there are far fewer of them than of frames.
struct FrameMatcher {
  private let functions: [Bool]
  private let mappings: [Bool]

  init(_ pattern: Pattern, _ profile: Profile) {
    functions = profile.functions.map { pattern.matches($0.name) || pattern.matches($0.filename) }
    mappings = profile.mappings.map { pattern.matches($0.file) }
  }

  /// Whether the line's function or source file matches.
  func matches(_ line: Line) -> Bool { functions[line.function] }

  /// Whether the location's mapping matches by its file.
  func matchesMapping(_ location: Location) -> Bool { location.mapping.map { mappings[$0] } ?? false }

  /// Whether any line of the location or its mapping matches.
  func matches(_ location: Location) -> Bool {
    location.lines.contains { matches($0) } || matchesMapping(location)
  }

  /// The location's lines that do not match; none if its mapping does.
  func unmatchedLines(_ location: Location) -> [Line] {
    matchesMapping(location) ? [] : location.lines.filter { !matches($0) }
  }

  /// The location's lines that match; all if its mapping does.
  func matchedLines(_ location: Location) -> [Line] {
    matchesMapping(location) ? location.lines : location.lines.filter { matches($0) }
  }
}
