import Leaks
import Testing

@testable import Analysis
@testable import Figures

@Suite struct CycleDrawingTests {
  /// A ring of so many objects, every third of which has a name of several lines.
  private func ring(_ count: Int, cut: Int) -> CycleRing {
    let names = (0..<count).map {
      $0 % 3 == 2 ? "Cache<Dictionary<String, Int>, Result<Never, any Error>>" : "Node\($0)"
    }
    let nodes = names.map { HeapNode(name: $0, kind: .object, count: 1, bytes: 16) }
    let references = (0..<count).map { index in
      HeapReference(
        from: index, to: (index + 1) % count, field: index == cut ? "parent" : "aFieldWithALongName.value\(index)",
        strength: .strong, count: 1)
    }
    return CycleRing(
      RetainCycle(
        count: 1, blocks: count, bytes: 16 * count, nodes: nodes, references: references,
        loops: [RetainLoop(references: Array(0..<count))], kept: KeptBlocks(blocks: 0, bytes: 0)))
  }

  private func numbers(_ text: Substring) -> [Double] { text.matches(of: #/-?[0-9.]+/#).compactMap { Double($0.0) } }

  @Test(
    "Every arrow ends at the border of a box and crosses none; the scissors lie within the drawing", arguments: 1...9)
  func arrows(count: Int) throws {
    let drawing = CycleDrawing(ring: ring(count, cut: count - 1))
    var out = Markup()
    drawing.paint(into: &out)
    let boxes = out.string.matches(of: #/<rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/#).map {
      match in
      let (x, y) = (Double(match.1) ?? .nan, Double(match.2) ?? .nan)
      let (width, height) = (Double(match.3) ?? .nan, Double(match.4) ?? .nan)
      return Rectangle(center: Point(x: x + width / 2, y: y + height / 2), width: width, height: height)
    }
    #expect(boxes.count == count)
    let tips = out.string.matches(of: #/class="tip[^"]*" d="([^"]+)"/#).map { numbers($0.1) }
    #expect(tips.count == count)
    for tip in tips {
      let point = Rectangle(center: Point(x: tip[2], y: tip[3]), width: 0, height: 0)
      #expect(boxes.contains { $0.widened(by: 0.1).overlaps(point) && !$0.widened(by: -0.1).overlaps(point) })
    }
    let ways = out.string.matches(of: #/class="way[^"]*" d="([^"]+)"/#).map { numbers($0.1) }
    for (index, way) in ways.enumerated() {
      let points = stride(from: 0, to: way.count, by: 2).map { Point(x: way[$0], y: way[$0 + 1]) }
      for (from, to) in zip(points, points.dropFirst()) {
        // It leaves its own box, which is painted over it.
        let others = boxes.indices.filter { $0 != index }.map { boxes[$0].widened(by: -0.5) }
        #expect(!others.contains { $0.isMet(byLineFrom: from, to: to) }, "\(count) objects, arrow \(index)")
      }
    }
    if count > 1 {
      let scissors = try #require(out.string.firstMatch(of: #/class="scissors" transform="translate\(([^)]+)\)/#))
      let place = numbers(scissors.1)
      #expect(
        place[0] >= 13 && place[0] <= CycleDrawing.width - 13 && place[1] >= 13 && place[1] <= drawing.height - 13)
    }
  }
}
