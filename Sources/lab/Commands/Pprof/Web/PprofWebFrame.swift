import Analysis
import Figures
import LocalServer
import Pprof
import PprofOperations

extension PprofWeb {
  /// The page around a view: where else one can go, and what is considered.
  func frame(_ view: PprofWebView, _ query: URLQuery) -> ViewPage {
    var page = ViewPage()
    page.title = title(query)
    page.action = view.rawValue
    page.views = PprofWebView.allCases.map {
      ViewPage.Link($0.title, query.with([]).target($0.rawValue), note: $0.note, isCurrent: $0 == view)
    }
    let saved = URLQuery([("view", view.rawValue)] + query.items.map { ($0.name, $0.value) })
    page.downloads = [
      ViewPage.Link("Save this view", saved.target("save"), note: "One file that can be read anywhere"),
      ViewPage.Link("Download profile", "download", note: "The whole profile, in pprof's format"),
    ]
    if let address = documentation { page.downloads.append(ViewPage.Link("About such profiles", address)) }
    if view == .graph {
      page.downloads.insert(
        ViewPage.Link("Pan and zoom", query.with([]).target("svg"), note: "The graph as pprof draws it"), at: 0)
    }
    page.fields = fields(of: view, query)
    page.moreFields = moreFields(query)
    let known = Set((page.fields + page.moreFields).map(\.name) + ["zoom", "view"])
    page.hidden = query.items.filter { !known.contains($0.name) && !$0.value.isEmpty }.map { ($0.name, $0.value) }
    page.labels = labels(view, query)
    if view == .flame || view == .graph || view == .top {
      page.actions = [
        (PprofWebView.peek.rawValue, "f", "Peek"), (PprofWebView.source.rawValue, "f", "Source"),
        (PprofWebView.disasm.rawValue, "f", "Machine code"), (view.rawValue, "f", "Focus"),
        (view.rawValue, "i", "Ignore"), (view.rawValue, "h", "Hide"), (view.rawValue, "s", "Show"),
        (view.rawValue, "sf", "Show from"),
        (PprofWebView.flame.rawValue, "p", "Pivot"),
      ]
    }
    return page
  }

  /// Where the profile says that it is explained; nil if that is no page.
  private var documentation: String? {
    let address = profile.documentationURL
    return address.hasPrefix("https://") || address.hasPrefix("http://") ? address : nil
  }

  /// A value of the query, or what the command line says.
  private func value(_ name: String, _ query: URLQuery, _ given: String = "") -> String {
    query[name].flatMap { $0.isEmpty ? nil : $0 } ?? given
  }

  private func fields(of view: PprofWebView, _ query: URLQuery) -> [ViewPage.Field] {
    let filters = request.options.filters
    var fields: [ViewPage.Field] = []
    if profile.sampleTypes.count > 1 {
      let chosen = (try? profile.sampleIndex(named: value("si", query, request.options.sampleIndex))) ?? 0
      fields.append(
        ViewPage.Field(
          "si", "Values", help: "Which of the profile's values counts", value: profile.sampleTypes[chosen].type,
          choices: profile.sampleTypes.map { ($0.type, $0.unit.isEmpty ? $0.type : "\($0.type) (\($0.unit))") }))
    }
    fields += [
      ViewPage.Field(
        "f", view.isOfFunctions ? "Functions" : "Focus", help: "Only stacks through a function that matches",
        value: value("f", query, filters.focus)),
      ViewPage.Field(
        "i", "Ignore", help: "No stacks through a function that matches", value: value("i", query, filters.ignore)),
      ViewPage.Field("h", "Hide", help: "No frames that match", value: value("h", query, filters.hide)),
    ]
    switch view {
    case .flame:
      fields += [
        ViewPage.Field(
          "p", "Pivot", help: "What leads to a function, and what it calls", value: value("p", query)),
        ViewPage.Field(
          "inv", "From", help: "Where stacks are merged from", value: value("inv", query),
          choices: [("", "the root"), ("t", "the leaves")]),
      ]
    case .top:
      fields.append(
        ViewPage.Field(
          "sort", "Sort by", help: "What rows are sorted by",
          value: value("sort", query, request.options.sort.rawValue),
          choices: [("flat", "flat"), ("cum", "cum")]))
    case .graph:
      fields.append(
        choice(
          "calltree", "Boxes", "Whether a function has one box, or one for each way to it", query,
          given: request.options.callTree, no: "one a function", yes: "one a way"))
    default: break
    }
    if base != nil, !request.normalize {
      fields.append(
        choice(
          "norm", "Base", "Whether it is scaled to the whole of the profile", query, given: false,
          no: "as it is", yes: "scaled"))
    }
    return fields
  }

  /// A choice between no and yes. What the command line says is said by an empty value.
  private func choice(
    _ name: String, _ title: String, _ help: String, _ query: URLQuery, given: Bool, no: String, yes: String
  ) -> ViewPage.Field {
    let isChosen = truth(query[name] ?? "") ?? given
    return ViewPage.Field(
      name, title, help: help, value: isChosen == given ? "" : isChosen ? "t" : "f",
      choices: [(given ? "f" : "", no), (given ? "" : "t", yes)])
  }

  private func moreFields(_ query: URLQuery) -> [ViewPage.Field] {
    let filters = request.options.filters
    func text(_ name: String, _ title: String, _ help: String, _ given: String) -> ViewPage.Field {
      ViewPage.Field(name, title, help: help, value: value(name, query, given))
    }
    let count = request.options.nodeCount
    return [
      text("s", "Show", "Only frames that match", filters.show),
      text("sf", "Show from", "No frames above the highest one that matches", filters.showFrom),
      text("tf", "Label focus", "Only samples with a label that matches, e.g. client=a.*", filters.tagFocus),
      text("ti", "Label ignore", "No samples with a label that matches", filters.tagIgnore),
      text("tagroot", "Labels as roots", "Keys of labels, with commas between them", filters.tagRoot),
      text("tagleaf", "Labels as leaves", "Keys of labels, with commas between them", filters.tagLeaf),
      ViewPage.Field(
        "g", "An entry is", help: "What becomes one entry",
        value: value("g", query, request.options.granularity?.rawValue ?? ""),
        choices: [
          ("", "as usual"), ("functions", "a function"), ("filefunctions", "a function in a file"),
          ("files", "a file"), ("lines", "a line"), ("addresses", "an address"),
        ]),
      text("n", "At most", "So many entries, in graphs and tables", count < 0 ? "" : "\(count)"),
      text(
        "unit", "Unit", "ms, MB …; minimum finds one", request.options.unit == "minimum" ? "" : request.options.unit),
    ]
  }

  /// The labels of the profile: a value leads to its samples, a key to a view in which its values are roots.
  private func labels(_ view: PprofWebView, _ query: URLQuery) -> [ViewPage.Group] {
    var options = request.options
    options.sampleIndex = value("si", query, options.sampleIndex)
    guard profile.samples.contains(where: { !$0.labels.isEmpty }),
      let table = try? Report(profile, kind: .tags, options: options).tagTable()
    else { return [] }
    return table.keys.filter { $0.name != "pprof::base" }.prefix(Self.mostLabels).map { key in
      let isRoot = value("tagroot", query) == key.name
      let root = query.with([("tagroot", isRoot ? nil : key.name)]).target(view.rawValue)
      let values = key.tags.prefix(Self.mostLabels).map { tag in
        let filter = "\(key.name)=\(tag.name.asExpression.replacing(",", with: "\\x2c"))"
        let isChosen = value("tf", query) == filter
        return ViewPage.Link(
          "\(isChosen ? "✓ " : "")\(tag.name.isEmpty ? "(empty)" : tag.name) \(table.format.string(tag.value))",
          query.with([("tf", isChosen ? nil : filter)]).target(view.rawValue),
          note: isChosen ? "All samples again" : "Only samples with this label")
      }
      let more = key.tags.count - values.count
      return ViewPage.Group(
        ViewPage.Link(
          "\(isRoot ? "✓ " : "")\(key.name)", root, note: isRoot ? "Not as roots any more" : "Its values as roots"),
        values + (more > 0 ? [ViewPage.Link("and \(more) more", nil)] : []))
    }
  }

  private static let mostLabels = 12
}
