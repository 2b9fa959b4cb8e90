/// Boxes and the lines between them with their places, which Graphviz finds.
public struct GraphLayout: Sendable {
  /// A line from one box to another.
  public struct Link: Sendable {
    /// The box where it begins.
    public var source: Int
    /// The box where it ends.
    public var destination: Int
    /// How much it should be short and straight; 1 is usual.
    public var weight: Int
    /// How long the arrowhead is; 0 for none.
    public var arrow: Double

    /// A line between two boxes.
    public init(source: Int, destination: Int, weight: Int, arrow: Double) {
      self.source = source
      self.destination = destination
      self.weight = weight
      self.arrow = arrow
    }
  }

  /// The curve of a link: points of a cubic spline, and where its arrowhead points to.
  public struct Curve: Sendable {
    /// 3n + 1 points: a start, then two controls and an end each.
    public var points: [Point]
    /// Where the arrowhead points to.
    public var tip: Point
  }

  /// Where the boxes are.
  public let boxes: [Rectangle]
  /// The lines, in the order of the links; nil for one that got no place.
  public let curves: [Curve?]
  /// The width of all.
  public let width: Double
  /// The height of all.
  public let height: Double
}

extension GraphLayout {
  /// Places boxes of the given sizes.
  /// - Throws: if Graphviz is missing or fails.
  public init(sizes: [(width: Double, height: Double)], links: [Link]) throws(GraphvizError) {
    if sizes.isEmpty {
      self.init(boxes: [], curves: [], width: 0, height: 0)
      return
    }
    let plain = try Graphviz.layout(Self.question(sizes: sizes, links: links), format: "plain")
    guard let layout = Self(plain: String(decoding: plain, as: UTF8.self), boxes: sizes.count, links: links) else {
      throw .failed(message: "its answer cannot be read")
    }
    self = layout
  }

  /// Edge labels are left out, which makes the layout many times faster; they find their places afterwards.
  private static func question(sizes: [(width: Double, height: Double)], links: [Link]) -> String {
    var text = "digraph{graph[nodesep=0.28 ranksep=0.42];node[shape=box fixedsize=true label=\"\"];\n"
    for (index, size) in sizes.enumerated() {
      text += "\(index)[width=\(size.width / 72) height=\(size.height / 72)];\n"
    }
    for link in links {
      let end = link.arrow > 0 ? "arrowsize=\(link.arrow / 10)" : "dir=none"
      text += "\(link.source)->\(link.destination)[weight=\(link.weight) \(end)];\n"
    }
    return text + "}\n"
  }

  /// Reads the format `plain`: lines of words, lengths in inches, y upwards.
  ///
  /// Source: Graphviz, "Output formats: plain".
  private init?(plain: String, boxes count: Int, links: [Link]) {
    var boxes = [Rectangle?](repeating: nil, count: count)
    var curves = [Curve?](repeating: nil, count: links.count)
    var waiting = Dictionary(grouping: links.indices.reversed()) { [links[$0].source, links[$0].destination] }
    var (width, height) = (0.0, 0.0)
    for line in plain.split(separator: "\n") {
      let words = line.split(separator: " ")
      let numbers = words.map { Double($0) ?? .nan }
      func point(_ index: Int) -> Point { Point(x: numbers[index] * 72, y: height - numbers[index + 1] * 72) }
      switch words.first {
      case "graph" where words.count >= 4:
        width = numbers[2] * 72
        height = numbers[3] * 72
      case "node" where words.count >= 6:
        guard let index = Int(words[1]), boxes.indices.contains(index) else { return nil }
        boxes[index] = Rectangle(center: point(2), width: numbers[4] * 72, height: numbers[5] * 72)
      case "edge" where words.count >= 4:
        guard let source = Int(words[1]), let destination = Int(words[2]), let count = Int(words[3]), count >= 4,
          count % 3 == 1, words.count >= 4 + 2 * count,
          let link = waiting[[source, destination]]?.popLast()
        else { return nil }
        let points = (0..<count).map { point(4 + 2 * $0) }
        curves[link] = Curve(points: points, tip: Self.tip(of: points, arrow: links[link].arrow))
      default: break
      }
    }
    let placed = boxes.compactMap { $0 }
    guard placed.count == count, width.isFinite, height.isFinite else { return nil }
    self.init(boxes: placed, curves: curves, width: width, height: height)
  }

  /// The curve ends where the arrowhead begins: its tip is further on in the same direction.
  private static func tip(of points: [Point], arrow: Double) -> Point {
    guard let end = points.last else { return Point(x: 0, y: 0) }
    let before = points.dropLast().last { ($0 - end).length > 0.1 } ?? Point(x: end.x, y: end.y - 1)
    let way = end - before
    return end + way * (arrow / way.length)
  }
}

extension GraphLayout.Curve {
  /// Points along the curve, so many for each of its segments.
  public func samples(each count: Int) -> [Point] {
    guard var start = points.first else { return [] }
    var samples = [start]
    for segment in 0..<(points.count - 1) / 3 {
      let (a, b, end) = (points[segment * 3 + 1], points[segment * 3 + 2], points[segment * 3 + 3])
      for step in 1...count {
        let t = Double(step) / Double(count)
        let s = 1 - t
        samples.append(start * (s * s * s) + a * (3 * s * s * t) + b * (3 * s * t * t) + end * (t * t * t))
      }
      start = end
    }
    return samples
  }
}
