import ScenarioRunning

/// Conway's Game of Life, busy making and dropping short-lived arrays.
///
/// The fault: to count a cell's living neighbours, each cell's neighbours become an array, filtered into another one.
enum SmallAllocations {
  static let scenario = Scenario(
    id: "small-allocations",
    title: "A simulation that is mostly malloc and free",
    question: "The program only looks at neighbours and counts. Where does the time go?",
    parameters: [
      Parameter("size", "cells along each side", standard: 160, range: 8...2_000),
      Parameter("generations", "generations a round", standard: 12, range: 1...1_000),
      Parameter("seed", "seed of the first generation", standard: 7, range: 0...1_000_000),
    ],
    profiles: [.cpu], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let first = World(size: arguments["size"], seed: UInt64(arguments["seed"]))
    let generations = arguments["generations"]
    return Program {
      var world = first
      for _ in 0..<generations {
        switch variant {
        case .faulty: world = world.next { world.countByFiltering($0) }
        case .fixed: world = world.next { world.countInPlace($0) }
        }
      }
      let cells = Double(generations * first.size * first.size)
      return Outcome(
        output: world.digest, truth: [Truth("cells", cells, basis: "generations × size², from the parameters")])
    }
  }
}

/// A place on the torus that the world is.
private struct Position {
  var row: Int
  var column: Int
}

/// Which cells of a square torus are alive.
private struct World: Sendable {
  let size: Int
  private var alive: [Bool]

  init(size: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.size = size
    alive = (0..<size * size).map { _ in random.next() % 3 == 0 }
  }

  /// The next generation, given how to count a cell's living neighbours.
  func next(livingNeighbours: (Position) -> Int) -> World {
    var next = self
    for row in 0..<size {
      for column in 0..<size {
        let count = livingNeighbours(Position(row: row, column: column))
        let index = row * size + column
        next.alive[index] = count == 3 || (count == 2 && alive[index])
      }
    }
    return next
  }

  private func isAlive(_ position: Position) -> Bool {
    alive[(position.row + size) % size * size + (position.column + size) % size]
  }

  // lesson: begin filtering
  /// The eight positions around one.
  @inline(never)
  func neighbours(of position: Position) -> [Position] {
    var neighbours: [Position] = []
    for row in -1...1 {
      for column in -1...1 where row != 0 || column != 0 {
        neighbours.append(Position(row: position.row + row, column: position.column + column))
      }
    }
    return neighbours
  }

  @inline(never)
  func countByFiltering(_ position: Position) -> Int {
    neighbours(of: position).filter(isAlive).count
  }
  // lesson: end filtering

  // lesson: begin in-place
  @inline(never)
  func countInPlace(_ position: Position) -> Int {
    var count = 0
    for row in -1...1 {
      for column in -1...1 where row != 0 || column != 0 {
        if isAlive(Position(row: position.row + row, column: position.column + column)) { count += 1 }
      }
    }
    return count
  }
  // lesson: end in-place

  var digest: String {
    var digest = Digest()
    for cell in alive { digest.add(cell ? 1 : 0) }
    return digest.text
  }
}
