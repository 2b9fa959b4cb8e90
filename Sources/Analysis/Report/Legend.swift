import Pprof
import PprofOperations

extension Report {
  /// What the profile is: program, build, comments, type of values, time and duration, a line each.
  public var profileLegend: [String] { profileLegend(format) }

  /// Which filters were given, a line each under one that says so; none if there are none.
  public var filterLegend: [String] {
    let filters = options.filters.active
    return filters.isEmpty ? [] : ["Active filters:"] + filters.map { "   " + $0.truncated(toBytes: 80) }
  }

  /// What the profile is (unless the report is to be compact), what is shown of it and what was left out.
  func legend(of graph: TrimmedGraph, isDrawing: Bool = false) -> [String] {
    let format = graph.format
    let (count, shown) = (graph.graph.shownCount, graph.shownTotal)
    var lines = isDrawing || !options.compactLabels ? profileLegend(format) : []
    lines += filterLegend
    let share = Units.percentage(shown, of: total).trimmingSpaces
    lines.append("Showing nodes accounting for \(format.string(shown)), \(share) of \(format.string(total)) total")
    if total != 0 {
      func dropped(_ count: Int, _ what: String, _ measure: String, _ fraction: Double) -> String {
        let limit = Int64(truncatingOrMin: Double(total) * fraction).wrappingMagnitude
        return "Dropped \(count) \(what)\(count > 1 ? "s" : "") (\(measure) <= \(format.string(limit)))"
      }
      if graph.droppedNodes > 0 { lines.append(dropped(graph.droppedNodes, "node", "cum", options.nodeFraction)) }
      if isDrawing, graph.droppedEdges > 0 {
        lines.append(dropped(graph.droppedEdges, "edge", "freq", options.edgeFraction))
      }
      if count > 0, count < graph.originalCount {
        lines.append("Showing top \(count) nodes out of \(graph.originalCount)")
      }
    }
    if isDrawing { lines.append("\nSee https://git.io/JfYMW for how to read the graph") }
    return lines
  }

  private func profileLegend(_ format: ValueFormat) -> [String] {
    var lines: [String] = []
    if let main = profile.mappings.first {
      if !main.file.isEmpty { lines.append("File: " + SlashPath.base(main.file)) }
      if !main.buildID.isEmpty { lines.append("Build ID: " + main.buildID) }
    }
    lines += profile.comments.filter { !$0.hasPrefix("#") }
    if !sampleType.isEmpty { lines.append("Type: " + sampleType) }
    if !profile.documentationURL.isEmpty { lines.append("Doc: " + profile.documentationURL) }
    if profile.timeNanoseconds != 0 {
      lines.append("Time: " + LocalTime(profile.timeNanoseconds, in: options.zone).text)
    }
    let duration = profile.durationNanoseconds
    if duration != 0 {
      let nanoseconds = Units.scale(total, from: format.sampleUnit, to: "nanoseconds")
      var ratio = ""
      if nanoseconds.unit == "ns", nanoseconds.value != 0 {
        ratio = "(\(Units.percentage(Int64(truncatingOrMin: nanoseconds.value), of: duration)))"
      }
      let text = Units.scaledLabel(duration, from: "nanoseconds", to: "auto")
      lines.append("Duration: \(text), Total samples = \(format.string(total)) \(ratio)")
    }
    return lines
  }
}

extension String {
  fileprivate var trimmingSpaces: Substring { drop { $0 == " " } }

  /// The first bytes with an ellipsis, or the whole text if it is not longer.
  fileprivate func truncated(toBytes limit: Int) -> String {
    utf8.count > limit ? String(decoding: utf8.prefix(limit), as: UTF8.self) + "…" : self
  }
}
