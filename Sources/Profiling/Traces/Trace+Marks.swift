import CProfiler
import ExecutionTrace
import Synchronization

extension Trace {
  /// Runs `body` as a user task: a piece of work as the program sees it, which may go through any number of threads and
  /// of Swift's tasks. Regions and messages in it, and in tasks made there, are of it.
  ///
  ///     Trace.withTask("fibonacci") { Trace.withRegion("main") { fibonacci(30) } }
  ///
  /// Costs a load and a branch while nothing is recorded.
  @inlinable
  public static func withTask<R>(_ name: StaticString, _ body: () throws -> R) rethrows -> R {
    guard lab_trace_is_on() else { return try body() }
    return try UserTask.run(name, body)
  }

  /// The same of what waits.
  @inlinable
  public static func withTask<R>(
    _ name: StaticString, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async rethrows -> R {
    guard lab_trace_is_on() else { return try await body() }
    return try await UserTask.run(name, isolation: isolation, body)
  }

  /// Runs `body` as a region: a named stretch of what runs here.
  ///
  /// Costs a load and a branch while nothing is recorded.
  @inlinable
  public static func withRegion<R>(_ name: StaticString, _ body: () throws -> R) rethrows -> R {
    guard lab_trace_is_on() else { return try body() }
    let region = UserRegion(name)
    defer { region.end() }
    return try body()
  }

  /// The same of what waits: its time goes on meanwhile.
  @inlinable
  public static func withRegion<R>(
    _ name: StaticString, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async rethrows -> R {
    guard lab_trace_is_on() else { return try await body() }
    let region = UserRegion(name)
    defer { region.end() }
    return try await body()
  }

  /// Notes a message, of a category, in the trace. It is only made if something is recorded.
  @inlinable
  public static func log(_ category: StaticString, _ message: @autoclosure () -> String) {
    guard lab_trace_is_on() else { return }
    UserTask.log(category, message())
  }
}

/// A piece of work as the program sees it.
@usableFromInline
enum UserTask {
  @TaskLocal static var number: UInt64 = 0
  private static let last = Atomic<UInt64>(0)

  @usableFromInline
  static func run<R>(_ name: StaticString, _ body: () throws -> R) rethrows -> R {
    let (task, text) = begin(name)
    defer { end(task, text) }
    return try $number.withValue(task, operation: body)
  }

  @usableFromInline
  static func run<R>(
    _ name: StaticString, isolation: isolated (any Actor)?, _ body: () async throws -> R
  ) async rethrows -> R {
    let (task, text) = begin(name)
    defer { end(task, text) }
    return try await $number.withValue(task, operation: body, isolation: isolation)
  }

  private static func begin(_ name: StaticString) -> (UInt64, UInt32) {
    let task = last.add(1, ordering: .relaxed).newValue
    let text = lab_trace_name(name.utf8Start, name.utf8CodeUnitCount)
    mark(.userTaskBegins, task, text, Int64(bitPattern: number))
    return (task, text)
  }

  private static func end(_ task: UInt64, _ text: UInt32) { mark(.userTaskEnds, task, text) }

  @usableFromInline
  static func log(_ category: StaticString, _ message: String) {
    let name = lab_trace_name(category.utf8Start, category.utf8CodeUnitCount)
    var message = message
    message.withUTF8 { lab_trace_log(number, name, $0.baseAddress, $0.count) }
  }

  /// Returns its time, in ticks.
  @discardableResult
  static func mark(_ kind: TraceEvent.Kind, _ task: UInt64, _ text: UInt32, _ value: Int64 = 0) -> UInt64 {
    lab_trace_mark(kind.rawValue, task, text, value)
  }
}

/// A region that has begun.
@usableFromInline
struct UserRegion {
  private let task: UInt64
  private let name: UInt32
  /// In ticks.
  private let began: UInt64

  @usableFromInline
  init(_ name: StaticString) {
    task = UserTask.number
    self.name = lab_trace_name(name.utf8Start, name.utf8CodeUnitCount)
    began = UserTask.mark(.regionBegins, task, self.name)
  }

  @usableFromInline
  func end() { lab_trace_region_ends(task, name, began) }
}
