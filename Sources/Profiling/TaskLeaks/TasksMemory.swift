import CProfiler

/// Which of a scan's blocks are of which task, and where their words lead.
struct TasksMemory {
  /// Where a word leads.
  enum Target {
    /// To a block that is no task's.
    case block(Int)
    /// Into a task, or to its beginning.
    case task(Int, isExact: Bool)
    /// To any of these: the word itself was not copied.
    case tasks([Int])
    /// Into the memory of a task that is not in question.
    case nothing
  }

  private let scan: TaskLeakScan
  private let layout = TaskLayout()
  /// By block, where its edges begin; one more at the end.
  private var firstEdge: [Int]
  /// By block, whether it is of tasks.
  private var isOfTasks: [Bool]
  /// By block, the task that it begins with or is a piece of.
  private var owners: [Int: Int] = [:]
  /// By block, the tasks that lie in it and not at its beginning.
  private var nested: [Int: [Int]] = [:]
  /// By task, the other pieces of its stack.
  private var pieces: [Int: [Int]] = [:]
  /// Where tasks have lists of their children.
  private let lists: Set<UInt>
  /// By task, the positions of its links, which follow each other.
  private var linkRanges: [Int: Range<Int>] = [:]

  init(_ scan: TaskLeakScan) {
    self.scan = scan
    lists = Set(scan.lists)
    let count = scan.blocks.count
    firstEdge = Array(repeating: 0, count: count + 1)
    for edge in scan.edges { firstEdge[Int(edge.from) + 1] += 1 }
    for block in 0..<count { firstEdge[block + 1] += firstEdge[block] }
    isOfTasks = Array(repeating: false, count: count)
    for piece in scan.pieces {
      let block = Int(piece.block)
      isOfTasks[block] = true
      guard piece.task != LAB_LEAKS_NONE else { continue }
      let task = Int(piece.task)
      owners[block] = task
      if scan.tasks[task].block != piece.block { pieces[task, default: []].append(block) }
    }
    for (task, found) in scan.tasks.enumerated() where found.is_nested && found.block != LAB_LEAKS_NONE {
      nested[Int(found.block), default: []].append(task)
    }
    for (position, link) in scan.links.enumerated() {
      let first = linkRanges[Int(link.from)]?.lowerBound ?? position
      linkRanges[Int(link.from)] = first..<position + 1
    }
  }

  func edges(of block: Int) -> Range<Int> { firstEdge[block]..<firstEdge[block + 1] }

  func links(of task: Int) -> Range<Int> { linkRanges[task] ?? 0..<0 }

  /// The block that a task lies in, and the other pieces of its stack.
  func blocks(of task: Int) -> [Int] {
    let block = scan.tasks[task].block
    return (block == LAB_LEAKS_NONE ? [] : [Int(block)]) + (pieces[task] ?? [])
  }

  /// The innermost task that has the address in a block of tasks.
  private func task(at address: UInt, in block: Int) -> Int? {
    let inner = (nested[block] ?? []).filter { scan.tasks[$0].address <= address && address < scan.tasks[$0].limit }
    return inner.max { scan.tasks[$0].address < scan.tasks[$1].address } ?? owners[block]
  }

  func target(of edge: Int) -> Target {
    let edge = scan.edges[edge]
    let block = Int(edge.to)
    guard isOfTasks[block] else { return .block(block) }
    let content = scan.content(of: Int(edge.from))
    guard Int(edge.offset) + 8 <= content.count else {
      return .tasks((nested[block] ?? []) + (owners[block].map { [$0] } ?? []))
    }
    let address = Self.address(in: content.loadUnaligned(fromByteOffset: Int(edge.offset), as: UInt.self))
    guard let task = task(at: address, in: block) else { return .nothing }
    return .task(task, isExact: scan.tasks[task].address == address)
  }

  /// Where the runtime's record of what a task waits for lies, in the task's stack, with the addresses of both.
  private func dependency(of task: lab_leaks_task) -> Range<UInt>? {
    guard task.block != LAB_LEAKS_NONE else { return nil }
    let content = scan.content(of: Int(task.block))
    let start = Int(task.address - scan.blocks[Int(task.block)].address)
    guard start + layout.size <= content.count else { return nil }
    let status = content.loadUnaligned(fromByteOffset: start + Int(LAB_TASK_STATUS), as: UInt32.self)
    guard status & LAB_TASK_HAS_DEPENDENCY.rawValue != 0 else { return nil }
    let record = content.loadUnaligned(fromByteOffset: start + Int(LAB_TASK_DEPENDENCY), as: UInt.self)
    return record..<record &+ UInt(LAB_DEPENDENCY_BYTES)
  }

  /// As `lab_address_in` has it: without tag bits, and upright.
  private static func address(in word: UInt) -> UInt {
    (word &>> ReadableMemory.bits == UInt.max &>> ReadableMemory.bits ? ~word : word) & 0x00ff_ffff_ffff_fff8
  }

  /// Whether the word of an edge is the program's, and none of the runtime's own in a task's record.
  func isOfProgram(_ edge: Int) -> Bool {
    let (block, offset) = (Int(scan.edges[edge].from), scan.edges[edge].offset)
    guard isOfTasks[block] else { return true }
    return task(at: scan.blocks[block].address + UInt(offset), in: block).map { isInUse(edge, by: $0) } ?? true
  }

  /// Whether the word of an edge is one that the functions of this task keep: the runtime's own in its record, in that of
  /// what it waits for and in its lists of children are told by links, and what lies beyond the part of its stack in use
  /// is left over.
  func isInUse(_ edge: Int, by task: Int) -> Bool {
    let edge = scan.edges[edge]
    let block = Int(edge.from)
    let found = scan.tasks[task]
    let (content, start) = (scan.content(of: block), scan.blocks[block].address)
    let address = start + UInt(edge.offset)
    guard self.task(at: address, in: block) == task, !lists.contains(address),
      dependency(of: found)?.contains(address) != true
    else { return false }
    guard block == Int(found.block) else {
      return Int(edge.offset) >= TaskLayout.pieceHeader && Int(edge.offset) < layout.endOfUse(ofPieceAt: 0, in: content)
    }
    if address < found.body { return address == found.address + UInt(LAB_TASK_LOCALS) }
    let own = UnsafeRawBufferPointer(rebasing: content.dropFirst(Int(found.address - start)))
    guard let piece = layout.ownPiece(of: own, at: found.address) else { return true }
    return Int(address - found.address) < layout.endOfUse(ofPieceAt: piece, in: own)
  }
}
