import Dispatch
import Foundation
import Synchronization

/// Counts words in a table that a lock guards, as a server counts what it is asked for: for each half a microsecond of
/// work outside of the lock, and a look-up inside. Nobody else wants the lock.
///
/// - Returns: what was counted, for the compiler to leave nothing out.
public func count(words: Int, under lock: String) -> Int? {
  let mutex = Mutex(Table())
  let table = Table.Box()
  switch lock {
  case "mutex":
    for number in 0..<words {
      let word = work(number)
      mutex.withLock { $0.count(word) }
    }
  case "nslock":
    let lock = NSLock()
    for number in 0..<words {
      let word = work(number)
      lock.lock()
      table.value.count(word)
      lock.unlock()
    }
  case "queue":
    let queue = DispatchQueue(label: "table")
    for number in 0..<words {
      let word = work(number)
      queue.sync { table.value.count(word) }
    }
  default: return nil
  }
  return mutex.withLock(\.total) + table.value.total
}

private struct Table {
  final class Box { var value = Table() }
  private var counts = [Int](repeating: 0, count: 256)
  private(set) var total = 0

  mutating func count(_ word: Int) {
    counts[word & 255] += 1
    total &+= counts[word & 255]
  }
}

/// What parsing a line costs.
@inline(never) private func work(_ number: Int) -> Int {
  var state = UInt64(truncatingIfNeeded: number)
  for _ in 0..<400 { state = (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 }
  return Int(truncatingIfNeeded: state >> 1)
}
