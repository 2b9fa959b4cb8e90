import Analysis

/// A timeline with the way to the next windows, and to what was found in the trace.
public struct TraceWalk: Sendable {
  /// Something that was found, and where it is seen; nil if nowhere in particular.
  public typealias Found = (sentence: String, place: WindowSteps.Window?)

  private let timeline: Figure
  private let window: TraceWindow
  private let found: [Found]
  private let at: (@Sendable (WindowSteps.Window) -> String)?

  /// - Parameters:
  ///   - timeline: A timeline of the window, drawn for a view.
  ///   - at: Where a window is shown; nil for a file in which no link leads anywhere.
  public init(
    _ timeline: Figure, of window: TraceWindow, found: [Found] = [],
    at: (@Sendable (WindowSteps.Window) -> String)? = nil
  ) {
    (self.timeline, self.window, self.found, self.at) = (timeline, window, found, at)
  }

  /// The figure with all of that.
  public var figure: Figure {
    var out = Markup()
    out.raw("<div class=\"walk\">")
    paintMoves(into: &out)
    out.markup(timeline.body)
    out.element("p", ["class": "sum"], text: timeline.alt)
    paintKeys(into: &out)
    if !found.isEmpty {
      out.raw("<ul class=\"found\">")
      for finding in found {
        out.element("li") { out in
          out.text(finding.sentence)
          guard let place = finding.place, let at else { return }
          out.raw(" ")
          out.element("a", ["href": at(WindowSteps(window).window(around: place))], text: "Show where")
        }
      }
      out.raw("</ul>")
    }
    out.raw("</div>")
    var figure = timeline
    figure.body = out.string
    return figure
  }

  private func paintMoves(into out: inout Markup) {
    let steps = WindowSteps(window)
    let whole = window.isWhole ? nil : WindowSteps.Window(start: 0, length: window.whole)
    let moves: [(String, String, WindowSteps.Window?)] = [
      ("in", "Zoom in", steps.closer), ("out", "Zoom out", steps.wider), ("earlier", "◀ Earlier", steps.earlier),
      ("later", "Later ▶", steps.later), ("whole", "All of it", whole),
    ]
    out.raw("<p class=\"moves\">")
    for (name, title, place) in moves {
      guard let at else {
        // The script of a file makes them lead somewhere.
        out.element("a", ["href": "#", "data-move": name], text: title)
        out.raw(" ")
        continue
      }
      if let place {
        out.element("a", ["href": at(place), "data-move": name], text: title)
      } else {
        out.element("span", text: title)
      }
      out.raw(" ")
    }
    out.raw("<output></output></p>")
  }

  private func paintKeys(into out: inout Markup) {
    out.raw(
      "<p class=\"keys\">On the timeline: <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>←</kbd> <kbd>→</kbd> pan (with "
    )
    out.raw(
      "<kbd>Shift</kbd> by a tenth), <kbd>0</kbd> shows all, <kbd>Space</kbd> chooses this window; drag to choose an "
    )
    out.raw("interval, <kbd>Ctrl</kbd> and the wheel zoom where the pointer is.</p>")
  }
}
