/// The places of tasks by their ids.
///
/// Ids are handed out one after the other, so 64 that follow one another share a block: its places lie side by side, and
/// there are so few blocks that the table of them stays near the processor. A task whose neighbours have all ended has a
/// block to itself, of 256 bytes.
struct TaskPlaces {
  /// Where the places of a block's tasks are; −1: this is no block.
  private struct Block {
    var number: UInt64 = 0
    var page: Int32 = -1
    /// How many tasks of it there are.
    var tasks: Int32 = 0
  }
  /// Blocks by a hash of their numbers, with those that collide in the next ones.
  private var blocks: SharedPages<Block>
  private var count = 0
  /// By page and by what an id has beyond its block's number; −1: there is no such task. A page that no block has begins
  /// with the number of the next such page.
  private var places = SharedPages<Int32>(filling: -1)
  /// So many pages there are, and the one to be taken next; −1: a new one.
  private var (pages, free) = (0, -1)

  private static var shift: Int { 6 }
  private static var size: Int { 1 << shift }

  init() { blocks = Self.blocks(64) }

  /// The same places, which may be changed without that these are, and the other way round.
  mutating func snapshot() -> TaskPlaces {
    var copy = self
    (copy.blocks, copy.places) = (blocks.snapshot(), places.snapshot())
    return copy
  }

  /// The place of a task; nil if there is none of that id.
  @inline(__always) subscript(id: UInt64) -> Int? {
    let number = id >> UInt64(Self.shift)
    var slot = home(of: number)
    while true {
      let block = blocks[slot]
      if block.page < 0 { return nil }
      if block.number == number {
        let place = places[Self.index(id, Int(block.page))]
        return place < 0 ? nil : Int(place)
      }
      slot = (slot + 1) & (blocks.count - 1)
    }
  }

  /// Adds the place of a task that has none.
  mutating func add(_ place: Int, of id: UInt64) {
    let number = id >> UInt64(Self.shift)
    var slot = slot(of: number)
    if blocks[slot].page < 0 {
      if (count + 1) * 2 > blocks.count {
        widen()
        slot = self.slot(of: number)
      }
      blocks[slot] = Block(number: number, page: Int32(truncatingIfNeeded: page()))
      count += 1
    }
    blocks[slot].tasks += 1
    places[Self.index(id, Int(blocks[slot].page))] = Int32(truncatingIfNeeded: place)
  }

  /// Removes the place of a task that has one.
  mutating func remove(_ id: UInt64) {
    let slot = slot(of: id >> UInt64(Self.shift))
    let page = Int(blocks[slot].page)
    places[Self.index(id, page)] = -1
    blocks[slot].tasks -= 1
    guard blocks[slot].tasks == 0 else { return }
    places[page << Self.shift] = Int32(truncatingIfNeeded: free)
    free = page
    removeBlock(at: slot)
  }

  private static func index(_ id: UInt64, _ page: Int) -> Int {
    page << shift | Int(truncatingIfNeeded: id) & (size - 1)
  }

  /// A page that no block has, of no places.
  private mutating func page() -> Int {
    guard free >= 0 else {
      places.grow()
      pages += 1
      return pages - 1
    }
    let page = free
    free = Int(places[page << Self.shift])
    places[page << Self.shift] = -1
    return page
  }

  // MARK: - Blocks

  /// Source of the factor: Donald Knuth, The Art of Computer Programming, volume 3, 6.4, on Fibonacci hashing.
  private func home(of number: UInt64) -> Int {
    Int(truncatingIfNeeded: (number &* 0x9e37_79b9_7f4a_7c15) >> 32) & (blocks.count - 1)
  }

  /// Where a block is, or would be.
  private func slot(of number: UInt64) -> Int {
    var slot = home(of: number)
    while blocks[slot].page >= 0, blocks[slot].number != number { slot = (slot + 1) & (blocks.count - 1) }
    return slot
  }

  /// Those that had to go on because of a block move back. Source: Knuth, the same, algorithm R.
  private mutating func removeBlock(at slot: Int) {
    var slot = slot
    var next = (slot + 1) & (blocks.count - 1)
    while blocks[next].page >= 0 {
      let wanted = home(of: blocks[next].number)
      if (next &- wanted) & (blocks.count - 1) >= (next &- slot) & (blocks.count - 1) {
        blocks[slot] = blocks[next]
        slot = next
      }
      next = (next + 1) & (blocks.count - 1)
    }
    blocks[slot] = Block()
    count -= 1
  }

  private mutating func widen() {
    let known = blocks
    blocks = Self.blocks(known.count * 2)
    for place in 0..<known.count where known[place].page >= 0 { blocks[slot(of: known[place].number)] = known[place] }
  }

  private static func blocks(_ count: Int) -> SharedPages<Block> {
    var blocks = SharedPages(filling: Block())
    while blocks.count < count { blocks.grow() }
    return blocks
  }
}
