import Leaks

/// The retain cycles of a report, of all shapes or of those that lead through something.
public struct ChosenCycles: Sendable {
  /// The shapes, in the report's order.
  public let shapes: [RetainCycle]
  /// How many retain cycles there are of these shapes: those that lost tasks hold are none.
  public let count: Int

  /// Chooses the shapes whose path contains a text; nil chooses all.
  public init(_ report: LeakReport, through text: String? = nil) {
    shapes = report.cycles.filter { cycle in text.map { cycle.path.contains($0) } ?? true }
    count = shapes.reduce(0) { $0 + ($1.isOfLostTasks ? 0 : $1.count) }
  }
}

extension RetainCycle {
  /// The function of the program that allocated one of the blocks, the first of which that is known; nil if of none.
  public var maker: String? {
    nodes.lazy.compactMap { $0.allocation.first { $0.isProgram } }.first?.function
  }
}
