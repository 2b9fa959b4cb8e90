import CProfiler
import Pprof

/// A profile of something that only the program knows: what is open, borrowed or under way, by the stack that began it.
///
///     enum Profiles {
///       static let openConnections = try! CustomProfile("open-connections")
///     }
///
///     try Profiles.openConnections.add(connection.id)
///     …
///     Profiles.openConnections.remove(connection.id)
///
/// The profile holds each value that was added and not removed, with the stack and the labels of its `add`. `snapshot`
/// counts them by stack; `lab record --profile custom`, `LAB_CUSTOMPROFILE` and `ProfileKind.custom` write all of a
/// program's custom profiles into one file, in which each is a type of sample of its own.
///
/// A profile lives as long as the program; making it a second time is an error. Any thread may add and remove. To add
/// takes a few microseconds, for the stack, to remove a fraction of one; making the first profile takes some tens of
/// milliseconds, to read how the program's stacks are laid out. A program that makes none pays nothing. In the child of a fork
/// it holds what it held in the parent.
///
/// Where there is no profiler (`isSupported`) it holds nothing, and `add` does not look.
///
/// Modelled on `Profile` of Go's `runtime/pprof`.
public final class CustomProfile: Sendable {
  /// Whether it is made for this platform.
  public static var isSupported: Bool { CHalf.isPresent }

  /// What the symbols of all its functions begin with, by which stacks leave them out.
  static let symbolPrefix = "$s9Profiling13CustomProfileC"

  /// Its name, which is also the type of its samples.
  public let name: String

  private let held = CustomState(Held())

  private struct Held {
    /// The stack of each value.
    var stacks: [AnyHashable: UInt32] = [:]
    var added = 0
    /// How many stacks were so deep that frames in their middle are left out.
    var cut = 0
  }

  /// Makes a profile of that name.
  /// - Parameter name: What is counted, in the plural, e.g. `open-connections`: up to 64 letters, digits, `.`, `_`, `-` and
  ///   `/`, of which a letter comes first.
  /// - Throws: `CustomProfileError.badName`, or `.nameTaken` if there is one, or a built-in profile is called so.
  public init(_ name: String) throws(CustomProfileError) {
    try ProfileNames.check(name)
    self.name = name
    guard Self.isSupported else { return }
    guard lab_stacks_prepare() else { throw .noMemory }
    guard Self.registered.withLock({ $0.updateValue(self, ifAbsent: name) }) else { throw .nameTaken(name) }
  }

  /// Adds a value, with the stack of whoever calls.
  ///
  /// The profile keeps the value until it is removed. So for an object that is to end by itself, add its
  /// `ObjectIdentifier` and remove that in `deinit`.
  /// - Throws: `CustomProfileError.alreadyAdded` if it holds an equal value.
  @inline(never)
  public func add(_ value: some Hashable & Sendable) throws(CustomProfileError) {
    guard Self.isSupported else { return }
    // Here, and not in a function that it calls: the frames of this one are left out.
    var isCut = false
    let stack = lab_stack_here(&isCut)
    let key = AnyHashable(value)
    let isNew = held.withLock { held in
      guard held.stacks.updateValue(stack, ifAbsent: key) else { return false }
      held.added += 1
      if isCut { held.cut += 1 }
      return true
    }
    guard isNew else {
      throw .alreadyAdded(value: String(String(describing: value).prefix(100)), profile: name)
    }
  }

  /// Removes a value.
  ///
  /// Does nothing if the profile does not hold it, so that a clean-up may run twice.
  /// - Returns: Whether the profile held it.
  @inline(never) @discardableResult
  public func remove(_ value: some Hashable & Sendable) -> Bool {
    let key = AnyHashable(value)
    // Taken out of the lock before it goes: with it an object may end that removes itself.
    let entry = held.withLock { held in
      held.stacks.index(forKey: key).map { held.stacks.remove(at: $0) }
    }
    return entry != nil
  }

  /// How many values it holds.
  public var count: Int { held.withLock(\.stacks.count) }

  /// How many values it holds, by the stacks that added them.
  public func snapshot() -> Profile { HeapProfiler.withoutRecording { CustomProfile.profile(of: [counted()]) } }

  /// The same, made on a thread of its own, so that the pool's are free for the program's tasks.
  public func snapshot() async -> Profile {
    // What is in it is what there is here and now. Nothing here throws.
    let counted = HeapProfiler.withoutRecording { self.counted() }
    return await onOwnThread { HeapProfiler.withoutRecording { CustomProfile.profile(of: [counted]) } }
  }

  /// What it holds now.
  func counted() -> CustomCounts {
    held.withLock { held in
      let stacks = held.stacks.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      return CustomCounts(name: name, stacks: stacks, added: held.added, cut: held.cut)
    }
  }

  // MARK: - All of them

  private static let registered = CustomState<[String: CustomProfile]>([:])

  /// Every custom profile that was made, in order of their names.
  public static var all: [CustomProfile] { registered.withLock(\.values).sorted { $0.name < $1.name } }

  /// The profile of that name; nil if the program has made none.
  public static func named(_ name: String) -> CustomProfile? { registered.withLock { $0[name] } }
}

/// What custom profiles are made of, guarded by the one lock of theirs that a fork waits for.
///
/// The lock is not reentrant, and it is held for short: looking up and counting, never naming. All that ends meanwhile is
/// the profiler's.
private final class CustomState<Value>: @unchecked Sendable {
  private var value: Value

  init(_ value: Value) { self.value = value }

  /// Not inlined: between taking and giving back the lock nothing of an asynchronous caller's may be moved.
  @inline(never)
  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lab_custom_lock()
    defer { lab_custom_unlock() }
    return body(&value)
  }
}

extension Dictionary {
  /// Puts a value in unless there is one for the key; whether it did.
  fileprivate mutating func updateValue(_ value: Value, ifAbsent key: Key) -> Bool {
    guard index(forKey: key) == nil else { return false }
    self[key] = value
    return true
  }
}
