import Pprof

/// Machine code sorted by the source lines it was made of.
///
/// Source: google/pprof, `internal/report/source.go` (`expandAddresses`, `addStack`, `functions`, `generateFile`).
struct ListedCode {
  /// The lines of a file that something was made of.
  struct File {
    var name: String
    var flat: Int64 = 0
    var cum: Int64 = 0
    /// The instructions of a line, each with the calls inlined between the line and it, caller first.
    var lines: [Int: [(address: UInt64, calls: [SourceFrame])]] = [:]
    /// The function that a line is taken to be of.
    var functions: [Int: String] = [:]
  }

  /// A stretch of lines of one function.
  struct Stretch {
    var name: String
    var lines: Range<Int>
    var flat: Int64
    var cum: Int64
  }

  private struct Instruction {
    var address: UInt64
    var length: UInt64
    /// Nil if the binary is not at hand.
    var text: String?
    var file = ""
    var line = 0
    var flat: Int64 = 0
    var cum: Int64 = 0
  }

  private let interest: Set<String>
  private var files: [String: File] = [:]
  private var instructions: [UInt64: Instruction] = [:]

  init(interest: Set<String>) { self.interest = interest }

  /// Adds the code of a stretch of a binary; none if the tools cannot read it.
  mutating func add(_ range: SampledPlaces.Range, profile: Profile, tools: BinaryTools) {
    let mapping = profile.mappings[range.mapping]
    guard var binary = try? MappedBinary(mapping), let known = range.addresses.first,
      let file = binary.fileAddress(of: known)
    else { return }
    let shift = known &- file
    guard
      let lines = try? tools.instructions(of: mapping.file, from: range.start &- shift, to: range.end &- shift)
    else { return }
    let frames = tools.sourceFrames(of: mapping.file, at: lines.map(\.address))
    var (last, lastFrames, highest): (UInt64, [SourceFrame], UInt64) = (0, [], 0)
    for (index, line) in lines.enumerated() {
      let address = line.address &+ shift
      // What is printed twice counts once.
      if address <= highest { continue }
      highest = address
      let next = index + 1 < lines.count ? lines[index + 1].address : 0
      var stack =
        frames?[index] ?? [SourceFrame(function: line.function, file: line.file, line: SourceFrame.line(line.line))]
      instructions[address] = Instruction(
        address: line.address, length: next > line.address ? next - line.address : 1, text: line.text,
        file: stack.first?.file ?? "", line: stack.first?.line ?? 0)
      // One without a line is taken for part of what stands close before it.
      if let first = stack.first, first.line != 0 {
        (last, lastFrames) = (address, stack)
      } else if address &- last <= 32, !lastFrames.isEmpty {
        stack = lastFrames
      }
      place(address, stack)
    }
  }

  /// Adds an address of which only the profile knows the frames.
  mutating func add(_ address: UInt64, frames: [SourceFrame]) {
    instructions[address] = Instruction(
      address: address, length: 1, file: frames.first?.file ?? "", line: frames.first?.line ?? 0)
    place(address, frames)
  }

  private mutating func place(_ address: UInt64, _ stack: [SourceFrame]) {
    for (depth, frame) in stack.enumerated() where interest.contains(frame.function) {
      let name = canonical(frame.file)
      let calls = stack[..<depth].reversed().map { SourceFrame(function: "", file: $0.file, line: $0.line) }
      files[name, default: File(name: name)].lines[frame.line, default: []].append((address, calls))
      if files[name]?.functions[frame.line] == nil { files[name]?.functions[frame.line] = frame.function }
    }
  }

  private func canonical(_ file: String) -> String {
    var file = file
    for prefix in ["/proc/self/cwd/", "./"] where file.hasPrefix(prefix) { file.removeFirst(prefix.count) }
    return SlashPath.clean(file)
  }

  /// Gives the instructions what was measured at their addresses, and in their middle.
  mutating func weigh(flat: [UInt64: Int64], cum: [UInt64: Int64]) {
    let starts = instructions.keys.sorted()
    func add(_ sums: [UInt64: Int64], _ path: WritableKeyPath<Instruction, Int64>) {
      for (address, value) in sums {
        guard let start = starts.last(notAbove: address), let found = instructions[start],
          address - start < found.length
        else { continue }
        instructions[start]?[keyPath: path] &+= value
      }
    }
    add(flat, \.flat)
    add(cum, \.cum)
    for name in files.keys {
      let all = Set(files[name]?.lines.values.flatMap { $0.map(\.address) } ?? [])
      files[name]?.flat = all.reduce(0) { $0 &+ (instructions[$1]?.flat ?? 0) }
      files[name]?.cum = all.reduce(0) { $0 &+ (instructions[$1]?.cum ?? 0) }
    }
  }

  /// The files by name, or so many of those that cost the most.
  func files(atMost limit: Int?) -> [File] {
    let sorted = files.values.sorted { $0.name.precedesBytewise($1.name) }
    guard let limit else { return sorted }
    return Array(sorted.sorted { $0.flat > $1.flat }.prefix(limit))
  }

  /// The stretches of a file: lines of one function that lie close together, with a few lines around.
  func functions(of file: File, names: [String: String]) -> [Stretch] {
    var stretches: [Stretch] = []
    for line in file.lines.keys.sorted() {
      let symbol = file.functions[line] ?? ""
      let name = names[symbol] ?? symbol
      let all = file.lines[line] ?? []
      let flat = all.reduce(0) { $0 &+ (instructions[$1.address]?.flat ?? 0) }
      let cum = all.reduce(0) { $0 &+ (instructions[$1.address]?.cum ?? 0) }
      if let last = stretches.last, last.name == name, line - last.lines.upperBound < 20 {
        stretches[stretches.count - 1].lines = last.lines.lowerBound..<line + 1
        stretches[stretches.count - 1].flat &+= flat
        stretches[stretches.count - 1].cum &+= cum
      } else {
        stretches.append(Stretch(name: name, lines: line..<line + 1, flat: flat, cum: cum))
      }
    }
    let margin = 5
    for index in stretches.indices {
      let (start, end) = (stretches[index].lines.lowerBound, stretches[index].lines.upperBound)
      if index == 0 {
        // Line 0 is none that others lie before.
        stretches[0].lines = (start > margin ? start - margin : min(start, 1))..<end
      } else {
        let before = stretches[index - 1].lines
        let gap = min((start - before.upperBound) / 2, margin)
        stretches[index - 1].lines = before.lowerBound..<before.upperBound + gap
        stretches[index].lines = start - gap..<end
      }
    }
    if let last = stretches.last {
      stretches[stretches.count - 1].lines = last.lines.lowerBound..<last.lines.upperBound + margin
    }
    return stretches
  }

  /// The lines of a stretch with their text and their instructions.
  func listing(of stretch: Stretch, in file: File, lines source: inout SourceLines) -> WebListing.Function {
    var lines: [WebListing.Line] = []
    for number in stretch.lines {
      let here = file.lines[number] ?? []
      let known = source.line(number, of: file.name)
      if known == nil, here.isEmpty { continue }
      let text = known ?? (number == 0 ? "<instructions with unknown line numbers>" : "???")
      var (last, calls): (UInt64, [SourceFrame]) = (0, [])
      var listed: [WebListing.Instruction] = []
      for (address, inlined) in here {
        guard let instruction = instructions[address] else { continue }
        let starts = address != last &+ (instructions[last]?.length ?? 0)
        last = address
        var shown: [WebListing.Call] = []
        for (depth, call) in inlined.enumerated() {
          if calls.indices.contains(depth), calls[depth] == call { continue }
          calls = []
          shown.append(
            WebListing.Call(
              depth: depth, file: call.file, line: call.line, text: source.line(call.line, of: call.file) ?? ""))
        }
        calls = inlined
        listed.append(
          WebListing.Instruction(
            address: instruction.address, text: instruction.text, place: (instruction.file, instruction.line),
            flat: instruction.flat, cum: instruction.cum, startsBlock: starts && !listed.isEmpty,
            depth: inlined.count, calls: shown))
      }
      lines.append(
        WebListing.Line(
          number: number, text: text, flat: listed.reduce(0) { $0 &+ $1.flat },
          cum: listed.reduce(0) { $0 &+ $1.cum }, instructions: listed))
    }
    return WebListing.Function(
      name: stretch.name, file: file.name, flat: stretch.flat, cum: stretch.cum, lines: lines)
  }
}

extension [UInt64] {
  /// The last element of a sorted array that is not above a number.
  fileprivate func last(notAbove number: UInt64) -> UInt64? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : self[low - 1]
  }
}
