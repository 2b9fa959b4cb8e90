// What hangs on tasks that nothing can resume is no retain cycle that anybody wrote: it goes when the task ends.

extension HeapNode {
  /// Whether these are tasks that have not ended, or pieces of their stacks.
  var isOfLostTask: Bool { kind == .taskMemory || kind == .task && !name.hasPrefix("finished") }
}

extension RetainCycle {
  /// Whether tasks that nothing can resume hold each of its loops.
  public var isOfLostTasks: Bool {
    !loops.isEmpty && loops.allSatisfy { loop in links(of: loop).contains { $0.owner.isOfLostTask } }
  }
}

extension LostBlocks {
  /// Whether they are tasks that nothing can resume.
  public var areLostTasks: Bool { node.isOfLostTask }
}

extension LeakReport {
  /// The retain cycles without what lost tasks hold.
  public var retainCycles: [RetainCycle] { cycles.filter { !$0.isOfLostTasks } }
  /// The loops that go through tasks that nothing can resume, and end with these.
  public var loopsOfLostTasks: [RetainCycle] { cycles.filter(\.isOfLostTasks) }
}
