import Analysis

/// The drawing of one cycle: blocks of memory are boxes with the field that leads on, fields are arrows, and the scissors lie on the
/// arrow to cut.
///
/// The first block stands on the left, the others go down on the right and come back up on the left. So every arrow leads
/// to a neighbour, and crosses nothing: those that go up do so left of all boxes.
struct CycleDrawing {
  let ring: CycleRing

  /// As wide as a phone.
  static let width = 320.0
  private static let (boxWidth, gap, size) = (128.0, 40.0, 12.5)
  /// How long the head of the arrow to cut is, and how large the scissors are, from their middle.
  private static let (tip, scissors) = (11.0, 13.0)
  /// The room left of the boxes.
  private static let channel = 20.0
  private static let line = size * 1.25

  private struct Box {
    var object: CycleRing.Object
    var titles: [String]
    var fields: [String]
    var isRight: Bool
    /// Whether the way goes on upwards, so that the field's dot is on the left border.
    var goesUp: Bool
    var row: Int
    var top = 0.0
    /// That of the higher box in its row, so that an arrow from one to the other meets both.
    var height = 0.0

    var headHeight: Double { Double(titles.count) * CycleDrawing.line + 11 }
    var leastHeight: Double { headHeight + Double(max(fields.count, 1)) * CycleDrawing.line + 12 }
    var left: Double { isRight ? CycleDrawing.width - 4 - CycleDrawing.boxWidth : CycleDrawing.channel }
    var right: Double { left + CycleDrawing.boxWidth }
    var middle: Double { left + CycleDrawing.boxWidth / 2 }
    var bottom: Double { top + height }
    /// Where a line of the field stands.
    func baseline(of line: Int) -> Double { top + headHeight + 3 + CycleDrawing.line * Double(line + 1) }
    /// Where the field's dot is, beside its last line.
    var dot: Point {
      Point(x: goesUp ? left : isRight ? left + 14 : right - 14, y: baseline(of: max(fields.count, 1) - 1) - 4)
    }
  }

  private let boxes: [Box]

  init(ring: CycleRing) {
    self.ring = ring
    let count = ring.objects.count
    let onRight = (count + 1) / 2
    var boxes = ring.objects.enumerated().map { index, object in
      let isRight = index >= 1 && index <= onRight
      let title = object.times > 1 ? "\(object.title) (\(object.times) times)" : object.title
      return Box(
        object: object,
        titles: wrapName(title, width: (Self.boxWidth - 18) / 1.25, size: Self.size * GraphBox.bold, lines: 3),
        fields: object.field.isEmpty
          ? [] : wrapName(object.field, width: (Self.boxWidth - 40) / 1.25, size: Self.size, lines: 5),
        isRight: isRight, goesUp: index > onRight, row: isRight ? index - 1 : index == 0 ? 0 : 2 * onRight - index)
    }
    // Rows as high as the higher of both boxes in them.
    var top = 6.0
    for row in 0...(boxes.map(\.row).max() ?? 0) {
      let inRow = boxes.indices.filter { boxes[$0].row == row }
      let height = inRow.map { boxes[$0].leastHeight }.max() ?? 0
      for index in inRow { (boxes[index].top, boxes[index].height) = (top, height) }
      top += height + Self.gap
    }
    self.boxes = boxes
  }

  /// How high it is, in pixels.
  var height: Double { (boxes.map(\.bottom).max() ?? 0) + (boxes.count < 3 ? 44 : 8) }

  func paint(into out: inout Markup) {
    out.beginDrawing(width: Self.width, height: height)
    for index in boxes.indices { paintArrow(index, into: &out) }
    for box in boxes { paint(box, into: &out) }
    for (index, box) in boxes.enumerated() where box.object.isCut { paintScissors(on: index, into: &out) }
    out.raw("</svg>")
  }

  /// The corners of the arrow from an object's field to the next object; the last is its tip.
  private func way(_ index: Int) -> [Point] {
    let (from, to) = (boxes[index], boxes[(index + 1) % boxes.count])
    let dot = from.dot
    if boxes.count == 1 {
      let (low, right) = (from.bottom + 22, from.right + 26)
      return [
        dot, Point(x: dot.x, y: low), Point(x: right, y: low), Point(x: right, y: from.top + 14),
        Point(x: from.right, y: from.top + 14),
      ]
    }
    switch (from.isRight, to.isRight) {
    case (true, true): return [dot, Point(x: dot.x, y: to.top)]
    case (false, true): return [dot, Point(x: to.left, y: dot.y)]
    case (true, false) where boxes.count == 2:
      let low = max(from.bottom, to.bottom) + 26
      return [dot, Point(x: dot.x, y: low), Point(x: to.middle, y: low), Point(x: to.middle, y: to.bottom)]
    case (true, false) where to.row == from.row: return [dot, Point(x: to.right, y: dot.y)]
    // To the first, which stands alone in its column.
    case (true, false): return [dot, Point(x: to.middle, y: dot.y), Point(x: to.middle, y: to.bottom)]
    case (false, false):
      let (side, between) = (from.left - Self.channel * 0.6, to.bottom + Self.gap / 2)
      return [
        dot, Point(x: side, y: dot.y), Point(x: side, y: between), Point(x: to.middle, y: between),
        Point(x: to.middle, y: to.bottom),
      ]
    }
  }

  private func paintArrow(_ index: Int, into out: inout Markup) {
    var way = way(index)
    guard let tip = way.popLast(), let before = way.last else { return }
    let isCut = boxes[index].object.isCut
    let length = (tip - before).length
    let step = (tip - before) * (1 / max(length, 0.01))
    let (long, half) = isCut ? (Self.tip, 6.0) : (9.0, 4.5)
    let base = tip - step * long
    let across = Point(x: -step.y * half, y: step.x * half)
    out.path(isCut ? "way cut" : "way", through: way + [base])
    out.path(isCut ? "tip cut" : "tip", through: [base + across, tip, base - across], isClosed: true)
  }

  /// Where the scissors lie: on the middle of the way's longest stretch, as far as that is seen.
  private func paintScissors(on index: Int, into out: inout Markup) {
    var way = way(index)
    let box = boxes[index]
    if way[1].y == way[0].y { way[0].x = way[1].x < way[0].x ? box.left : box.right }
    if let tip = way.popLast(), let before = way.last {
      way.append(tip - (tip - before) * (Self.tip / max((tip - before).length, Self.tip)))
    }
    let stretches = zip(way, way.dropFirst())
    guard let longest = stretches.max(by: { ($0.1 - $0.0).length < ($1.1 - $1.0).length }) else { return }
    var middle = (longest.0 + longest.1) * 0.5
    middle.x = max(middle.x, Self.scissors + 1)
    out.raw("<g class=\"scissors\" transform=\"translate(")
    out.point(middle)
    out.raw(")\"><circle r=\"")
    out.number(Self.scissors)
    out.raw("\"/><text y=\"6\">✂</text></g>")
  }

  private func paint(_ box: Box, into out: inout Markup) {
    out.raw("<rect x=\"")
    out.number(box.left)
    out.raw("\" y=\"")
    out.number(box.top)
    out.raw("\" width=\"")
    out.number(Self.boxWidth)
    out.raw("\" height=\"")
    out.number(box.height)
    out.raw("\" rx=\"4\"/>")
    let rule = box.top + box.headHeight
    out.path("rule", through: [Point(x: box.left, y: rule), Point(x: box.right, y: rule)])
    for (number, title) in box.titles.enumerated() {
      out.text(title, "title", at: Point(x: box.left + 10, y: box.top + 4 + Self.line * Double(number + 1)))
    }
    let start = box.left + (box.isRight ? 26 : box.goesUp ? 14 : 10)
    for (number, field) in box.fields.enumerated() {
      out.text(field, "field", at: Point(x: start, y: box.baseline(of: number)))
    }
    guard !box.fields.isEmpty || boxes.count == 1 else { return }
    out.raw(box.object.isCut ? "<circle class=\"dot cut\" r=\"4\" cx=\"" : "<circle class=\"dot\" r=\"4\" cx=\"")
    out.number(box.dot.x)
    out.raw("\" cy=\"")
    out.number(box.dot.y)
    out.raw("\"/>")
  }
}
