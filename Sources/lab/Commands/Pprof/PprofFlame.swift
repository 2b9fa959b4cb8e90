import Analysis
import Figures
import Pprof

extension PprofRequest {
  /// The flame graph as a file: a page if the output is named so, else an SVG picture.
  ///
  /// With a base it is the difference of the two sides, each with what chance leaves open of it.
  func flame(notice: (String) -> Void) throws -> [UInt8] {
    let (profile, base) = try sides(notice: notice)
    var report = options
    report.divideBy = 1
    let scaled = profile.divided(by: options.divideBy)
    let former = base?.divided(by: options.divideBy)
    let prepared = try Report(scaled, kind: .traces, options: report)
    prepared.notices.forEach(notice)
    var drawing = FigureOptions()
    drawing.view = .flame
    let isPage = output.lowercased().hasSuffix(".html") || output.lowercased().hasSuffix(".htm")
    drawing.standsAlone = !isPage
    // A tenth of a pixel on a wide screen; pprof's own threshold is for graphs.
    drawing.nodeFraction = options.trim ? nil : 0
    let input = FigureInput(profile: scaled, baseline: former, options: drawing, report: report)
    let figure = try FigureKind.flame.draw(input)
    if !isPage { return Array(figure.body.utf8) }
    let title = prepared.title.isEmpty ? "Flame graph" : "Flame graph of \(prepared.title)"
    return Array(FigurePage(figure, title: title, facts: prepared.profileLegend + prepared.filterLegend).html.utf8)
  }
}

extension Profile {
  fileprivate func divided(by divisor: Double) -> Profile {
    if divisor == 1 || divisor == 0 { return self }
    var divided = self
    divided.scale(by: 1 / divisor)
    return divided
  }
}
