extension LeakReport {
  /// Reads the report in a JSON file, which may be damaged.
  /// - Throws: `LeakReportError` with what is wrong and where.
  public init(json bytes: [UInt8]) throws(LeakReportError) { try self.init(JSONReader.value(of: bytes)) }
}

/// What can be read of a JSON value.
private protocol ReadFromJSON {
  init(_ value: JSONValue) throws(LeakReportError)
}

extension JSONValue {
  /// The member of that name of an object.
  fileprivate func member<Value: ReadFromJSON>(_ name: String) throws(LeakReportError) -> Value {
    guard let value = optional(name) else { throw LeakReportError("'\(name)' is missing") }
    return try Value(value)
  }

  fileprivate func optional(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  /// A member that is one of the words of an enumeration.
  fileprivate func word<Value: RawRepresentable<String>>(_ name: String) throws(LeakReportError) -> Value {
    let text: String = try member(name)
    guard let value = Value(rawValue: text) else { throw LeakReportError("'\(name)' is '\(text)', which is unknown") }
    return value
  }
}

extension String: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    guard case .string(let text) = value else { throw LeakReportError("a text is missing") }
    self = text
  }
}

extension Int: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    guard case .integer(let number) = value else { throw LeakReportError("a number is missing") }
    self = number
  }
}

extension Bool: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    guard case .boolean(let flag) = value else { throw LeakReportError("a truth value is missing") }
    self = flag
  }
}

extension Array: ReadFromJSON where Element: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    guard case .array(let values) = value else { throw LeakReportError("a list is missing") }
    self = []
    for value in values { append(try Element(value)) }
  }
}

extension LeakReport: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(
      version: try value.member("version"), program: try value.member("program"), cycles: try value.member("cycles"),
      lost: try value.member("lost"), scan: try value.member("scan"), notes: try value.member("notes"))
  }
}

extension LeakScanFacts: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(
      liveBlocks: try value.member("liveBlocks"), liveBytes: try value.member("liveBytes"),
      leakedBlocks: try value.member("leakedBlocks"), leakedBytes: try value.member("leakedBytes"),
      rootBytes: try value.member("rootBytes"), threads: try value.member("threads"),
      pauseNanoseconds: try value.member("pauseNanoseconds"), totalNanoseconds: try value.member("totalNanoseconds"))
  }
}

extension LostBlocks: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(node: try value.member("node"), kept: try value.member("kept"))
  }
}

extension KeptBlocks: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(blocks: try value.member("blocks"), bytes: try value.member("bytes"))
  }
}

extension RetainCycle: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(
      count: try value.member("count"), blocks: try value.member("blocks"), bytes: try value.member("bytes"),
      nodes: try value.member("nodes"), references: try value.member("references"), loops: try value.member("loops"),
      kept: try value.member("kept"))
  }
}

extension RetainLoop: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) { self.init(references: try value.member("references")) }
}

extension HeapNode: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(
      name: try value.member("name"), kind: try value.word("kind"), count: try value.member("count"),
      bytes: try value.member("bytes"), allocation: try value.member("allocation"))
    if let isLibrary = value.optional("isLibrary") { self.isLibrary = try Bool(isLibrary) }
    if let superclasses = value.optional("superclasses") { self.superclasses = try [String](superclasses) }
  }
}

extension HeapReference: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(
      from: try value.member("from"), to: try value.member("to"), field: try value.member("field"),
      strength: try value.word("strength"), count: try value.member("count"))
    if let closure = value.optional("closure") { self.closure = try AllocationFrame(closure) }
    if let isMethod = value.optional("closureIsMethod") { closureIsMethod = try Bool(isMethod) }
  }
}

extension AllocationFrame: ReadFromJSON {
  fileprivate init(_ value: JSONValue) throws(LeakReportError) {
    self.init(
      function: try value.member("function"), file: try value.member("file"), line: try value.member("line"),
      isProgram: try value.member("isProgram"))
  }
}
