import JSON

extension LeakReport {
  /// The report as a JSON file, as `init(json:)` reads it; the keys stand in the order of the declarations.
  public var json: [UInt8] {
    JSONValue.object([
      ("version", .integer(version)), ("program", .string(program)), ("cycles", .array(cycles.map(\.json))),
      ("lost", .array(lost.map(\.json))), ("scan", scan.json), ("notes", .array(notes.map { .string($0) })),
    ]).text
  }
}

extension LeakScanFacts {
  var json: JSONValue {
    .object(
      [
        ("liveBlocks", .integer(liveBlocks)), ("liveBytes", .integer(liveBytes)),
        ("leakedBlocks", .integer(leakedBlocks)), ("leakedBytes", .integer(leakedBytes)),
        ("rootBytes", .integer(rootBytes)), ("threads", .integer(threads)),
        ("pauseNanoseconds", .integer(pauseNanoseconds)), ("totalNanoseconds", .integer(totalNanoseconds)),
      ] + (lostTasks == 0 ? [] : [("lostTasks", .integer(lostTasks))]))
  }
}

extension LostBlocks {
  var json: JSONValue {
    .object([("node", node.json), ("kept", kept.json)] + (areLostTasks ? [("areLostTasks", .boolean(true))] : []))
  }
}

extension KeptBlocks {
  var json: JSONValue { .object([("blocks", .integer(blocks)), ("bytes", .integer(bytes))]) }
}

extension RetainCycle {
  var json: JSONValue {
    .object(
      [
        ("count", .integer(count)), ("blocks", .integer(blocks)), ("bytes", .integer(bytes)),
        ("nodes", .array(nodes.map(\.json))), ("references", .array(references.map(\.json))),
        ("loops", .array(loops.map { .object([("references", .array($0.references.map { .integer($0) }))]) })),
        ("kept", kept.json),
      ] + (isOfLostTasks ? [("isOfLostTasks", .boolean(true))] : []))
  }
}

extension HeapNode {
  var json: JSONValue {
    .object(
      [
        ("name", .string(name)), ("kind", .string(kind.rawValue)), ("count", .integer(count)),
        ("bytes", .integer(bytes)), ("allocation", .array(allocation.map(\.json))),
      ] + (isLibrary ? [("isLibrary", .boolean(true))] : [])
        + (superclasses.isEmpty ? [] : [("superclasses", .array(superclasses.map { .string($0) }))]))
  }
}

extension HeapReference {
  var json: JSONValue {
    .object(
      [
        ("from", .integer(from)), ("to", .integer(to)), ("field", .string(field)),
        ("strength", .string(strength.rawValue)),
      ] + (closure.map { [("closure", $0.json)] } ?? [])
        + (closureIsMethod ? [("closureIsMethod", .boolean(true))] : []) + [("count", .integer(count))])
  }
}

extension AllocationFrame {
  var json: JSONValue {
    .object([
      ("function", .string(function)), ("file", .string(file)), ("line", .integer(line)),
      ("isProgram", .boolean(isProgram)),
    ])
  }
}
