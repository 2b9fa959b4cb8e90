import Analysis
import Pprof
import PprofOperations

extension ShownGraph {
  /// The graph in Graphviz' language, as pprof's report `dot`.
  public var dot: String {
    var text = "digraph \"\(title.isEmpty ? "unnamed" : title)\" {\n"
    text += "node [style=filled fillcolor=\"#f8f8f8\"]\n"
    if let first = legend.first {
      let label = legend.map { $0.escapedForDot + "\\l" }.joined()
      text += "subgraph cluster_L { \"\(first.escapedForDot)\" [shape=box fontsize=16 label=\"\(label)\""
      if !title.isEmpty { text += " tooltip=\"\(title)\"" }
      text += "] }\n"
    }
    for (position, node) in nodes.enumerated() { text += dot(node, "N\(position + 1)") }
    for edge in edges { text += dot(edge) }
    return text + "}\n"
  }

  private var look: PprofLook { PprofLook(self) }

  private func dot(_ node: Node, _ name: String) -> String {
    let id = "node" + name.dropFirst()
    var text = "\(name) [label=\"\(label(node))\" id=\"\(id)\" fontsize=\(look.fontSize(node)) shape=box"
    text += " tooltip=\"\(node.name.escapedForDot) (\(format.string(node.cum)))\""
    text += " color=\"\(look.lineColor(node).hexadecimal)\" fillcolor=\"\(look.areaColor(node).hexadecimal)\"]\n"
    for nodelet in node.nodelets {
      let nodeletName = "\(name)_\(nodelet.number)"
      text += dot(nodelet, named: nodeletName, at: name)
      for inner in nodelet.nodelets { text += dot(inner, named: "N\(nodeletName)_\(inner.number)", at: nodeletName) }
    }
    for nodelet in node.numericNodelets { text += dot(nodelet, named: "N\(name)_\(nodelet.number)", at: name) }
    return text
  }

  private func label(_ node: Node) -> String {
    var lines: [String] = []
    if let address = node.label.address { lines.append(address) }
    lines += node.label.name.map(\.escapedForDot)
    if let place = node.label.place { lines.append(place) }
    var text = lines.joined(separator: "\\n") + "\\n"
    text += node.flat == 0 ? "0" : "\(format.string(node.flat)) (\(share(node.flat)))"
    if node.cum != node.flat {
      text += "\(node.flat == 0 ? " " : "\\n")of \(format.string(node.cum)) (\(share(node.cum)))"
    }
    return text
  }

  private func dot(_ nodelet: Nodelet, named name: String, at source: String) -> String {
    let value = format.string(nodelet.value)
    var text = "\(name) [label = \"\(nodelet.label)\" id=\"\(name)\" fontsize=8 shape=box3d tooltip=\"\(value)\"]\n"
    text += "\(source) -> \(name) [label=\" \(value)\" weight=100 tooltip=\"\(value)\" labeltooltip=\"\(value)\""
    return text + (nodelet.isDotted ? " style=\"dotted\"]\n" : "]\n")
  }

  private func dot(_ edge: Edge) -> String {
    let value = format.string(edge.weight)
    let arrow = edge.isResidual ? "..." : "->"
    let tooltip = "\(edge.sourceName.escapedForDot) \(arrow) \(edge.destinationName.escapedForDot) (\(value))"
    let destination = edge.destination.map { $0 + 1 } ?? 0
    var text = "N\(edge.source + 1) -> N\(destination) [label=\" \(value)\(edge.isInline ? "\\n (inline)" : "")\""
    let (weight, width) = (look.layoutWeight(edge), look.penWidth(edge))
    if weight > 1 { text += " weight=\(weight)" }
    if width > 1 { text += " penwidth=\(width)" }
    if let color = look.color(edge) { text += " color=\"\(color.hexadecimal)\"" }
    text += " tooltip=\"\(tooltip)\" labeltooltip=\"\(tooltip)\""
    if edge.isResidual { text += " style=\"dotted\"" }
    // Room for the boxes of the caller's labels.
    let caller = nodes[edge.source]
    if !caller.nodelets.isEmpty || !caller.numericNodelets.isEmpty { text += " minlen=2" }
    return text + "]\n"
  }

  private func share(_ value: Int64) -> Substring { Units.percentage(value, of: total).drop { $0 == " " } }
}

extension String {
  /// The text as it may stand between quotation marks in Graphviz' language, lines aligned to the left.
  fileprivate var escapedForDot: String {
    if !utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") }) {
      return self
    }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\l"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
