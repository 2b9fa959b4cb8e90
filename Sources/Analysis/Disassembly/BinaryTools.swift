import ChildProcesses

/// The programs that read machine code: `objdump` and `nm`, those of LLVM before those of GNU, as pprof looks for them.
public struct BinaryTools: Sendable {
  /// Whether instructions are written as Intel writes them.
  public var usesIntelSyntax: Bool

  /// Tools that are found in `PATH` when they are needed.
  public init(usesIntelSyntax: Bool = false) { self.usesIntelSyntax = usesIntelSyntax }

  /// The symbols of a file in order of their addresses.
  func symbols(of path: String) throws(DisassemblyError) -> [SymbolGroup] {
    let (output, _) = try run(["llvm-nm", "nm"], path) { _ in ["-n"] }
    return SymbolGroup.groups(inNM: output)
  }

  /// The instructions from one address of a file up to another, which is not included.
  func instructions(of path: String, from start: UInt64, to end: UInt64) throws(DisassemblyError) -> [ObjdumpLine] {
    let (output, _) = try run(["llvm-objdump", "objdump"], path) { tool in
      let intel = tool == "objdump" ? ["-M", "intel"] : ["--x86-asm-syntax=intel"]
      return ["--disassemble", "--demangle", "--no-show-raw-insn", "--line-numbers"]
        + ["--start-address=0x\(hexadecimal(start))", "--stop-address=0x\(hexadecimal(end))"]
        + (usesIntelSyntax ? intel : [])
    }
    return ObjdumpLine.lines(in: output)
  }

  /// What the first of the programs that there is says of a file.
  private func run(
    _ programs: [String], _ path: String, arguments: (String) -> [String]
  ) throws(DisassemblyError) -> (output: String, program: String) {
    for program in programs {
      // A path that begins with a dash would be an option.
      let file = path.hasPrefix("-") ? "./" + path : path
      let run: ChildProcess.Outcome
      do throws(ChildProcessError) {
        run = try ChildProcess.run([program] + arguments(program) + [file], limit: .seconds(120))
      } catch .notFound {
        continue
      } catch {
        throw .tool("\(error)")
      }
      guard run.ending == .exited(0) else { throw .tool("\(program) on \(path) failed: \(run.messages)") }
      return (String(decoding: run.output, as: UTF8.self), program)
    }
    throw .noTool(programs[programs.count - 1])
  }
}

/// Why there is no disassembly.
public enum DisassemblyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The binary of a mapping cannot be opened; `code` is the system's `errno`.
  case unreadable(path: String, code: Int32)
  /// The binary of a mapping is none.
  case notAnObject(path: String)
  /// There is no such program.
  case noTool(String)
  /// A program failed, in its words.
  case tool(String)
  /// Nothing that was measured is in a function of that name.
  case noMatch(String)
  /// There is no symbol at the address.
  case noSymbol(UInt64)
  /// Nothing was measured in the function at the address.
  case noSamples(UInt64)

  /// What went wrong; where pprof has words for it, in those.
  public var description: String {
    switch self {
    case .unreadable(let path, let code): return SourceError.unreadable(path: path, code: code).description
    case .notAnObject(let path): return "unrecognized binary format: \(path)"
    case .noTool(let name): return "cannot find the program \"\(name)\"; install it (apt-get install binutils)"
    case .tool(let message): return message
    case .noMatch(let expression): return "no matches found for regexp \(expression)"
    case .noSymbol(let address): return "no matches found for address 0x\(hexadecimal(address))"
    case .noSamples(let address):
      return "address 0x\(hexadecimal(address)) found in binary, but the corresponding symbols do not have samples in"
        + " the profile"
    }
  }
}
