/// Finds the position of an entry from the id the file gave it.
///
/// Ids are nearly always 1, 2, 3 …, so small ones are looked up in an array and only others in a dictionary.
struct IDTable {
  private var dense: [Int32]
  private var sparse: [UInt64: Int32] = [:]

  init(count: Int) {
    dense = Array(repeating: -1, count: count + 1)
  }

  /// Enters an id; false if it is there already.
  mutating func insert(_ id: UInt64, position: Int) -> Bool {
    let position = Int32(truncatingIfNeeded: position)
    if id < UInt64(dense.count) {
      if dense[Int(id)] >= 0 { return false }
      dense[Int(id)] = position
      return true
    }
    return sparse.updateValue(position, forKey: id) == nil
  }

  @inline(__always)
  subscript(id: UInt64) -> Int? {
    if id < UInt64(dense.count) {
      let position = dense[Int(id)]
      return position < 0 ? nil : Int(position)
    }
    return sparse[id].map { Int($0) }
  }
}
