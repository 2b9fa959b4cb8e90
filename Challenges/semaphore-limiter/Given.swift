import Dispatch
import Foundation
import Synchronization

/// A newspaper's archive, somewhere else. It sends the text of a page twenty milliseconds after it was asked for.
public final class Archive: Sendable {
  private struct State {
    var counts = Counts()
    /// Asked for, and the text is not there yet.
    var asked = 0
    /// Sent, and whoever asked has not gone on yet.
    var sent = 0
    var events = 0
    var isOver = false
  }

  private let texts: [String]
  private let state = Mutex(State())
  private let line = DispatchQueue(label: "archive")

  /// An archive of these pages.
  @_spi(Judge) public init(texts: [String]) {
    self.texts = texts
    Thread { self.watch() }.start()
  }

  /// The text of a page, from 0. Meanwhile no thread waits.
  public func text(of page: Int) async -> String {
    note { state in
      state.asked += 1
      if state.counts.requests >= 4 {
        state.counts.further += 1
        state.counts.othersUnderWay += state.asked + state.sent - 1
      }
      state.counts.requests += 1
      state.counts.mostAtOnce = max(state.counts.mostAtOnce, state.asked + state.sent)
    }
    let text = await withCheckedContinuation { continuation in
      line.asyncAfter(deadline: .now() + .milliseconds(20)) {
        self.note { state in
          state.asked -= 1
          state.sent += 1
        }
        continuation.resume(returning: self.texts[page])
      }
    }
    note { $0.sent -= 1 }
    return text
  }

  // Out of line: a lock taken in asynchronous code is given back on the thread that took it.
  @inline(never)
  private func note(_ change: (inout State) -> Void) {
    state.withLock { state in
      state.events += 1
      change(&state)
    }
  }

  // MARK: - What is counted

  /// What is counted of it.
  @_spi(Judge) public struct Counts: Sendable {
    /// Pages asked for.
    public var requests = 0
    /// Requests under way when most were, the text being on its way or not taken yet.
    public var mostAtOnce = 0
    /// Requests after the first four, and how many others were under way when each came, all together.
    public var further = 0, othersUnderWay = 0
    /// How often nothing moved, though texts were there.
    public var standstills = 0
  }

  /// What was counted so far.
  @_spi(Judge) public var counts: Counts { state.withLock { $0.counts } }
  /// Has it end.
  @_spi(Judge) public func shutDown() { note { $0.isOver = true } }

  /// How many looks have to agree that nothing moves, 10 ms from one to the next. They are counted and not timed: on a
  /// machine that is busy with other things nobody is at rest who would go on.
  private static let looks = 5

  private func watch() {
    let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
    let own = link.split(separator: "/").last.map(String.init) ?? ""
    var (agreed, seen) = (0, -1)
    while true {
      usleep(10_000)
      let (isOver, isStill, events) = state.withLock { ($0.isOver, $0.sent > 0 && $0.asked == 0, $0.events) }
      if isOver { return }
      agreed = isStill && events == seen && !Self.othersRun(but: own) ? agreed + 1 : 0
      seen = events
      if agreed == Self.looks { state.withLock { $0.counts.standstills += 1 } }
    }
  }

  /// Whether a thread of this process but one is running or would be if it had a processor.
  private static func othersRun(but own: String) -> Bool {
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] where thread != own {
      guard let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
        let name = text.lastIndex(of: ")")
      else { continue }
      if text[name...].dropFirst(2).first == "R" { return true }
    }
    return false
  }
}
