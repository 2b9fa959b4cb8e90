/// A fault to plant: objects that keep each other alive, or that nobody has any more.
struct Shape: Sendable {
  /// What it is called in the truth.
  let name: String
  /// The types of the objects it leaks, and how many of each one call leaks.
  let types: [String: Int]
  /// The path of the cycle as the report should say it; nil if the objects are lost without one.
  let path: String?
  /// Leaks one of them.
  let plant: @Sendable () -> Void

  init(_ name: String, _ types: [String: Int], path: String?, plant: @escaping @Sendable () -> Void) {
    self.name = name
    self.types = types
    self.path = path
    self.plant = plant
  }
}

/// Something that looks like a leak to a careless tool and is none.
struct Control: Sendable {
  let name: String
  let plant: @Sendable () -> Void

  init(_ name: String, plant: @escaping @Sendable () -> Void) {
    self.name = name
    self.plant = plant
  }
}
