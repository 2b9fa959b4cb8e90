import Patterns
import Pprof

/// A source line with calls that were inlined there.
public struct InlinedCalls: Sendable, Hashable {
  /// A function inlined at the line.
  public struct Call: Sendable, Hashable {
    /// The function's name.
    public let name: String
    /// The value of the inlined code and all that it calls.
    public let cum: Int64
  }

  /// The file of the line, as the profile has it.
  public let file: String
  /// The number of the line, from 1.
  public let line: Int64
  /// The inlined functions, the heaviest first.
  public let calls: [Call]
}

extension Report {
  /// The calls that the compiler inlined into the functions whose name matches, by file and line.
  ///
  /// What a call costs counts once a sample, as everywhere.
  public func inlinedCalls(in pattern: Pattern) -> [InlinedCalls] {
    struct Key: Hashable {
      var file: String
      var line: Int64
      var name: String
    }
    var costs: [Key: Int64] = [:]
    for sample in profile.samples {
      let weight = weight(of: sample).value
      if weight == 0 { continue }
      var seen = Set<Key>()
      for position in sample.locations where profile.locations.indices.contains(position) {
        let lines = profile.locations[position].lines
        for (callee, caller) in zip(lines, lines.dropFirst()) {
          guard let outer = function(caller), let inner = function(callee), pattern.matches(outer.name) else {
            continue
          }
          let key = Key(file: outer.filename, line: caller.line, name: inner.name)
          if seen.insert(key).inserted { costs[key, default: 0] &+= weight }
        }
      }
    }
    return Dictionary(grouping: costs) { InlinedCalls(file: $0.key.file, line: $0.key.line, calls: []) }
      .map { place, costs in
        let calls = costs.map { InlinedCalls.Call(name: $0.key.name, cum: $0.value) }
          .sorted { $0.cum != $1.cum ? $0.cum > $1.cum : $0.name.precedesBytewise($1.name) }
        return InlinedCalls(file: place.file, line: place.line, calls: calls)
      }
      .sorted { $0.file != $1.file ? $0.file.precedesBytewise($1.file) : $0.line < $1.line }
  }

  private func function(_ line: Pprof.Line) -> Pprof.Function? {
    profile.functions.indices.contains(line.function) ? profile.functions[line.function] : nil
  }
}
