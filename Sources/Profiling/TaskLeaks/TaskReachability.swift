import CProfiler

/// Which of a scan's suspended tasks can still be resumed, and what is kept by those that can.
///
/// What the C half has marked is reached from roots without passing a suspended task. From the words of typed objects
/// on, where it stopped, tasks and blocks are reached here, by the same rule: a task is if a word leads to it that can
/// resume it, and only then what its functions keep.
///
/// Words without a type and those on stacks may be continuations or handles, unless the runtime has counted as many
/// handles of the task as there are words that lead to it: each of the former is one of the latter, so then there is no
/// continuation among them. (The leak detector tells likewise who owns an object: see accounts.c.) What only stacks reach
/// is counted apart. What is left, nothing can resume.
struct TaskReachability {
  /// Positions of the tasks that nothing leads to that could resume them.
  private(set) var lost: [Int] = []
  /// How many tasks are taken for alive for words on stacks alone.
  private(set) var unproven = 0
  /// How many of the lost ones a handle leads to, by its place.
  private(set) var handles: [String: Int] = [:]

  private let scan: TaskLeakScan
  private let holders: TaskHolders
  private let memory: TasksMemory
  private var isReached: [Bool]
  private var isBlockReached: [Bool]
  /// Blocks and tasks that are reached and yet to be looked into.
  private var blocks: [Int] = []
  private var tasks: [Int] = []
  /// Tasks that words on the stacks of reached ones lead to.
  private var onStacks: [(task: Int, isExact: Bool)] = []
  /// By task, how many words lead to its beginning.
  private var words: [Int]
  /// Whether words on stacks count.
  private var takesStacks = false
  private var refused: [(task: Int, name: String)] = []

  /// O(references between blocks that are in question).
  init(_ scan: TaskLeakScan) {
    self.scan = scan
    holders = TaskHolders(memory: scan.memory)
    memory = TasksMemory(scan)
    isReached = scan.tasks.map(\.is_kept)
    isBlockReached = Array(repeating: false, count: scan.blocks.count)
    words = scan.tasks.map { Int($0.words) }
    countWords()
    for entry in scan.entries { take(entry) }
    for task in scan.tasks.indices where scan.tasks[task].is_in_memory { take(.memory, task, isExact: true) }
    lookOn()
    let sure = isReached.count { $0 }
    takesStacks = true
    for task in scan.tasks.indices where scan.tasks[task].is_on_stack { take(.stack, task, isExact: true) }
    for (task, isExact) in onStacks { take(.stack, task, isExact: isExact) }
    lookOn()
    unproven = isReached.count { $0 } - sure
    lost = scan.tasks.indices.filter { !isReached[$0] }
    countHandles()
  }

  private mutating func take(_ entry: lab_leaks_entry) {
    let place: TaskHolders.Place
    if entry.holder == LAB_LEAKS_NONE {
      place = holders.place(ofVariableAt: UInt(entry.offset))
    } else {
      let holder = Int(entry.holder)
      place = holders.place(
        ofWordAt: Int(entry.offset), in: scan.content(ofHolder: holder), address: scan.holders[holder].address)
    }
    take(place, Int(entry.task), isExact: entry.is_exact)
  }

  private mutating func take(_ place: TaskHolders.Place, _ task: Int, isExact: Bool) {
    if place.power == .nothing { return }
    let isHandle = place.power == .cancels || place.power == .unknown && hasHandlesAlone(task)
    if isHandle, isExact, !scan.tasks[task].can_be_told {
      refused.append((task, place.name))
    } else {
      reach(task)
    }
  }

  /// Counts what leads to tasks from blocks that are in question.
  private mutating func countWords() {
    for edge in scan.edges.indices where memory.isOfProgram(edge) {
      switch memory.target(of: edge) {
      case .task(let task, isExact: true): words[task] += 1
      case .tasks(let tasks): for task in tasks { words[task] += 1 }
      case .block, .task, .nothing: break
      }
    }
  }

  /// Whether each word that leads to the task is a handle.
  private func hasHandlesAlone(_ task: Int) -> Bool {
    scan.tasks[task].handles > 0 && words[task] == Int(scan.tasks[task].handles)
  }

  private mutating func reach(_ task: Int) {
    guard !isReached[task] else { return }
    isReached[task] = true
    tasks.append(task)
  }

  private mutating func reachBlock(_ block: Int) {
    guard !isBlockReached[block] else { return }
    isBlockReached[block] = true
    blocks.append(block)
  }

  private mutating func lookOn() {
    while true {
      if let block = blocks.popLast() {
        look(intoBlock: block)
      } else if let task = tasks.popLast() {
        look(intoTask: task)
      } else {
        return
      }
    }
  }

  private mutating func look(intoBlock block: Int) {
    let (content, address) = (scan.content(of: block), scan.blocks[block].address)
    for edge in memory.edges(of: block) {
      switch memory.target(of: edge) {
      case .block(let target): reachBlock(target)
      case .task(let task, let isExact):
        take(
          holders.place(ofWordAt: Int(scan.edges[edge].offset), in: content, address: address), task, isExact: isExact)
      case .tasks(let tasks): for task in tasks { reach(task) }
      case .nothing: break
      }
    }
  }

  private mutating func look(intoTask task: Int) {
    for link in memory.links(of: task) { reach(Int(scan.links[link].to)) }
    for block in memory.blocks(of: task) {
      for edge in memory.edges(of: block) where memory.isInUse(edge, by: task) {
        switch memory.target(of: edge) {
        case .block(let target): reachBlock(target)
        case .task(let other, _) where other == task: break
        case .task(let other, let isExact): takeFromStack(other, isExact)
        case .tasks(let others): for other in others { takeFromStack(other, false) }
        case .nothing: break
        }
      }
    }
  }

  private mutating func takeFromStack(_ task: Int, _ isExact: Bool) {
    if takesStacks { take(.stack, task, isExact: isExact) } else { onStacks.append((task, isExact)) }
  }

  private mutating func countHandles() {
    var seen: Set<Int> = []
    for (task, name) in refused where !isReached[task] && seen.insert(task).inserted {
      handles[name, default: 0] += 1
    }
  }
}
