import Symbolization

/// Reduces stacks to the functions that somebody wrote.
///
/// - A thunk that calls something is left out: what it calls has its name.
/// - A closure that its own function calls directly becomes one frame with it, at the closure's line; where it has a name
///   of its own, only if it was inlined.
/// - What `withLabels` calls to do its work is left out with it.
/// - What runs before `main` and before a thread's start function is left out, and so is the profiler itself.
struct Folding {
  private let frames: [[SymbolizedFrame]]
  private let reduced: [[SymbolizedFrame]]
  private let isHidden: [Bool]
  private let isLeftOut: [Bool]
  private let bindsLabels: [Bool]

  /// - Parameters:
  ///   - frames: for each code address its inlined levels, innermost first.
  ///   - leavesOut: functions that are of no interest, wherever they stand.
  init(frames: [[SymbolizedFrame]], leavingOut leavesOut: (SymbolizedFrame) -> Bool = { _ in false }) {
    self.frames = frames
    reduced = frames.map { levels in Self.reduce(levels.filter { !leavesOut($0) }) }
    isLeftOut = frames.map { !$0.isEmpty && $0.contains(where: leavesOut) }
    isHidden = zip(frames, reduced).map { all, kept in !all.isEmpty && kept.isEmpty }
    bindsLabels = frames.map { $0.contains { Self.isProfiler($0.systemName) } }
  }

  /// The levels of one address that remain, innermost first.
  func levels(of code: Int) -> [SymbolizedFrame] {
    reduced[code].isEmpty ? Array(frames[code].prefix(1)) : reduced[code]
  }

  /// The addresses of a stack, leaf first, that remain. The leaf always does, unless it is left out and others are not.
  func fold(_ stack: [Int]) -> [Int] {
    var kept: [Int] = []
    let interesting = stack.drop { reduced[$0].isEmpty && isLeftOut[$0] }
    for code in interesting.isEmpty ? stack[...] : interesting {
      if let frame = reduced[code].last ?? frames[code].last, Self.isBelowRoot(frame.systemName), !kept.isEmpty {
        continue
      }
      if bindsLabels[code] {
        while kept.count > 1, let inner = kept.last, reduced[inner].allSatisfy(Self.bindsLocal) { kept.removeLast() }
      }
      if isHidden[code] && !kept.isEmpty { continue }
      if let inner = kept.last.flatMap({ reduced[$0].last }), let outer = reduced[code].first,
        reduced[code].count == 1, inner.name == outer.name, inner.stands(in: outer) || outer.wraps(inner)
      {
        continue
      }
      kept.append(code)
    }
    return kept
  }

  private static func reduce(_ levels: [SymbolizedFrame]) -> [SymbolizedFrame] {
    var kept: [SymbolizedFrame] = []
    for level in levels where level.role != .thunk {
      if isProfiler(level.systemName) {
        while let inner = kept.last, bindsLocal(inner) { kept.removeLast() }
      } else if let inner = kept.last, inner.stands(in: level) {
        kept[kept.count - 1].name = level.name
      } else if !(kept.last.map(level.wraps) ?? false) {
        kept.append(level)
      }
    }
    return kept
  }

  /// What `withLabels` calls.
  private static func bindsLocal(_ level: SymbolizedFrame) -> Bool { level.name.hasPrefix("TaskLocal.withValue") }

  private static func isProfiler(_ systemName: String) -> Bool { systemName.hasPrefix("$s9Profiling10withLabels") }

  private static let belowRoots: Set<String> = [
    "_start", "__libc_start_main", "__libc_start_main_impl", "__libc_start_call_main", "clone", "__clone", "clone3",
    "__clone3",
  ]

  /// Symbols may carry their version: `__libc_start_main@@GLIBC_2.34`.
  private static func isBelowRoot(_ systemName: String) -> Bool {
    guard systemName.utf8.first == UInt8(ascii: "_") || systemName.utf8.first == UInt8(ascii: "c") else { return false }
    return belowRoots.contains(systemName) || systemName.hasPrefix("__libc_start_main@")
  }
}
