import Dispatch
import Platform
import Synchronization

/// Threads and tasks that make, move, hand over and free objects without pause; what they have is live.
enum Busy {
  final class Link: @unchecked Sendable {
    var next: Link?
    var numbers: [Int] = []
    init(_ next: Link?) { self.next = next }
  }
  actor Shelf {
    var links: [String: Link] = [:]
    func put(_ number: Int) {
      let link = Link(links["the key with number \((number + 7) % 50)"])
      link.next?.next = nil
      links["the key with number \(number % 50)"] = link
    }
  }
  static let handedOver = Mutex<[Link?]>(Array(repeating: nil, count: 64))

  static func start() {
    for seed in 0..<3 { onEndlessThread(seed) }
    let shelf = Shelf()
    for seed in 0..<2 {
      Task.detached {
        var number = seed
        while true {
          number += 1
          await shelf.put(number)
          if number % 200 == 0 { try? await Task.sleep(for: .microseconds(50)) }
        }
      }
    }
  }

  private static func onEndlessThread(_ seed: Int) {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ -> UnsafeMutableRawPointer? in
        var chain: Link?
        var round = 0
        while true {
          round += 1
          chain = Link(round % 100 == 0 ? nil : chain)
          for number in 0..<(round % 20) { chain?.numbers.append(number) }
          if round % 10 == 0 { Busy.handedOver.withLock { [chain] in $0[round % 64] = chain } }
          if round % 50 == 0 { free(realloc(malloc(100), 10_000 + round % 5_000)) }
          if round % 500 == 0 { DispatchQueue.global().async { [chain] in _ = chain?.numbers.count } }
          if round % 5_000 == 0 { onAnotherThread { [chain] in _ = chain?.numbers.count } }
        }
      }, nil)
  }
}
