import Analysis

extension CostGraph {
  /// The graph in Callgrind's format, as pprof's report `callgrind`.
  ///
  /// Names are numbered where they first occur and from then on only the number is given; addresses are given relative
  /// to the node before where that is shorter.
  public var callgrind: String {
    var objects = NumberedNames()
    var files = NumberedNames()
    var functions = NumberedNames()
    var text = "positions: instr line\nevents: \(sampleType)(\(format.outputUnit))\n"
    var previous: Frame?
    for node in graph.shownNodes {
      let frame = node.frame
      if previous.map({ !$0.isInSameFunction(as: frame) }) ?? true {
        text += "\nob=\(objects.reference(to: frame.objectFile))\nfl=\(files.reference(to: frame.file))\n"
        text += "fn=\(functions.reference(to: frame.name))\n"
      }
      text += "\(position(frame.address, after: previous)) \(frame.line) \(format.wholeNumber(node.flat))\n"
      for edge in node.outgoing.map({ graph.edges[$0] }) {
        let callee = graph.nodes[edge.destination].frame
        text += "cfl=\(files.reference(to: callee.file))\n"
        text += "cfn=\(functions.reference(to: calleeNames[edge.destination]))\n"
        text += "calls=0 \(position(callee.address, after: previous)) \(callee.line)\n"
        text += "* * \(format.wholeNumber(edge.weightSum))\n"
      }
      previous = frame
    }
    return text
  }

  private func position(_ address: UInt64, after previous: Frame?) -> String {
    let absolute = "0x" + String(address, radix: 16)
    guard let previous = previous?.address else { return absolute }
    if previous == address { return "*" }
    let distance = Int64(bitPattern: address &- previous)
    let relative = distance < 0 ? "\(distance)" : "+\(distance)"
    return relative.utf8.count < absolute.utf8.count ? relative : absolute
  }
}

extension Frame {
  fileprivate func isInSameFunction(as other: Frame) -> Bool {
    objectFile == other.objectFile && file == other.file && name == other.name
  }
}

/// Callgrind's compression of names: `(3) name` at first, `(3)` from then on.
private struct NumberedNames {
  private var numbers: [String: Int] = [:]

  mutating func reference(to name: String) -> String {
    if name.isEmpty { return "" }
    if let number = numbers[name] { return "(\(number))" }
    numbers[name] = numbers.count + 1
    return "(\(numbers.count)) \(name)"
  }
}
