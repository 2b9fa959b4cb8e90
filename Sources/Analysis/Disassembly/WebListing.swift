import Patterns
import Pprof

/// The source of functions with what each line costs, and below each line the machine code that was made of it.
public struct WebListing: Sendable {
  /// What the profile is, a line each.
  public let legend: [String]
  /// The value that percentages refer to.
  public let total: Int64
  /// How values are written.
  public let format: ValueFormat
  /// Stretches of source that are of one function each, in the order of their files' names.
  public let functions: [Function]

  /// Lines of one function.
  public struct Function: Sendable {
    /// The function's name.
    public let name: String
    /// The file's name, as the profile or the binary has it.
    public let file: String
    /// The value of the lines themselves.
    public let flat: Int64
    /// The value of the lines and all that they call.
    public let cum: Int64
    /// The lines, with a few around those that cost something.
    public let lines: [Line]
  }

  /// A source line.
  public struct Line: Sendable {
    /// Its number; 0 for instructions of which no line is known.
    public let number: Int
    /// Its text.
    public let text: String
    /// The value of the line itself.
    public let flat: Int64
    /// The value of the line and all that it calls.
    public let cum: Int64
    /// What was made of it; empty if nothing was.
    public let instructions: [Instruction]
  }

  /// A machine instruction.
  public struct Instruction: Sendable {
    /// Its address in the binary.
    public let address: UInt64
    /// The instruction in words; nil if the binary is not at hand and it only stands for what was measured there.
    public let text: String?
    /// The source file and line it is of itself, which is another one where it was inlined; empty and 0 if unknown.
    public let place: (file: String, line: Int)
    /// The value of the instruction itself.
    public let flat: Int64
    /// The value of the instruction and all that it calls.
    public let cum: Int64
    /// Whether other instructions lie between it and the one before it.
    public let startsBlock: Bool
    /// How deep it was inlined into the line.
    public let depth: Int
    /// The calls that lead to it from the line, inlined, as far as they are others than before it.
    public let calls: [Call]
  }

  /// A call that was inlined.
  public struct Call: Sendable {
    /// How many calls there are between the line and this one.
    public let depth: Int
    /// The file.
    public let file: String
    /// The line.
    public let line: Int
    /// Its text; empty if the source is not at hand.
    public let text: String
  }
}

extension Report {
  /// The source and machine code of the functions whose name, file or binary matches.
  ///
  /// - Parameters:
  ///   - expression: an expression as pprof takes it, or an address.
  ///   - mostFiles: at most so many files, those that cost the most; nil for all, by their names.
  /// - Throws: if there is no such function.
  ///
  /// Source: google/pprof, `internal/report/source.go` (`MakeWebList`).
  public func webListing(
    matching expression: String, reader: SourceReader, tools: BinaryTools, mostFiles: Int? = nil
  ) throws -> WebListing {
    var places = try SampledPlaces(self, matching: expression)
    if places.interest.isEmpty { throw NoWebListing(expression: expression) }
    var code = ListedCode(interest: places.interest)
    for range in places.takeRanges() { code.add(range, profile: profile, tools: tools) }
    for address in places.addresses.keys.sorted() {
      code.add(address, frames: places.frames(at: address))
    }
    code.weigh(flat: places.flat, cum: places.cum)
    var lines = SourceLines(reader: reader)
    let files = code.files(atMost: mostFiles)
    let functions = files.flatMap { file in
      code.functions(of: file, names: places.readableNames).compactMap { function in
        function.cum == 0 ? nil : code.listing(of: function, in: file, lines: &lines)
      }
    }
    return WebListing(legend: profileLegend, total: total, format: format, functions: functions)
  }
}

extension WebListing {
  /// What was made of the lines of a file, by their numbers, as far as it can be read.
  /// - Parameter file: the file's name as the profile has it.
  public func instructions(in file: String) -> [Int: [Instruction]] {
    let name = SlashPath.clean(file)
    var instructions: [Int: [Instruction]] = [:]
    for function in functions where function.file == name {
      for line in function.lines where line.instructions.contains(where: { $0.text != nil }) {
        instructions[line.number, default: []] += line.instructions
      }
    }
    return instructions
  }
}

/// Nothing that was measured matches.
public struct NoWebListing: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was looked for.
  public let expression: String

  /// What went wrong, in pprof's words.
  public var description: String { "no matches found for regexp: \(expression)" }
}

/// Lines of source files, each file read once; none of one that cannot be read.
struct SourceLines {
  let reader: SourceReader
  private var files: [String: [String]] = [:]

  init(reader: SourceReader) { self.reader = reader }

  /// A line by its number, from 1.
  mutating func line(_ number: Int, of file: String) -> String? {
    if files[file] == nil { files[file] = (try? reader.lines(of: file)) ?? [] }
    guard let lines = files[file], lines.indices.contains(number - 1) else { return nil }
    return lines[number - 1]
  }
}
