import Patterns
import Pprof

/// The machine code of functions, with what each instruction costs.
public struct Disassembly: Sendable {
  /// The value that percentages refer to.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// The functions, sorted by name and address.
  public let routines: [Routine]
  /// What should be said to whoever asked: binaries that cannot be read.
  public let notices: [String]

  /// A function.
  public struct Routine: Sendable {
    /// Its names, several only if it was found by an address.
    public let names: [String]
    /// The value of its instructions.
    public let flat: Int64
    /// The value of its instructions and all that they call.
    public let cum: Int64
    /// Its instructions, in order of their addresses.
    public let instructions: [Instruction]
  }

  /// An instruction.
  public struct Instruction: Sendable, Hashable {
    /// Its address in the binary.
    public let address: UInt64
    /// The instruction in words.
    public let text: String
    /// The function that the compiler made it for, which may be an inlined one; empty if unknown.
    public let function: String
    /// The name of the source file without directories; empty if unknown.
    public let file: String
    /// The line; 0 if unknown.
    public let line: Int64
    /// The value of the instruction itself.
    public let flat: Int64
    /// The value of the instruction and all that it calls.
    public let cum: Int64
  }
}

extension Report {
  /// The machine code of the functions whose symbol matches and that have samples.
  ///
  /// - Parameters:
  ///   - expression: an expression as pprof takes it, or an address inside of the function.
  ///   - functions: further functions that are meant: what they are called by their symbols, which compilers made.
  /// - Throws: if there is no such function, or the tools fail.
  ///
  /// Source: google/pprof, `internal/report/report.go` (`PrintAssembly`).
  public func disassembly(
    matching expression: String, functions: [String: String] = [:], tools: BinaryTools
  ) throws -> Disassembly {
    let pattern = try Pattern(expression)
    let address = UInt64(goLiteral: expression)
    let nodes = CallGraph(graphOf: graphSource()).shownNodes
    // The name of a node has its address and its place in it.
    let meant = Set(functions.values)
    let sampled = Set(
      nodes.lazy.filter { meant.contains($0.frame.name) || pattern.matches($0.name) }.map(\.frame.objectFile)
    ).subtracting([""])
    var routines: [Disassembly.Routine] = []
    var notices: [String] = []
    var hasSymbol = false
    for mapping in profile.mappings {
      let isMeant = address.map { mapping.start <= $0 && $0 <= mapping.limit } ?? false
      guard sampled.contains(mapping.file) || isMeant else { continue }
      do throws(DisassemblyError) {
        let found = try Self.routines(of: mapping, nodes: nodes, tools: tools) {
          $0.names.lazy.compactMap { functions[$0] }.first.map { [$0] } ?? $0.matchingNames(pattern, address: address)
        }
        routines += found.routines
        hasSymbol = hasSymbol || found.hasSymbol
      } catch {
        if case .noTool = error { throw error }
        notices.append("\(error)")
      }
    }
    if routines.isEmpty {
      let error = address.map { hasSymbol ? .noSamples($0) : .noSymbol($0) } ?? DisassemblyError.noMatch(expression)
      throw notices.isEmpty ? error : DisassemblyError.tool((notices + ["\(error)"]).joined(separator: "\n"))
    }
    return Disassembly(total: total, format: format, routines: routines.sorted(by: Self.precedes), notices: notices)
  }

  /// The functions of one binary that are asked for and have samples, and whether any is asked for.
  private static func routines(
    of mapping: Mapping, nodes: ArraySlice<CallGraph.Node>, tools: BinaryTools, names: (SymbolGroup) -> [String]?
  ) throws(DisassemblyError) -> (routines: [Disassembly.Routine], hasSymbol: Bool) {
    var binary = try MappedBinary(mapping)
    var samples: [(address: UInt64, node: CallGraph.Node)] = []
    for node in nodes {
      if let address = binary.fileAddress(of: node.frame.address) { samples.append((address, node)) }
    }
    samples.sort { $0.address < $1.address }
    var routines: [Disassembly.Routine] = []
    var hasSymbol = false
    for group in try tools.symbols(of: mapping.file) {
      guard let names = names(group) else { continue }
      hasSymbol = true
      let first = samples.firstIndex { $0.address >= group.start } ?? samples.endIndex
      let inside = Array(samples[first...].prefix { $0.address < group.end })
      if inside.isEmpty { continue }
      let lines = try tools.instructions(of: mapping.file, from: group.start, to: group.end)
      routines.append(Disassembly.Routine(names: names, lines, samples: inside))
    }
    return (routines, hasSymbol)
  }

  private static func precedes(_ left: Disassembly.Routine, _ right: Disassembly.Routine) -> Bool {
    if left.names[0] != right.names[0] { return left.names[0].precedesBytewise(right.names[0]) }
    return (left.instructions.first?.address ?? 0) < (right.instructions.first?.address ?? 0)
  }
}

extension Disassembly.Routine {
  /// - Parameter samples: what was measured in the function, in order of the addresses; what falls into the middle of an
  ///   instruction is its own.
  fileprivate init(
    names: [String], _ lines: [ObjdumpLine], samples: [(address: UInt64, node: CallGraph.Node)]
  ) {
    self.names = names
    flat = samples.reduce(0) { $0 &+ $1.node.flatSum }
    cum = samples.reduce(0) { $0 &+ $1.node.cumSum }
    var rest = samples[...]
    instructions = lines.indices.map { index in
      let end = index + 1 < lines.count ? lines[index + 1].address : .max
      let own = rest.prefix { $0.address < end }.map(\.node)
      rest = rest.dropFirst(own.count)
      var line = lines[index]
      if line.file.isEmpty { line.file = own.first { !$0.frame.file.isEmpty }?.frame.file ?? "" }
      if line.line == 0 { line.line = own.first { $0.frame.line != 0 }?.frame.line ?? 0 }
      if line.function.isEmpty { line.function = own.first { !$0.frame.name.isEmpty }?.frame.name ?? "" }
      func value(_ sum: KeyPath<CallGraph.Node, Int64>, _ divisor: KeyPath<CallGraph.Node, Int64>) -> Int64 {
        own.reduce(0) { $0 &+ $1[keyPath: sum] }.mean(over: own.reduce(0) { $0 &+ $1[keyPath: divisor] })
      }
      return Disassembly.Instruction(
        address: line.address, text: line.text, function: line.function,
        file: line.file.isEmpty ? "" : SlashPath.base(line.file), line: line.line,
        flat: value(\.flatSum, \.flatDivisor), cum: value(\.cumSum, \.cumDivisor))
    }
  }
}

extension UInt64 {
  /// A number as Go writes it: decimal, or with `0x`, `0o`, `0b` or an octal's `0` before it.
  init?(goLiteral text: String) {
    let radixes = ["0x": 16, "0X": 16, "0o": 8, "0O": 8, "0b": 2, "0B": 2]
    if let radix = radixes[String(text.prefix(2))] {
      self.init(text.dropFirst(2), radix: radix)
    } else if text.hasPrefix("0"), text.utf8.count > 1 {
      self.init(text.dropFirst(), radix: 8)
    } else {
      guard text.first != "+" else { return nil }
      self.init(text)
    }
  }
}
