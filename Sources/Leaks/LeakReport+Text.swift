extension LeakReport: CustomStringConvertible {
  /// The report for people: each shape of cycle with its path, its size, where it was made and where to cut it.
  public var description: String {
    var lines: [String] = [headline]
    for (number, cycle) in retainCycles.enumerated() { lines += cycle.lines(number: number + 1, counting: "cycle") }
    lines += taskLines
    let others = lost.filter { !$0.areLostTasks }
    if !others.isEmpty {
      lines += ["", "Lost without a cycle (an unbalanced retain, or memory never freed):"]
      for blocks in others { lines += blocks.lines }
    }
    if !notes.isEmpty { lines += [""] + notes.map { "Note: " + $0 } }
    lines += ["", footer]
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    guard scan.leakedBlocks > 0 else { return "No leaks: everything that is allocated can be reached." }
    let cycles = retainCycles, total = cycles.reduce(0) { $0 + $1.count }
    let found = cycles.isEmpty ? "No retain cycles" : Words.count(total, "retain cycle") + " of " + shapes(cycles)
    let tasks = scan.lostTasks == 0 ? "" : ", " + Words.count(scan.lostTasks, "lost task")
    return found + tasks
      + "; leaked in all: \(Words.count(scan.leakedBlocks, "block")), \(Words.bytes(scan.leakedBytes))"
  }

  private func shapes(_ cycles: [RetainCycle]) -> String { Words.count(cycles.count, "shape") }

  /// What lost tasks hold, and what holds them.
  private var taskLines: [String] {
    let loops = loopsOfLostTasks, alone = lost.filter(\.areLostTasks)
    guard scan.lostTasks > 0 || !loops.isEmpty || !alone.isEmpty else { return [] }
    var lines = [
      "",
      "Lost tasks (suspended, and nothing can resume them; --profile taskleak tells who made them and why they wait):",
    ]
    for (number, group) in loops.enumerated() {
      lines += group.lines(number: retainCycles.count + number + 1, counting: "loop")
    }
    for blocks in alone { lines += blocks.lines }
    return lines
  }

  private var footer: String {
    "Looked at \(Words.count(scan.liveBlocks, "live block")), \(Words.bytes(scan.liveBytes)); "
      + "\(Words.count(scan.threads, "thread")) stood still for \(Words.milliseconds(scan.pauseNanoseconds)), "
      + "the report took \(Words.milliseconds(scan.totalNanoseconds))."
  }
}

extension RetainCycle {
  func lines(number: Int, counting word: String) -> [String] {
    var lines = ["", "\(number). \(path)", "   \(Words.count(count, word)), " + size]
    for loop in loops.dropFirst() { lines.append("   also \(path(of: loop))") }
    lines += advice.map { "   " + $0 }
    for node in nodes where !node.allocation.isEmpty && node.kind != .storage {
      lines.append("   \(node.name) allocated in " + node.place)
    }
    return lines
  }

  /// How much the cycles of this shape take in all, and how much more they keep: `600 blocks, 23.4 KiB`.
  public var size: String {
    let own = "\(Words.count(blocks, "block")), \(Words.bytes(bytes))"
    guard kept.blocks > 0 else { return own }
    return own + "; keeps \(Words.count(kept.blocks, "more block")), \(Words.bytes(kept.bytes)) alive"
  }
}

extension LostBlocks {
  var lines: [String] {
    var line = "   \(node.count) × \(node.name), \(Words.bytes(node.bytes))"
    if kept.blocks > 0 { line += "; keeps \(Words.count(kept.blocks, "more block")), \(Words.bytes(kept.bytes)) alive" }
    return node.allocation.isEmpty ? [line] : [line, "      allocated in " + node.place]
  }
}

extension HeapNode {
  /// Where it was allocated: the program's own functions, the innermost with its line.
  var place: String {
    let own = allocation.filter(\.isProgram)
    let shown = own.isEmpty ? allocation : own
    return shown.prefix(4).enumerated().map { position, frame in
      guard position == 0, frame.line > 0, let file = frame.file.split(separator: "/").last else {
        return frame.function
      }
      return "\(frame.function) (\(file):\(frame.line))"
    }.joined(separator: " ← ")
  }
}

/// Numbers as people read them.
enum Words {
  static func count(_ number: Int, _ word: String) -> String {
    "\(grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  /// `1,234,567`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    var result = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0, digits[position - 1] != "-" { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// `640 B`, `12.5 KiB`, `3.0 MiB`.
  static func bytes(_ number: Int) -> String {
    var value = Double(number)
    var unit = "B"
    for larger in ["KiB", "MiB", "GiB"] where value >= 1024 {
      value /= 1024
      unit = larger
    }
    return unit == "B" ? "\(number) B" : "\(tenths(value)) \(unit)"
  }

  static func milliseconds(_ nanoseconds: Int) -> String { tenths(Double(nanoseconds) / 1e6) + " ms" }

  private static func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return "\(scaled / 10).\(scaled % 10)"
  }
}
