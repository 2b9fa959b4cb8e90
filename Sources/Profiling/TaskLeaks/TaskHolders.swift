import CProfiler
import Symbolization

/// Tells what the words are for that lead to tasks, by the types of what holds them.
///
/// A continuation can resume a task. A `Task` is a handle: whoever has it can cancel the task, which helps only if that
/// runs a function. Weak and unowned references keep nothing.
final class TaskHolders {
  /// What a word can do for the task that it leads to.
  enum Power: Hashable {
    case nothing
    /// Cancel it.
    case cancels
    /// Resume it.
    case resumes
    /// Either, for all that its type tells.
    case unknown
  }

  private var kinds: BlockKinds
  private let places: WordPlaces
  private var symbolizer: Symbolizer
  /// By kind, where its blocks have words that mean the same.
  private var patterns: [Int32: WordPattern] = [:]
  /// Words that mean the same in all blocks of their kind.
  private var known: [Spot: Place] = [:]
  private var variables: [UInt: Place] = [:]

  private struct Spot: Hashable {
    var kind: Int32
    var spot: Int
  }

  /// What a word can do, and how its place is called: `Service.tasks[…]`.
  struct Place {
    var power: Power
    var name: String

    /// Without a type.
    static let memory = Place(power: .unknown, name: "memory without a type")
    /// Of a thread or a task.
    static let stack = Place(power: .unknown, name: "a variable of a function")
  }

  init(memory: ReadableMemory) {
    symbolizer = Symbolizer.ofProcess()
    let reader = MetadataReader(memory: memory, types: .shared), tasks = TaskLayout()
    kinds = BlockKinds(reader, tasks)
    places = WordPlaces(reader, tasks)
  }

  /// The word at an offset of a block with this content, which lay at `address`.
  func place(ofWordAt offset: Int, in content: UnsafeRawBufferPointer, address: UInt) -> Place {
    let number = kinds.number(of: content)
    let block = kinds.descriptions[Int(number)]
    let pattern = patterns[number] ?? places.pattern(of: block)
    patterns[number] = pattern
    let spot = pattern.spot(of: offset, in: content, at: address).map { Spot(kind: number, spot: $0) }
    if let spot, let known = known[spot] { return known }
    let place = places.place(ofWordAt: offset, in: block.kind, content: content, address: address, boxed: nil)
    let found = Place(power: Self.power(of: place), name: block.name + Self.continuation(place.text))
    if let spot, !place.dependsOnBytes { known[spot] = found }
    return found
  }

  private static func continuation(_ path: String) -> String {
    path.isEmpty || path.hasPrefix("[") ? path : "." + path
  }

  private static func power(of place: FieldPlace) -> Power {
    switch place.meaning {
    case .notOwning: .nothing
    // A number has a type. What has none is not in use: the rest of an array, a free bucket.
    case .number: place.leaf == nil ? .nothing : .resumes
    // A closure that has captured a handle alone has the task for its context. No continuation can be one.
    case .strong: place.isTaskHandle || place.isContext ? .cancels : place.leaf == nil ? .unknown : .resumes
    case .pointer, .unknown: .unknown
    }
  }

  /// A word of data at an address: of a variable whose symbol says what type it has.
  func place(ofVariableAt address: UInt) -> Place {
    if let known = variables[address] { return known }
    let place = HeapProfiler.withoutRecording { findVariable(at: address) }
    variables[address] = place
    return place
  }

  private func findVariable(at address: UInt) -> Place {
    let unknown = Place(power: .unknown, name: "data")
    guard let (symbol, start) = symbolizer.programVariable(at: UInt64(address)),
      let variable = VariableName(mangled: symbol)
    else { return unknown }
    let isHandle =
      address == UInt(start) ? variable.isTask : address == UInt(start) + 8 && variable.isFunction
    return Place(power: isHandle ? .cancels : .unknown, name: variable.name)
  }
}
