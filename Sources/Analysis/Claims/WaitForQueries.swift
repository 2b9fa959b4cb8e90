import Waiting

extension Query {
  /// How many deadlocks there are.
  static let deadlocks = Query(
    name: "deadlocks", summary: "deadlocks found, all or those in whose ring a name contains a text",
    required: [], optional: ["through"]
  ) { input in
    let graph = try waits(input)
    let through = input.arguments["through"]
    let found = graph.deadlocks.filter { deadlock in
      through.map { text in deadlock.ring.contains { graph.nodes[$0].name.contains(text) } } ?? true
    }
    return Measurement(Double(found.count), .count, meaning: "deadlocks" + (through.map { " through \($0)" } ?? ""))
  }

  /// How many tasks and threads are in the rings of deadlocks.
  static let deadlockMembers = Query(
    name: "deadlock-members", summary: "tasks and threads in the rings of deadlocks", required: [], optional: []
  ) { input in
    let graph = try waits(input)
    let members = Set(graph.deadlocks.flatMap(\.ring)).filter { graph.nodes[$0].isWaiter }
    return Measurement(Double(members.count), .count, meaning: "tasks and threads in deadlocks")
  }

  /// How many tasks and threads can never go on: the members of deadlocks and all who wait for them.
  static let stuck = Query(
    name: "stuck", summary: "tasks and threads that can never go on: in deadlocks, or waiting for them",
    required: [], optional: []
  ) { input in
    let graph = try waits(input)
    let stuck = graph.stuck.filter { graph.nodes[$0].isWaiter }
    return Measurement(Double(stuck.count), .count, meaning: "tasks and threads that can never go on")
  }

  /// How many wait for something.
  static let waitsFor = Query(
    name: "waits-for",
    summary: "tasks and threads that wait for what is called so, those called `who` alone; by parts of names",
    required: ["what"], optional: ["who"]
  ) { input in
    let graph = try waits(input)
    let (what, who) = (input["what"], input.arguments["who"])
    let waiters = Set(graph.edges.filter { graph.nodes[$0.to].name.contains(what) }.map(\.from)).filter { waiter in
      graph.nodes[waiter].isWaiter && (who.map { graph.nodes[waiter].name.contains($0) } ?? true)
    }
    return Measurement(Double(waiters.count), .count, meaning: "\(who ?? "tasks and threads") waiting for \(what)")
  }

  private static func waits(_ input: Input) throws -> WaitGraph {
    guard let graph = input.capture.waitGraph else { throw ClaimError.notAWaitGraph("\(input.capture.name)") }
    return graph
  }
}
