import Foundation
import TestSupport
import Testing

/// What a report advises where a library has a part in a cycle.
@Suite(
  .serialized,
  .enabled(
    if: Oracles.areRequired || FileManager.default.fileExists(atPath: TestedProgram.preloaded),
    "the library to preload is not built"))
struct LeakIdiomsTests {
  private static let program = """
    import Dispatch
    import Foundation
    import FoundationNetworking
    import Synchronization

    let begun = Atomic<Int>(0)
    final class Loader: NSObject, URLSessionDataDelegate, @unchecked Sendable {
      private var session: URLSession?
      func open() { session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil) }
    }
    final class Clock: @unchecked Sendable {
      var source: (any DispatchSourceTimer)?
      var ticks = 0
      func start() {
        let source = DispatchSource.makeTimerSource(queue: .global())
        source.setEventHandler { self.ticks += 1 }
        self.source = source
      }
    }
    final class Beat: @unchecked Sendable {
      var timer: Timer?
      var count = 0
      func start() { timer = Timer(timeInterval: 60, repeats: true) { _ in self.count += 1 } }
    }
    final class Listener: @unchecked Sendable {
      let stream: AsyncStream<Int>
      let continuation: AsyncStream<Int>.Continuation
      var task: Task<Void, Never>?
      var sum = 0
      init() { (stream, continuation) = AsyncStream.makeStream() }
      func listen() {
        task = Task {
          begun.add(1, ordering: .relaxed)
          for await number in self.stream { self.sum += number }
        }
      }
    }
    class Screen {
      var onTap: ((Int) -> Void)?
      var taps = 0
      func handle(_ number: Int) { taps += number }
      func wire() { onTap = handle }
    }
    final class LoginScreen: Screen {
      override func handle(_ number: Int) { taps -= number }
    }
    final class Token {
      let handler: () -> Void
      init(_ handler: @escaping () -> Void) { self.handler = handler }
    }
    final class Center {
      @inline(never) func observe(_ handler: @escaping () -> Void) -> Token { Token(handler) }
    }
    @inline(never) func watch(_ center: Center) {
      var token: Token?
      token = center.observe { if token == nil { print("never") } }
      if token == nil { print("never") }
    }
    @inline(never) func plant() {
      Loader().open()
      Clock().start()
      Beat().start()
      Listener().listen()
      Screen().wire()
      LoginScreen().wire()
      watch(Center())
    }
    func othersSleep() -> Bool {
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
      return threads.filter { $0 != "\\(getpid())" }.allSatisfy { thread in
        // "pid (name) state …"
        let line = (try? String(contentsOfFile: "/proc/self/task/\\(thread)/stat", encoding: .utf8)) ?? ") S"
        return line.split(separator: ")").last?.hasPrefix(" S") ?? true
      }
    }
    Thread { for _ in 0..<3 { plant() } }.start()
    while begun.load(ordering: .relaxed) < 3 { usleep(1000) }
    // Until the tasks have come to where they wait, and the thread has ended.
    var quiet = 0
    while quiet < 5 {
      usleep(2000)
      quiet = othersSleep() ? quiet + 1 : 0
    }
    print("done")
    """

  @Test("Cycles through libraries are found, each with the way to end it, and none through memory of C")
  func idioms() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("leaks.txt")
    let run = try TestedProgram(swift: Self.program).run(recording: "leaks", to: file)
    #expect(run.end == 0)
    #expect(run.output == "done\n")
    let report = try String(contentsOfFile: file, encoding: .utf8)
    #expect(report.hasPrefix("18 retain cycles of 6 shapes, 3 lost tasks;"), "\(report)")
    for line in [
      "cut: call finishTasksAndInvalidate() on Loader.session: a URLSession keeps its delegate until it is invalidated",
      "cut: write [weak self] in the closure made in Clock.start() (main.swift:16), or call cancel() on Clock.source",
      "cut: write [weak self] in the closure made in Beat.start() (main.swift:23), or call invalidate() on Beat.timer",
      "cut: call finish() on Listener.continuation, or cancel the task: suspended in Listener.listen(), it holds Listener",
      "where a method of Screen is passed by its name in Screen.wire() (main.swift:42)",
      "where a method of LoginScreen is passed by its name in Screen.wire() (main.swift:42)",
      "cut: set the variable to nil in the end that the closure made in watch(_:) (main.swift:56) captured: "
        + "it holds the Token, and [weak …] would see nil for ever",
    ] {
      #expect(report.contains(line), "\(line)\n\(report)")
    }
  }
}
