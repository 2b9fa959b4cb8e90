import Waiting

/// Who waits for whom in this process, and where the graph has each task and thread.
struct ProgramWaits: Sendable {
  let graph: WaitGraph
  let sentences: WaitSentences
  /// By the task's id.
  let taskNodes: [UInt64: Int]
  /// By the kernel's id, of those that run no task.
  let threadNodes: [Int32: Int]

  /// What was collected says.
  init(_ collection: TaskCollection, _ naming: TaskNaming) {
    let builder = WaitGraphBuilder(collection, naming)
    sentences = WaitSentences(builder.graph)
    (graph, taskNodes, threadNodes) = (builder.graph, builder.taskNodes, builder.threadNodes)
  }
}
