import Analysis

/// A heat map of how busy threads were: time to the right, utilisation upwards, darker where more threads are.
public struct HeatFigure: Sendable {
  private static let (cell, height) = (8.0, 18.0)
  private static let colours = 8
  private let heat: UtilisationHeat
  private let at: (@Sendable (WindowSteps.Window) -> String)?

  /// - Parameter at: Where a column leads; nil for nowhere.
  public init(_ heat: UtilisationHeat, at: (@Sendable (WindowSteps.Window) -> String)? = nil) {
    (self.heat, self.at) = (heat, at)
  }

  /// The map.
  public var figure: Figure {
    var out = Markup()
    out.raw("<div class=\"timeline heat\" role=\"figure\" aria-label=\"")
    out.text(sentence)
    out.raw("\">")
    paintKey(into: &out)
    out.raw("<div class=\"timeline-track\"><span>busy<small>0 to 100\u{A0}%</small></span><div style=\"height:")
    out.number(Self.height * Double(heat.levels))
    out.raw("px\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
    out.number(Self.cell * Double(heat.columns))
    out.raw(" ")
    out.number(Self.height * Double(heat.levels))
    out.raw("\" preserveAspectRatio=\"none\">")
    for colour in 0..<Self.colours { paint(colour, into: &out) }
    out.raw("</svg>")
    paintLinks(into: &out)
    out.raw("</div></div>")
    TimelineAxis(heat.window).paint(into: &out)
    out.element(
      "p", ["class": "timeline-note"],
      text: "Each column is \(TraceTime.text(heat.window.length / Int64(max(heat.columns, 1)))). Colours are ranked: "
        + "each number of threads that there is has the next one.")
    out.raw("</div>")
    return Figure(body: out.string, alt: sentence, table: table)
  }

  /// The coldest is hardly told from an empty cell, and is left out.
  private func colour(of rank: Double) -> Int { 1 + Int((rank * Double(Self.colours - 2)).rounded()) }

  private func paint(_ colour: Int, into out: inout Markup) {
    let cells = heat.cells.filter { self.colour(of: $0.rank) == colour }
    if cells.isEmpty { return }
    out.raw("<path class=\"h")
    out.number(colour)
    out.raw("\" d=\"")
    for cell in cells {
      out.raw("M")
      out.number(Double(cell.column) * Self.cell)
      out.raw(" ")
      out.number(Double(heat.levels - 1 - cell.level) * Self.height)
      out.raw("h")
      out.number(Self.cell)
      out.raw("v")
      out.number(Self.height)
      out.raw("h-")
      out.number(Self.cell)
      out.raw("z")
    }
    out.raw("\"/>")
  }

  /// A column leads to its time.
  private func paintLinks(into out: inout Markup) {
    guard let at else { return }
    for column in 0..<heat.columns {
      let from = heat.window.start + Int64(Double(column) / Double(heat.columns) * Double(heat.window.length))
      let length = max(heat.window.length / Int64(heat.columns), WindowSteps.shortest)
      let here = heat.cells.filter { $0.column == column }.reversed()
      let words = here.map { cell in
        "\(cell.threads) from \(cell.level * 100 / heat.levels) %"
      }.joined(separator: ", ")
      out.raw("<a class=\"column\" tabindex=\"-1\" href=\"")
      out.text(at(WindowSteps.Window(start: from, length: length)))
      out.raw("\" style=\"--l:")
      out.number(Double(column) / Double(heat.columns) * 100)
      out.raw("%;--w:")
      out.number(100 / Double(heat.columns))
      out.raw("%\" title=\"")
      out.text("\(TraceTime.place(from, within: heat.window.length)): \(words)")
      out.raw("\"></a>")
    }
  }

  private func paintKey(into out: inout Markup) {
    out.raw("<p class=\"timeline-key\">")
    let numbers = heat.numbers
    for (place, number) in numbers.enumerated()
    where numbers.count <= 8 || place % (numbers.count / 8 + 1) == 0 || place == numbers.count - 1 {
      let rank = numbers.count == 1 ? 1 : Double(place) / Double(numbers.count - 1)
      out.raw("<span><i class=\"h")
      out.number(colour(of: rank))
      out.raw("\"></i>")
      out.text("\(number) thread\(number == 1 ? "" : "s")")
      out.raw("</span>")
    }
    out.raw("</p>")
  }

  private var sentence: String {
    let mean = heat.means.reduce(0, +) / Double(max(heat.means.count, 1))
    return "How busy \(heat.threads) thread\(heat.threads == 1 ? "" : "s") were over "
      + "\(TraceTime.text(heat.window.length)): \(Int((mean * 100).rounded())) % in the mean."
  }

  private var table: DataTable {
    let rows = heat.means.enumerated().map { column, mean in
      let from = heat.window.start + Int64(Double(column) / Double(heat.columns) * Double(heat.window.length))
      return [TraceTime.place(from, within: heat.window.length), "\(Int((mean * 100).rounded())) %"]
    }
    return DataTable(columns: [.init("from"), .init("threads busy, in the mean", alignment: .trailing)], rows: rows)
  }
}
