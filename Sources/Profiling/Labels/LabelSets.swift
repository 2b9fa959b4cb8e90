import CProfiler
import ExecutionTrace
import Synchronization

/// The distinct sets of labels that the program has used, by number. 0 is the empty set.
///
/// Numbers are never given back: samples refer to them. The count is bounded; a set beyond the bound is replaced by
/// the one around it, and counted.
struct LabelSets: ~Copyable {
  typealias Labels = [String: String]
  static let shared = LabelSets()
  private static let limit = 65_536

  private struct State {
    var sets: [Labels] = [[:]]
    var numbers: [Labels: UInt32] = [[:]: 0]
    var refused = 0
  }
  private let state = Mutex(State())

  /// The number of the set that has all of `outer`'s labels and `labels`, of which `labels` win.
  func number(of labels: Labels, within outer: UInt32) -> UInt32 {
    state.withLock { state in
      let merged = state.sets[Int(outer)].merging(labels) { _, inner in inner }
      if let known = state.numbers[merged] { return known }
      guard state.sets.count < Self.limit else {
        state.refused += 1
        return outer
      }
      let number = UInt32(state.sets.count)
      state.sets.append(merged)
      state.numbers[merged] = number
      if lab_trace_is_on() { Self.tellTrace(number, merged) }
      return number
    }
  }

  /// Tells a trace that begins what there is.
  func tellTrace() {
    let sets = state.withLock(\.sets)
    for number in sets.indices.dropFirst() { Self.tellTrace(UInt32(number), sets[number]) }
  }

  private static func tellTrace(_ number: UInt32, _ labels: Labels) {
    let entry = EntryWriter.contents(ofLabels: number, traceLabels(labels))
    entry.withUnsafeBufferPointer { lab_trace_label_set($0.baseAddress, $0.count) }
  }

  private static func traceLabels(_ labels: Labels) -> [TraceLabel] {
    labels.sorted { $0.key < $1.key }.map { TraceLabel(key: $0.key, value: $0.value) }
  }

  /// All but the empty one, as traces have them.
  var all: [(number: UInt32, labels: [TraceLabel])] {
    state.withLock(\.sets).enumerated().dropFirst().map { (UInt32($0.offset), Self.traceLabels($0.element)) }
  }

  /// The labels of a number, as samples have them.
  func labels(of number: UInt32) -> [String: [String]] {
    state.withLock { state in
      state.sets.indices.contains(Int(number)) ? state.sets[Int(number)].mapValues { [$0] } : [:]
    }
  }

  /// How often a set came too late for a number of its own.
  var refused: Int { state.withLock(\.refused) }
}
