import JSON

extension LeakReport {
  /// Reads the report in a JSON file, which may be damaged.
  /// - Throws: `LeakReportError` with what is wrong and where.
  public init(json bytes: [UInt8]) throws(LeakReportError) {
    try self.init(json: bytes, or: LeakReportError.init)
  }
}

/// Why a file is no leak report.
public struct LeakReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String

  fileprivate init(_ error: JSONError) { description = "not a leak report: \(error)" }
}

extension LeakReport: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      version: try value.member("version"), program: try value.member("program"), cycles: try value.member("cycles"),
      lost: try value.member("lost"), scan: try value.member("scan"), notes: try value.member("notes"))
  }
}

extension LeakScanFacts: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      liveBlocks: try value.member("liveBlocks"), liveBytes: try value.member("liveBytes"),
      leakedBlocks: try value.member("leakedBlocks"), leakedBytes: try value.member("leakedBytes"),
      rootBytes: try value.member("rootBytes"), threads: try value.member("threads"),
      pauseNanoseconds: try value.member("pauseNanoseconds"), totalNanoseconds: try value.member("totalNanoseconds"))
    if let lostTasks = value.optional("lostTasks") { self.lostTasks = try Int(lostTasks) }
  }
}

extension LostBlocks: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(node: try value.member("node"), kept: try value.member("kept"))
  }
}

extension KeptBlocks: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(blocks: try value.member("blocks"), bytes: try value.member("bytes"))
  }
}

extension RetainCycle: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      count: try value.member("count"), blocks: try value.member("blocks"), bytes: try value.member("bytes"),
      nodes: try value.member("nodes"), references: try value.member("references"), loops: try value.member("loops"),
      kept: try value.member("kept"))
  }
}

extension RetainLoop: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) { self.init(references: try value.member("references")) }
}

extension HeapNode: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      name: try value.member("name"), kind: try value.word("kind"), count: try value.member("count"),
      bytes: try value.member("bytes"), allocation: try value.member("allocation"))
    if let isLibrary = value.optional("isLibrary") { self.isLibrary = try Bool(isLibrary) }
    if let superclasses = value.optional("superclasses") { self.superclasses = try [String](superclasses) }
  }
}

extension HeapReference: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      from: try value.member("from"), to: try value.member("to"), field: try value.member("field"),
      strength: try value.word("strength"), count: try value.member("count"))
    if let closure = value.optional("closure") { self.closure = try AllocationFrame(closure) }
    if let isMethod = value.optional("closureIsMethod") { closureIsMethod = try Bool(isMethod) }
  }
}

extension AllocationFrame: ReadFromJSON {
  package init(_ value: JSONValue) throws(JSONError) {
    self.init(
      function: try value.member("function"), file: try value.member("file"), line: try value.member("line"),
      isProgram: try value.member("isProgram"))
  }
}
