import Synchronization

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

/// Shows an object to the world, so that the optimizer may not keep it on the stack.
@inline(never)
func escaping<Object: AnyObject>(_ object: Object) -> Object {
  // Disguised, or it would be the reference that keeps the object from being leaked.
  lastSeen.store(~UInt(bitPattern: ObjectIdentifier(object)) << 1, ordering: .relaxed)
  return object
}

/// The same for memory.
@inline(never)
func escaping(_ memory: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  lastSeen.store(~UInt(bitPattern: memory) << 1, ordering: .relaxed)
  return memory
}

/// Read at the end, or nobody would care what is stored.
let lastSeen = Atomic<UInt>(0)

/// Whether anybody had a type of this program describe itself.
let asked = Atomic<Bool>(false)

/// Something that looks like a leak to a careless tool and is none.
struct Control: Sendable {
  let name: String
  let plant: @Sendable () -> Void

  init(_ name: String, plant: @escaping @Sendable () -> Void) {
    self.name = name
    self.plant = plant
  }
}
