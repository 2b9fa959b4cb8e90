import Analysis
import ExecutionTrace
import Figures
import LocalServer

extension TraceViews {
  /// The page around a view: where else one can go, and what is asked for.
  /// - Parameter asked: nil if that is not understood.
  func frame(_ view: TraceWebView, _ query: URLQuery, _ asked: TraceWebQuery?) -> ViewPage {
    var page = ViewPage()
    page.title = title
    page.factsTitle = "About this trace"
    page.isLive = isLive && (query["start"] ?? "").isEmpty
    page.action = view.rawValue
    page.views = TraceWebView.allCases.map {
      ViewPage.Link($0.title, query.with([]).target($0.rawValue), note: $0.note, isCurrent: $0 == view)
    }
    let saved = URLQuery([("view", view.rawValue)] + query.items.map { ($0.name, $0.value) })
    page.downloads = [
      ViewPage.Link("Save this view", saved.target("save"), note: "One file that can be read anywhere"),
      ViewPage.Link("For Perfetto", "perfetto", note: "All of the trace, for ui.perfetto.dev"),
    ]
    if view == .flame {
      page.downloads.append(
        ViewPage.Link("Profile", query.with([]).target("profile"), note: "This window, in pprof's format"))
    }
    if let asked { page.downloads += comparison(view, query, asked) }
    page.fields = fields(of: view, query, asked)
    let known = Set(page.fields.map(\.name) + ["zoom", "view"])
    page.hidden = query.items.filter { !known.contains($0.name) && !$0.value.isEmpty }.map { ($0.name, $0.value) }
    return page
  }

  /// To hold a window and compare others with it, and to let go of it.
  private func comparison(_ view: TraceWebView, _ query: URLQuery, _ asked: TraceWebQuery) -> [ViewPage.Link] {
    let (start, length) = (TraceTime.exact(asked.window.start), TraceTime.exact(asked.window.length))
    let hold = query.with([("base_start", start), ("base_length", length)]).target(view.rawValue)
    guard asked.base != nil else {
      return [
        ViewPage.Link("Compare others with this window", hold, note: "Flame graph and tasks then show what differs")
      ]
    }
    return [
      ViewPage.Link(
        "Compare no more", query.with([("base_start", nil), ("base_length", nil)]).target(view.rawValue),
        note: "Flame graph and tasks show this window alone")
    ]
  }

  private func fields(of view: TraceWebView, _ query: URLQuery, _ asked: TraceWebQuery?) -> [ViewPage.Field] {
    func value(_ name: String) -> String { query[name] ?? "" }
    // As people would write it, whoever wrote the address.
    func time(_ name: String, _ known: Int64?) -> String {
      value(name).isEmpty ? "" : known.map(TraceTime.exact) ?? value(name)
    }
    var fields = [
      ViewPage.Field(
        "start", "From", help: "Where the window begins, e.g. 62ms", value: time("start", asked?.window.start)),
      ViewPage.Field("length", "Length", help: "How long it is, e.g. 1ms", value: time("length", asked?.window.length)),
    ]
    switch view {
    case .timeline:
      fields.append(
        ViewPage.Field(
          "by", "Rows", help: "What has a row", value: value("by"), choices: [("", "threads"), ("task", "tasks")]))
      fields += labels(query)
      fields += [
        ViewPage.Field(
          "mark", "Highlight", help: "The function that made tasks, or a label's value: all others step back",
          value: value("mark")),
        ViewPage.Field(
          "wakes", "Wakeups", help: "Arrows from who resumed a task to where it got its thread", value: value("wakes"),
          choices: [("", "not shown"), ("t", "as arrows")]),
        ViewPage.Field("n", "Rows at most", help: "Those that ran the longest", value: value("n")),
      ]
    case .tasks: fields += labels(query)
    case .flame:
      let usual = usualProfile
      fields.append(
        ViewPage.Field(
          "of", "Of", help: "What the widths are", value: value("of"),
          choices: [("", usual.title)]
            + TraceProfile.allCases.filter { $0 != usual && ($0 != .cpu || hasSamples) }.map {
              ($0.rawValue, $0.title)
            }))
    case .heat, .regions: break
    }
    return fields
  }

  /// What families are told apart by.
  private func labels(_ query: URLQuery) -> [ViewPage.Field] {
    let keys = Set(source.trace.labelSets.joined().map(\.key)).sorted().prefix(40)
    if keys.isEmpty { return [] }
    return [
      ViewPage.Field(
        "label", "Colours by", help: "What tells tasks apart", value: query["label"] ?? "",
        choices: [("", "who made them")] + keys.map { ($0, "label \($0)") })
    ]
  }
}
