import Analysis

// What a timeline has more where one walks through a trace.
extension TimelineFigure {
  /// What its script has to know of the window, in nanoseconds.
  func paintWindow(into out: inout Markup) {
    let window = timeline.window
    out.raw(" data-start=\"")
    out.number(window.start)
    out.raw("\" data-length=\"")
    out.number(window.length)
    out.raw("\" data-whole=\"")
    out.number(window.whole)
    out.raw("\"")
    guard options.tellsShares else { return }
    out.raw(" data-processors=\"")
    out.number(timeline.summary.processors)
    out.raw("\" data-shares=\"")
    out.text(Self.letters(timeline.summary.utilisation.shares(columns: timeline.columns)))
    out.raw("\"")
  }

  /// The 64 shades in which the share of a column is written, from none to all of its time.
  private static let shades = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// A letter a column. What one is off by the next ones make good, so that sums are true.
  private static func letters(_ shares: [Double]) -> String {
    let most = Double(shades.count - 1)
    var owed = 0.0
    return String(
      decoding: shares.map { share in
        let wanted = share * most + owed
        let written = min(max(wanted.rounded(), 0), most)
        owed = wanted - written
        return shades[Int(written)]
      }, as: UTF8.self)
  }

  // MARK: - Counters

  /// What the recorder noted, each as a line from one value to the next.
  func paintCounters(into out: inout Markup) {
    let height = 26.0
    for counter in timeline.counters {
      let values = counter.values.enumerated().compactMap { column, value in value.map { (column, $0) } }
      guard let first = values.first else { continue }
      let words = { (value: Int64) in
        counter.isSize ? Quantity(unit: "bytes").text(value) : TimelineWords.grouped(Int(clamping: value))
      }
      let range =
        counter.least == counter.most
        ? words(counter.most) : "\(words(counter.least)) to \(words(counter.most))"
      beginTrack("counter", counter.name, "noted: \(range)", height: height, into: &out)
      let most = Double(max(counter.most, 1))
      var points: [Point] = []
      var last = y(first.1)
      func y(_ value: Int64) -> Double { height - 1 - max(Double(value) / most, 0) * (height - 3) }
      for (column, value) in values {
        // It is not known when it changed: it keeps its value until the next one is noted.
        points += [Point(x: Double(column) + 0.5, y: last), Point(x: Double(column) + 0.5, y: y(value))]
        last = y(value)
      }
      points.append(Point(x: Double(timeline.columns), y: last))
      out.path("most", through: points)
      endTrack(into: &out)
    }
  }

  // MARK: - Wakeups

  /// From where a task was given to its executor to where it got its thread.
  func paintWakeups(into out: inout Markup) {
    var (middles, top): ([Double], Double) = ([], 0)
    for row in timeline.rows {
      // A row has a border of a pixel on either side, and four pixels below it.
      let height = height(of: row) + 2
      middles.append(top + height / 2)
      top += height + 4
    }
    let columns = Double(timeline.columns)
    out.raw("<svg class=\"wakes\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
    out.number(timeline.columns)
    out.raw(" ")
    out.number(top)
    out.raw("\" preserveAspectRatio=\"none\" style=\"height:")
    out.number(top)
    out.raw("px\" aria-hidden=\"true\"><path d=\"")
    for wakeup in timeline.wakeups {
      out.raw("M")
      out.number(wakeup.from)
      out.raw(" ")
      out.number(middles[wakeup.fromRow])
      out.raw("L")
      out.number(wakeup.to)
      out.raw(" ")
      out.number(middles[wakeup.toRow])
    }
    out.raw("\"/></svg><div class=\"heads\">")
    for wakeup in timeline.wakeups {
      out.raw("<u style=\"--l:")
      out.number(wakeup.to / columns * 100)
      out.raw("%;top:")
      out.number(middles[wakeup.toRow])
      out.raw("px\" title=\"")
      let wait = Int64((wakeup.to - wakeup.from) / columns * Double(timeline.window.length))
      out.text("task \(wakeup.task), given to its executor \(TraceTime.text(wait)) before")
      out.raw("\"></u>")
    }
    out.raw("</div></div>")
  }

  /// Why no arrows are there, though they were asked for; or what they are.
  var wakeupNotes: [String] {
    guard options.showsWakeups else { return [] }
    if timeline.grouping == .task { return ["Wakeups are shown among threads, not among tasks."] }
    let earlier = TimelineWords.grouped(timeline.earlierWakeups)
    let others =
      timeline.earlierWakeups == 0 ? "" : " \(earlier) more had been given to an executor before this window."
    if timeline.wakeupCount == 0 {
      return [
        timeline.earlierWakeups == 0
          ? "No task was given to an executor and got a thread here."
          : "No arrows: all \(earlier) tasks that got a thread here had been given to an executor before this window."
      ]
    }
    if haveArrows {
      return ["An arrow leads from where a task was given to its executor to where it got its thread." + others]
    }
    return [
      "\(TimelineWords.grouped(timeline.wakeupCount)) wakeups are too many to be told apart: from "
        + "\(TraceTimeline.mostWakeups) on none is drawn. Zoom in."
    ]
  }
}
