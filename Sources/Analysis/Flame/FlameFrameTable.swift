import Pprof

/// The frames of one or more profiles, each name once, numbered in order of their first appearance.
struct FlameFrameTable {
  private(set) var frames: [FlameFrame] = []
  private var numbers: [String: Int] = [:]

  /// The frames of every location of a profile, outermost first. Complexity: O(locations).
  mutating func number(_ profile: Profile) -> [[Int]] {
    profile.locations.map { location in
      let mapping = location.mapping.flatMap { profile.mappings.indices.contains($0) ? profile.mappings[$0] : nil }
      if location.lines.isEmpty {
        return [number(name: Self.nameless(mapping), function: nil, mapping: mapping)]
      }
      return location.lines.reversed().map { line in
        let function = profile.functions.indices.contains(line.function) ? profile.functions[line.function] : nil
        let name = function.map { $0.name.isEmpty ? $0.systemName : $0.name } ?? ""
        return number(name: name.isEmpty ? Self.nameless(mapping) : name, function: function, mapping: mapping)
      }
    }
  }

  private mutating func number(name: String, function: Function?, mapping: Mapping?) -> Int {
    if let known = numbers[name] { return known }
    let isAsync = function.map { FlameFrame.isAsync(mangledName: $0.systemName) } ?? false
    frames.append(
      FlameFrame(name: name, origin: FrameOrigin(function: function, mapping: mapping), isAsync: isAsync))
    numbers[name] = frames.count - 1
    return frames.count - 1
  }

  /// What pprof calls a place of which only the binary is known.
  private static func nameless(_ mapping: Mapping?) -> String {
    guard let file = mapping?.file, !file.isEmpty else { return FlameFrame.nameless }
    let base = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { file[file.utf8.index(after: $0)...] } ?? file[...]
    return "[\(base)]"
  }
}

extension FlameFrame {
  /// The name of a place of which nothing is known.
  public static let nameless = "<unknown>"

  /// Whether a mangled name is that of an async function or of a part of one.
  ///
  /// Parts end in `TY<n>_` (after a suspension) or `TQ<n>_` (after an await); the type of an async function holds
  /// `Ya` before its closing `F`, or before `c` in a closure's type.
  /// Source: swift, `docs/ABI/Mangling.rst`.
  public static func isAsync(mangledName: String) -> Bool {
    let name = Array(mangledName.utf8)
    guard name.count > 4, name[0] == UInt8(ascii: "$"), name[1] == UInt8(ascii: "s") || name[1] == UInt8(ascii: "S")
    else { return false }
    var end = name.count
    if name[end - 1] == UInt8(ascii: "_") {
      var digits = end - 1
      while digits > 2, name[digits - 1] >= UInt8(ascii: "0"), name[digits - 1] <= UInt8(ascii: "9") { digits -= 1 }
      if digits < end - 1, name[digits - 2] == UInt8(ascii: "T"),
        name[digits - 1] == UInt8(ascii: "Y") || name[digits - 1] == UInt8(ascii: "Q")
      {
        return true
      }
    }
    while end > 4 {
      let marked = name[end - 2] == UInt8(ascii: "Y") && name[end - 1] == UInt8(ascii: "a")
      if marked, endsFunction(name, from: end) { return true }
      end -= 1
    }
    return false
  }

  /// Whether only other marks of a function type (`Yb`, `K`, …) stand between `position` and the type's end, and the
  /// type is the function's own, not that of a parameter.
  private static func endsFunction(_ name: [UInt8], from position: Int) -> Bool {
    var at = position
    while at < name.count {
      switch name[at] {
      case UInt8(ascii: "F"): return true
      case UInt8(ascii: "c"): return at + 2 < name.count && name[at + 1] == UInt8(ascii: "f")
      case UInt8(ascii: "K"), UInt8(ascii: "Y"), UInt8(ascii: "b"), UInt8(ascii: "T"): at += 1
      default: return false
      }
    }
    return false
  }
}
