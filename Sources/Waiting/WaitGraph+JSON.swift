import JSON

extension WaitGraph {
  /// The graph as a JSON file, as `init(json:)` reads it; the keys stand in the order of the declarations:
  ///
  ///     {"version": 1, "program": "/bin/bank",
  ///      "nodes": [{"kind": "task", "name": "task 5 \"debit\"", "state": "blocked", "nanoseconds": 3000000000,
  ///                 "place": "Bank.debit() at Bank.swift:31", "thread": 4711, "needsAll": false}, …],
  ///      "edges": [{"from": 0, "to": 1, "isLimited": false, "isPossible": false}, …],
  ///      "notes": ["…"],
  ///      "deadlocks": [{"ring": [0, 1, 2, 3], "isProven": true, "sentence": "Deadlock: …"}]}
  ///
  /// Edges name nodes by their positions. The deadlocks follow from the rest, and are written for those who read this by
  /// other means.
  public var json: [UInt8] {
    let rings = deadlocks.map { deadlock in
      JSONValue.object([
        ("ring", .array(deadlock.ring.map { .integer($0) })), ("isProven", .boolean(deadlock.isProven)),
        ("nanoseconds", .integer(nanoseconds(of: deadlock))), ("sentence", .string(sentence(deadlock))),
      ])
    }
    return JSONValue.object([
      ("version", .integer(version)), ("program", .string(program)), ("nodes", .array(nodes.map(\.json))),
      ("edges", .array(edges.map(\.json))), ("notes", .array(notes.map { .string($0) })), ("deadlocks", .array(rings)),
    ]).text
  }

  /// Reads the graph in a JSON file, which may be damaged.
  /// - Throws: `WaitGraphError` with what is wrong and where.
  public init(json bytes: [UInt8]) throws(WaitGraphError) {
    try self.init(json: bytes, or: WaitGraphError.init)
  }
}

/// Why a file is no wait-for graph.
public struct WaitGraphError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String

  fileprivate init(_ error: JSONError) { description = "not a wait-for graph: \(error)" }
}

extension WaitGraph: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      version: try value.member("version"), program: try value.member("program"), nodes: try value.member("nodes"),
      edges: try value.member("edges"), notes: try value.member("notes"))
    guard version == Self.currentVersion else { throw JSONError("its version is \(version)") }
    for edge in edges where !nodes.indices.contains(edge.from) || !nodes.indices.contains(edge.to) {
      throw JSONError("an edge leads from \(edge.from) to \(edge.to), and there are \(nodes.count) nodes")
    }
  }
}

extension WaitNode: ReadFromJSON {
  fileprivate var json: JSONValue {
    .object([
      ("kind", .string(kind.rawValue)), ("name", .string(name)), ("state", .string(state)),
      ("nanoseconds", .integer(nanoseconds)), ("place", .string(place)), ("thread", .integer(thread)),
      ("needsAll", .boolean(needsAll)),
    ])
  }

  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      kind: try value.word("kind"), name: try value.member("name"), state: try value.member("state"),
      nanoseconds: try value.member("nanoseconds"), place: try value.member("place"),
      thread: try value.member("thread"), needsAll: try value.member("needsAll"))
  }
}

extension WaitEdge: ReadFromJSON {
  fileprivate var json: JSONValue {
    .object([
      ("from", .integer(from)), ("to", .integer(to)), ("isLimited", .boolean(isLimited)),
      ("isPossible", .boolean(isPossible)),
    ])
  }

  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      from: try value.member("from"), to: try value.member("to"), isLimited: try value.member("isLimited"),
      isPossible: try value.member("isPossible"))
  }
}
