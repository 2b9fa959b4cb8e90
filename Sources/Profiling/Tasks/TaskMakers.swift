import Symbolization

/// Functions of the library by which tasks are made: who calls them is what a reader looks for.
enum TaskMakers {
  /// Whether a function is one: `Task.init`, `Task.detached`, `Task.immediate`, a group's `addTask` and their like. All
  /// take an `operation`.
  static func contain(_ level: SymbolizedFrame) -> Bool {
    level.systemName.contains("9operation") && types.contains(where: level.systemName.hasPrefix)
  }

  /// `Task`, `TaskGroup`, `ThrowingTaskGroup` and the two that discard results, mangled.
  private static let types = [
    "$sScT", "$sScG", "$sScg", "$ss19DiscardingTaskGroupV", "$ss27ThrowingDiscardingTaskGroupV",
  ]
}
