/// Allocates the way programs do: trees that come and go beside one that stays, and records with strings and arrays.
///
/// - Parameter objects: How many heap objects to make, rounded up to whole trees and records.
/// - Returns: How many were made, and a number that depends on all of them.
@inline(never) public func allocate(objects: Int) -> (objects: Int, checksum: Int) {
  var made = 0
  var checksum = 0
  let lasting = Node.tree(depth: 15)
  made += lasting.count
  var ring = [Record?](repeating: nil, count: 4096)
  var index = 0
  while made < objects {
    let tree = Node.tree(depth: 12)
    made += tree.count
    checksum &+= tree.sum
    for _ in 0..<1024 {
      // A record is three objects: itself, its name and its tags.
      ring[index % ring.count] = Record(index)
      index += 1
      made += 3
    }
  }
  for record in ring { checksum &+= record?.tags.count ?? 0 }
  return (made, checksum &+ lasting.sum)
}

final class Node {
  let left: Node?
  let right: Node?
  let value: Int

  init(left: Node?, right: Node?, value: Int) {
    self.left = left
    self.right = right
    self.value = value
  }

  @inline(never) static func tree(depth: Int) -> Node {
    if depth == 0 { return Node(left: nil, right: nil, value: 1) }
    return Node(left: tree(depth: depth - 1), right: tree(depth: depth - 1), value: depth)
  }

  var count: Int { 1 + (left?.count ?? 0) + (right?.count ?? 0) }
  var sum: Int { value + (left?.sum ?? 0) + (right?.sum ?? 0) }
}

final class Record {
  let name: String
  let tags: [Int]

  init(_ number: Int) {
    name = "a record whose name is long \(number & 7)"
    tags = [number, number + 1]
  }
}
