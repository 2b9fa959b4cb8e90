import Leaks

/// Reports made by hand.
enum SampleReports {
  /// `Session.onClose → closure capturing Session → Session`, with a context of its own.
  static let closure = RetainCycle(
    count: 3, blocks: 6, bytes: 240,
    nodes: [
      HeapNode(
        name: "Session", kind: .object, count: 3, bytes: 144,
        allocation: [AllocationFrame(function: "Server.accept()", file: "/app/Server.swift", line: 12)]),
      HeapNode(
        name: "closure in Session.open()", kind: .closure, count: 3, bytes: 96,
        allocation: [AllocationFrame(function: "Session.open()", file: "/app/Session.swift", line: 7)]),
    ],
    references: [
      HeapReference(from: 0, to: 1, field: "onClose", strength: .strong, count: 3),
      HeapReference(from: 1, to: 0, field: "", strength: .strong, count: 3),
    ],
    loops: [RetainLoop(references: [0, 1])], kept: KeptBlocks(blocks: 2, bytes: 1536))

  /// `Session.onClose → closure capturing Session → Session`, the session itself being the context.
  static let bareClosure = RetainCycle(
    count: 1, blocks: 1, bytes: 48, nodes: [HeapNode(name: "Session", kind: .object, count: 1, bytes: 48)],
    references: [
      HeapReference(
        from: 0, to: 0, field: "onClose", strength: .strong,
        closure: AllocationFrame(function: "static Session.open()"), count: 1)
    ], loops: [RetainLoop(references: [0])], kept: KeptBlocks())

  /// Closures that call each other through variables.
  static let recursion = RetainCycle(
    count: 1, blocks: 2, bytes: 64,
    nodes: ["even()", "odd()"].map { maker in
      HeapNode(
        name: "closure in " + maker, kind: .closure, count: 1, bytes: 32,
        allocation: [AllocationFrame(function: maker)])
    },
    references: [
      HeapReference(from: 0, to: 1, field: "", strength: .strong, count: 1),
      HeapReference(from: 1, to: 0, field: "", strength: .strong, count: 1),
    ], loops: [RetainLoop(references: [0, 1])], kept: KeptBlocks())

  /// `Parent.children[…] → Child.parent → Parent`.
  static let tree = RetainCycle(
    count: 1, blocks: 4, bytes: 200,
    nodes: [
      HeapNode(name: "Parent", kind: .object, count: 1, bytes: 24),
      HeapNode(name: "Array storage of Child", kind: .storage, count: 1, bytes: 96),
      HeapNode(name: "Child", kind: .object, count: 2, bytes: 80),
    ],
    references: [
      HeapReference(from: 0, to: 1, field: "children", strength: .strong, count: 1),
      HeapReference(from: 1, to: 2, field: "[…]", strength: .strong, count: 2),
      HeapReference(from: 2, to: 0, field: "parent", strength: .strong, count: 2),
    ], loops: [RetainLoop(references: [0, 1, 2])], kept: KeptBlocks())

  /// `Job.task → Task in Job.start() (suspended in Job.run()) → Job`.
  static let task = RetainCycle(
    count: 1, blocks: 3, bytes: 1400,
    nodes: [
      HeapNode(name: "Job", kind: .object, count: 1, bytes: 40),
      HeapNode(name: "Task in Job.start()", kind: .task, count: 1, bytes: 304),
      HeapNode(name: "memory of a task", kind: .taskMemory, count: 1, bytes: 1016),
    ],
    references: [
      HeapReference(from: 0, to: 1, field: "task", strength: .strong, count: 1),
      HeapReference(from: 1, to: 2, field: "", strength: .strong, count: 1),
      HeapReference(from: 2, to: 0, field: "suspended in Job.run()", strength: .strong, count: 1),
    ], loops: [RetainLoop(references: [0, 1, 2])], kept: KeptBlocks())

  /// `Loader.task → finished Task in Loader.load().result → Loader`.
  static let finishedTask = RetainCycle(
    count: 1, blocks: 2, bytes: 344,
    nodes: [
      HeapNode(name: "Loader", kind: .object, count: 1, bytes: 40),
      HeapNode(name: "finished Task in Loader.load()", kind: .task, count: 1, bytes: 304),
    ],
    references: [
      HeapReference(from: 0, to: 1, field: "task", strength: .strong, count: 1),
      HeapReference(from: 1, to: 0, field: "result", strength: .strong, count: 1),
    ], loops: [RetainLoop(references: [0, 1])], kept: KeptBlocks())

  /// Nodes in a ring, of one type or of two in turn.
  static func ring(_ types: [String], times: Int) -> RetainCycle {
    let links = types.indices.map {
      HeapReference(from: $0, to: ($0 + 1) % types.count, field: "next", strength: .strong, count: times)
    }
    return RetainCycle(
      count: 1, blocks: types.count * times, bytes: 32 * types.count * times,
      nodes: types.map { HeapNode(name: $0, kind: .object, count: times, bytes: 32 * times) }, references: links,
      loops: [RetainLoop(references: (0..<types.count * times).map { $0 % types.count })], kept: KeptBlocks())
  }

  /// An object that holds cells, each in a box of its own, of which the last holds the object.
  static func list(length: Int) -> RetainCycle {
    RetainCycle(
      count: 1, blocks: 1 + length, bytes: 24 + 32 * length,
      nodes: [
        HeapNode(name: "List", kind: .object, count: 1, bytes: 24),
        HeapNode(name: "box of Cell", kind: .box, count: length, bytes: 32 * length),
      ],
      references: [
        HeapReference(from: 0, to: 1, field: "cells.cons", strength: .strong, count: 1),
        HeapReference(from: 1, to: 1, field: "tail.cons", strength: .strong, count: length - 1),
        HeapReference(from: 1, to: 0, field: "head", strength: .strong, count: 1),
      ], loops: [RetainLoop(references: [0] + Array(repeating: 1, count: length - 1) + [2])], kept: KeptBlocks())
  }

  /// Two objects that hold each other by fields whose names say nothing.
  static let plain = RetainCycle(
    count: 1, blocks: 2, bytes: 64,
    nodes: [
      HeapNode(name: "Left", kind: .object, count: 1, bytes: 32),
      HeapNode(name: "Right", kind: .object, count: 1, bytes: 32),
    ],
    references: [
      HeapReference(from: 0, to: 1, field: "other", strength: .strong, count: 1),
      HeapReference(from: 1, to: 0, field: "other", strength: .strong, count: 1),
    ], loops: [RetainLoop(references: [0, 1])], kept: KeptBlocks())

  static func report(cycles: [RetainCycle], lost: [LostBlocks] = [], notes: [String] = []) -> LeakReport {
    LeakReport(
      program: "/app/server", cycles: cycles, lost: lost,
      scan: LeakScanFacts(
        liveBlocks: 12_345, liveBytes: 3 << 20, leakedBlocks: cycles.reduce(0) { $0 + $1.blocks + $1.kept.blocks },
        leakedBytes: 2048, rootBytes: 65536, threads: 1, pauseNanoseconds: 4_321_000, totalNanoseconds: 56_789_000),
      notes: notes)
  }
}
