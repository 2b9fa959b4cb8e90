import Foundation
import Profiling

extension Benchmark {
  /// The pause of a leak scan with a million live objects, and whether it finds what was planted among them.
  static let leaks = Benchmark(name: "leaks") {
    try LeakDetector.arm()
    defer { LeakDetector.disarm() }
    let planted = 1_000
    // A task of its own, so that no variable here still refers to what it leaves.
    let forest = await Task.detached { plant(cycles: planted, live: 1_000_000) }.value
    let report = try await LeakDetector.report()
    let found = report.cycles.filter { $0.path == "Husband.wife → Wife.husband → Husband" }.reduce(0) { $0 + $1.count }
    let (length, count) = (100_000, 10)
    // On a thread that then ends: one word that is left of it anywhere keeps a whole ring.
    await withCheckedContinuation { done in
      Thread {
        for _ in 0..<count { plantRing(of: length) }
        done.resume()
      }.start()
    }
    try await Task.sleep(for: .milliseconds(50))
    let large = try await LeakDetector.report()
    let rings = large.cycles.filter { $0.blocks >= length }.reduce(0) { $0 + $1.count }
    return withExtendedLifetime(forest) {
      [
        Row(
          name: "leaks: pause with \(report.scan.liveBlocks) live blocks",
          value: Double(report.scan.pauseNanoseconds) / 1e6, unit: "ms", goal: .atMost(150)),
        Row(
          name: "leaks: cycles found of those planted", value: Double(found) / Double(planted), unit: "ratio",
          goal: .atLeast(1)),
        Row(
          name: "leaks: other blocks reported", value: Double(report.scan.leakedBlocks - 2 * found), unit: "count",
          goal: .atMost(0)),
        Row(
          name: "leaks: report of \(large.scan.leakedBlocks) leaked blocks in rings",
          value: Double(large.scan.totalNanoseconds) / 1e9, unit: "s", goal: .atMost(3)),
        Row(
          name: "leaks: rings found of those planted", value: Double(rings) / Double(count), unit: "ratio",
          goal: .atLeast(0.8)),
      ]
    }
  }

  private static func plantRing(of length: Int) {
    let first = Link()
    var last = first
    for _ in 1..<length {
      let link = Link()
      last.next = link
      last = link
    }
    last.next = first
  }

  private static func plant(cycles: Int, live: Int) -> Branch {
    // In an array for a while, or the optimizer keeps them off the heap.
    var couples: [Husband] = []
    for _ in 0..<cycles {
      let husband = Husband()
      let wife = Wife()
      husband.wife = wife
      wife.husband = husband
      couples.append(husband)
    }
    couples.removeAll()
    // A tree that grows at random places, so that neighbours in memory are not neighbours in the tree.
    let root = Branch()
    var state: UInt64 = 1
    for _ in 1..<live {
      var branch = root
      while true {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let isLeft = state >> 40 & 1 == 0
        guard let next = isLeft ? branch.left : branch.right else {
          if isLeft { branch.left = Branch() } else { branch.right = Branch() }
          break
        }
        branch = next
      }
    }
    return root
  }
}

private final class Link {
  var next: Link?
}

private final class Branch: @unchecked Sendable {
  var left: Branch?
  var right: Branch?
}
private final class Husband {
  var wife: Wife?
}
private final class Wife {
  var husband: Husband?
}
