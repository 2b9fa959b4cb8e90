import ChildProcesses
import Platform

/// The programs that read machine code: `objdump`, `nm` and what tells source lines, those of LLVM before those of GNU,
/// as pprof looks for them.
public struct BinaryTools: Sendable {
  /// Whether instructions are written as Intel writes them.
  public var usesIntelSyntax: Bool
  /// Where a program is looked for before `PATH`: directories by the program's name, and those of all programs.
  private let folders: (named: [String: [String]], all: [String])

  /// Tools that are found when they are needed.
  /// - Parameter paths: pprof's option `tools`: parts with commas between them, each `DIRECTORY` or `PROGRAM:DIRECTORY`.
  public init(usesIntelSyntax: Bool = false, paths: String = "") {
    self.usesIntelSyntax = usesIntelSyntax
    var named: [String: [String]] = [:]
    var all: [String] = []
    for part in paths.split(separator: ",") {
      let words = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if words.count == 2, !words[0].isEmpty {
        named[words[0], default: []].append(words[1])
      } else {
        all.append(words[words.count - 1])
      }
    }
    folders = (named, all)
  }

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

  /// The source lines of addresses in a file, for each the inlined calls, callee first; nil if no program can tell.
  func sourceFrames(of path: String, at addresses: [UInt64]) -> [[SourceFrame]]? {
    let lines = addresses.map { "0x" + hexadecimal($0) + "\n" }.joined()
    let symbolizer = ["--obj=\(path)", "--inlining", "-demangle=false", "--output-style=JSON"]
    let tool = "llvm-symbolizer"
    if let run = try? ChildProcess.run(
      [located(tool)] + symbolizer, input: .bytes(Array(lines.utf8)), limit: .seconds(120)),
      run.ending == .exited(0)
    {
      return SourceFrame.frames(inSymbolizer: String(decoding: run.output, as: UTF8.self), count: addresses.count)
    }
    guard
      let run = try? ChildProcess.run(
        [located("addr2line"), "-aif", "-e", path], input: .bytes(Array(lines.utf8)), limit: .seconds(120)),
      run.ending == .exited(0)
    else { return nil }
    return SourceFrame.frames(inAddr2Line: String(decoding: run.output, as: UTF8.self), count: addresses.count)
  }

  /// A program in the directories that are to be looked through before `PATH`, or else its name.
  private func located(_ program: String) -> String {
    // Under either name of the two that a program may have.
    let family = program.hasPrefix("llvm-") && program != "llvm-symbolizer" ? String(program.dropFirst(5)) : program
    let folders = (folders.named[program] ?? []) + (family == program ? [] : folders.named[family] ?? []) + folders.all
    return folders.map { SlashPath.join($0, program) }.first { access($0, X_OK) == 0 } ?? program
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
        run = try ChildProcess.run([located(program)] + arguments(program) + [file], limit: .seconds(120))
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
