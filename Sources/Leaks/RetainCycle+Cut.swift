/// The reference of a loop to cut, and how.
public struct RetainCut: Sendable, Hashable {
  /// Position in the loop's `references`.
  public var position: Int
  /// What to write, in a sentence.
  public var advice: String
  /// Whether the reference stands out, so that a path is best told up to it.
  package var isPlain = true
}

extension RetainCycle {
  /// Where to cut the loop, or nil if none of the program's own code is on it.
  ///
  /// The first of these that there is: what a suspended task holds, and who keeps a task that has ended; a closure's capture
  /// of an object; what the program has asked a library to do until it is told to stop, such as a timer; a closure that
  /// holds the variable that holds it; a field whose name says that it looks back (`parent`, `delegate`, …), or that leads
  /// to whoever made its owner; the only plain field in a loop that otherwise leads into containers; a closure's capture of
  /// a variable; any plain field; what an object of the program's keeps of a library's.
  public func cut(of loop: RetainLoop) -> RetainCut? {
    // A ring of many like objects is told by two of them.
    let positions = loop.positionsWithoutRepetition
    let links = links(of: RetainLoop(references: positions.map { loop.references[$0] }))
    guard links.count == positions.count, var cut = cut(in: links) else { return nil }
    cut.position = positions[cut.position]
    return cut
  }

  private func cut(in links: [Link]) -> RetainCut? {
    let plain =
      taskCut(in: links) ?? Self.captureCut(in: links) ?? Self.endingCut(in: links) ?? Self.recursionCut(in: links)
      ?? Self.plainFieldCut(in: links)
    guard plain == nil else { return plain }
    var other = Self.variableCut(in: links) ?? Self.anyFieldCut(in: links)
    other?.isPlain = false
    return other
  }

  /// What is said of the loops of all cycles of this shape: each cut once, and whether some have none. Where two references
  /// are cut in the same function in the same words, the fields tell them apart.
  public var advice: [String] {
    let cuts = loops.map { loop in (loop, cut: cut(of: loop)) }
    var places: [String: Set<Int>] = [:]
    for (loop, cut) in cuts {
      if let cut { places[cut.withoutLine, default: []].insert(loop.references[cut.position]) }
    }
    var lines: [String] = []
    for (loop, cut) in cuts {
      var line = "none of your code is on it: a library's objects hold each other"
      if let cut {
        let isAmbiguous = (places[cut.withoutLine]?.count ?? 0) > 1
        line = "cut: " + cut.advice + (isAmbiguous ? ", which is in " + holder(cut, of: loop) : "")
      }
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
  }

  /// The field that leads to the closure that a cut is in, or that is cut: `DownloadTask.callbacks[…].completed`.
  private func holder(_ cut: RetainCut, of loop: RetainLoop) -> String {
    let count = loop.references.count
    var position = cut.position
    guard loop.references.indices.contains(position), let last = link(loop.references[position]) else { return "" }
    if last.reference.closure == nil, last.owner.kind == .closure { position -= 1 }
    var field = ""
    for _ in loop.references {
      guard let link = link(loop.references[(position + count) % count]) else { return field }
      let isDotted = !link.reference.field.isEmpty && !link.reference.field.hasPrefix("[")
      field = (isDotted ? "." : "") + link.reference.field + field
      guard link.owner.kind == .storage || link.owner.kind == .box else { return link.owner.name + field }
      position -= 1
    }
    return field
  }

  typealias Link = (reference: HeapReference, owner: HeapNode, target: HeapNode)
}

extension RetainCut {
  /// The advice without `(Session.swift:7)`.
  fileprivate var withoutLine: String { advice.replacing(#/ \([^ ()]+:\d+\)/#, with: "") }
}

extension AllocationFrame {
  /// The function with its line: `Session.open() (Session.swift:7)`.
  var place: String {
    guard !file.isEmpty, line > 0 else { return function }
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return "\(function) (\(name):\(line))"
  }

  /// Whether the function is a member of a type: `Session.open()` of `Session` or `Session<Int>`.
  func isMember(of type: String) -> Bool {
    let plain = type.prefix { $0 != "<" }
    // One that stands in another has the other's name behind its own.
    let outermost = function.ranges(of: " in ").last.map { function[$0.upperBound...] } ?? function[...]
    let name = outermost.hasPrefix("static ") ? "" : outermost
    return name.hasPrefix(plain + ".") || name.hasPrefix(plain + "<") || name.contains("." + plain + ".")
  }
}

extension HeapNode {
  /// Whether the program made the object and no library did, such as an NSArray or what an AnySequence wraps: who keeps
  /// those has nobody else to keep them.
  var isOfProgram: Bool {
    kind == .object && !isLibrary && !name.hasPrefix("_") && allocation.first?.isProgram ?? true
  }
}
