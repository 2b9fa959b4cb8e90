import Testing

@testable import Waiting

@Suite struct DeadlockTests {
  /// A graph of waiters, written in small letters, and of locks, in capitals: `a>M M>b` says that a waits for M, which b
  /// holds; `a>M?` that this is but possible, `a>M~` that it waits up to a time.
  static func graph(_ text: String, needingAll: Set<String> = [], groups: Set<String> = []) -> WaitGraph {
    var graph = WaitGraph(program: "/bin/program", nodes: [], edges: [])
    var known: [Substring: Int] = [:]
    func node(_ name: Substring) -> Int {
      if let node = known[name] { return node }
      let isWaiter = name.first?.isLowercase == true
      let kind: WaitNode.Kind = isWaiter ? .task : groups.contains(String(name)) ? .group : .mutex
      graph.nodes.append(
        WaitNode(kind: kind, name: (isWaiter ? "task " : "Mutex ") + name, needsAll: needingAll.contains(String(name))))
      known[name] = graph.nodes.count - 1
      return graph.nodes.count - 1
    }
    for word in text.split(separator: " ") {
      let ends = word.filter { $0 != "?" && $0 != "~" }.split(separator: ">")
      let from = node(ends[0])
      guard ends.count > 1 else { continue }
      graph.edges.append(
        WaitEdge(from: from, to: node(ends[1]), isLimited: word.contains("~"), isPossible: word.contains("?")))
    }
    return graph
  }

  private func rings(_ graph: WaitGraph) -> [String] {
    graph.deadlocks.map { deadlock in
      let names = deadlock.ring.map { String(graph.nodes[$0].name.split(separator: " ")[1]) }
      return names.joined() + (deadlock.isProven ? "" : "?")
    }
  }

  @Test(
    "Rings are found, and nothing else",
    arguments: [
      ("a>M M>b b>N N>a", ["aMbN"]),
      ("a>M M>b b>N N>c c>O O>a", ["aMbNcO"]),
      ("a>b b>a", ["ab"]),
      ("a>M M>a", ["aM"]),
      // In a row, and in a row that ends with somebody who runs.
      ("a>M M>b b>N N>c", []),
      ("a>M M>b b>N", []),
      // Victims are no members.
      ("a>M M>b b>N N>a c>M d>c", ["aMbN"]),
      ("c>M a>M M>b b>N N>a", ["aMbN"]),
      // Two that have nothing to do with one another.
      ("a>M M>b b>N N>a c>O O>d d>P P>c", ["aMbN", "cOdP"]),
      // Whoever gives up after a time frees the others.
      ("a>M M>b b>N~ N>a", []),
      ("a>M M>b b>N N>a c>N~", ["aMbN"]),
      // Of two that could help one runs.
      ("a>G G>b G>c b>a", []),
      ("a>G G>b G>c b>a c>a", ["aGb"]),
      // What is but possible is no proof, unless it leads to the same.
      ("a>M M>b M>c? b>N N>a c", ["aMbN?"]),
      ("a>M M>b M>c? b>N N>a c>N", ["aMbN"]),
      ("", []),
    ])
  func findsRings(graph: String, expected: [String]) {
    #expect(rings(Self.graph(graph)) == expected)
  }

  @Test func whoNeedsAllIsStuckWithOne() {
    #expect(rings(Self.graph("a>G G>b G>c b>a", needingAll: ["G"], groups: ["G"])) == ["aGb"])
  }

  @Test func whoWaitsForADeadlockIsStuckToo() {
    let graph = Self.graph("a>M M>b b>N N>a c>M d>c e>O O>f")
    #expect(Set(graph.stuck.map { graph.nodes[$0].name }) == Set("abcd".map { "task \($0)" } + ["Mutex M", "Mutex N"]))
  }

  @Test(
    "A deadlock is one sentence",
    arguments: [
      (
        "a>M M>b b>N N>a",
        "Deadlock: task a holds Mutex N and waits for Mutex M, which task b holds, which waits for Mutex N."
      ),
      ("a>M M>a", "Deadlock: task a waits for Mutex M, which it holds itself."),
      ("a>b b>c c>a", "Deadlock: task a waits for task b, which waits for task c, which waits for task a."),
      ("a>b b>M M>a", "Deadlock: task a holds Mutex M and waits for task b, which waits for Mutex M."),
    ])
  func says(graph: String, sentence: String) throws {
    let graph = Self.graph(graph)
    #expect(graph.sentence(try #require(graph.deadlocks.first)) == sentence)
  }

  @Test func aChildIsCalledOne() throws {
    let graph = Self.graph("a>G G>b b>a", groups: ["G"])
    let sentence = graph.sentence(try #require(graph.deadlocks.first))
    #expect(sentence == "Deadlock: task a waits for its child task b, which waits for task a.")
  }

  @Test func itHasLastedSinceTheLastOneCame() throws {
    var graph = Self.graph("a>M M>b b>N N>a")
    graph.nodes[0].nanoseconds = 9_000_000_000
    graph.nodes[2].nanoseconds = 4_000_000_000
    let deadlock = try #require(graph.deadlocks.first)
    #expect(graph.sentence(deadlock).hasSuffix("waits for Mutex N; for 4 s."))
  }

  @Test func manyAreFoundInTime() {
    // A long row of waiters that ends in a ring.
    let row = (0..<2000).map { "w\($0)>M\($0) M\($0)>w\($0 + 1)" }.joined(separator: " ") + " w2000>M1998"
    #expect(Self.graph(row).deadlocks.map(\.ring.count) == [4])
  }
}
