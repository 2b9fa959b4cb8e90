/// A page of a view that one walks through: a profile in one of several forms, with what is to be considered of it.
///
/// It stands in one file that asks for nothing from elsewhere, and can be read and used without its script: links lead
/// to the other views, a form has the filters. Script adds that a changed filter shows at once.
public struct ViewPage: Sendable {
  /// A place that the page leads to.
  public struct Link: Sendable, Hashable {
    /// What it is called.
    public var title: String
    /// Where it leads; nil for a word without a link.
    public var target: String?
    /// A few words more.
    public var note: String
    /// Whether it is the page itself.
    public var isCurrent: Bool

    /// A link.
    public init(_ title: String, _ target: String?, note: String = "", isCurrent: Bool = false) {
      self.title = title
      self.target = target
      self.note = note
      self.isCurrent = isCurrent
    }
  }

  /// What can be entered.
  public struct Field: Sendable, Hashable {
    /// Its name in the query.
    public var name: String
    /// What it is called.
    public var title: String
    /// A sentence about it.
    public var help: String
    /// What is entered.
    public var value: String
    /// What can be chosen from, by value and word; empty for a text.
    public var choices: [Link]

    /// A field for a text, or with choices for one of them.
    public init(
      _ name: String, _ title: String, help: String, value: String, choices: [(value: String, title: String)] = []
    ) {
      self.name = name
      self.title = title
      self.help = help
      self.value = value
      self.choices = choices.map { Link($0.title, $0.value) }
    }
  }

  /// Links under a word, e.g. the values of a label.
  public struct Group: Sendable, Hashable {
    /// The word, which may be a link.
    public var head: Link
    /// The links.
    public var links: [Link]

    /// Links under a word.
    public init(_ head: Link, _ links: [Link]) {
      self.head = head
      self.links = links
    }
  }

  /// The page's title.
  public var title = ""
  /// The forms in which the profile is shown.
  public var views: [Link] = []
  /// Where the form leads: the path of this view.
  public var action = ""
  /// What is always at hand.
  public var fields: [Field] = []
  /// What is folded away, unless it is in use.
  public var moreFields: [Field] = []
  /// What the query has beside the fields.
  public var hidden: [(name: String, value: String)] = []
  /// Labels of the samples and their values.
  public var labels: [Group] = []
  /// What can be taken along.
  public var downloads: [Link] = []
  /// What the profile or the trace is, a line each.
  public var facts: [String] = []
  /// Whether what is shown goes on, so that the page is made anew every two seconds.
  public var isLive = false
  /// The words above these.
  public var factsTitle = "About this profile"
  /// What should be said of it.
  public var notices: [String] = []
  /// What is wrong with the query; empty if nothing is.
  public var problem = ""
  /// What is shown, each under its heading, which may be empty.
  public var figures: [(heading: String, figure: Figure)] = []
  /// What can be done with a function of the figure: the path, the name in the query, and the word for it.
  public var actions: [(path: String, parameter: String, title: String)] = []

  /// A page without contents.
  public init() {}

  /// What the page may load and run, for the header of its answer; the page says the same.
  public static let policy =
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; " + "form-action 'self'; connect-src 'self'; "
    + "img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" + SHA256.digest(of: script).base64 + "'"

  static let script =
    PackageResources.figures_js + Array(";".utf8) + PackageResources.view_js
    + Array(";".utf8) + PackageResources.trace_js

  /// The page.
  public var html: String {
    var out = Markup()
    out.reserve(64 << 10)
    out.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"")
    // Frames are a matter of the header alone.
    out.text(Self.policy.replacing("frame-ancestors 'none'; ", with: ""))
    out.raw("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    out.raw("<link rel=\"icon\" href=\"data:,\">")
    // A script does better: it leaves alone what one is at.
    if isLive { out.raw("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>") }
    out.element("title", text: title)
    out.raw("<style>")
    out.code(
      Array(FigureStyle.css.utf8) + PackageResources.page_css + PackageResources.view_css + PackageResources.trace_css)
    out.raw("</style></head>\n<body><a class=\"skip\" href=\"#view\">To the figure</a><header>")
    paintHead(to: &out)
    paintForm(to: &out)
    out.raw(
      isLive
        ? "</header>\n<main id=\"view\" tabindex=\"-1\" data-live>" : "</header>\n<main id=\"view\" tabindex=\"-1\">")
    paintMain(to: &out)
    out.raw("</main>\n<script>")
    out.code(Self.script)
    out.raw("</script></body></html>\n")
    return out.string
  }

  private func paintHead(to out: inout Markup) {
    out.element("h1", text: title)
    out.element("nav", ["aria-label": "Views", "id": "views"]) { out in
      for link in views { paint(link, to: &out) }
    }
    out.element("nav", ["aria-label": "To take along", "id": "downloads"]) { out in
      for link in downloads { paint(link, to: &out) }
    }
  }

  private func paint(_ link: Link, to out: inout Markup) {
    if let target = link.target {
      out.element(
        "a",
        [
          "href": target, "aria-current": link.isCurrent ? "page" : nil, "title": link.note.isEmpty ? nil : link.note,
        ], text: link.title)
    } else {
      out.text(link.title)
    }
    out.raw("\n")
  }

  private func paintForm(to out: inout Markup) {
    out.element("form", ["id": "filters", "method": "get", "action": action]) { out in
      out.element("div", ["class": "fields"]) { out in
        for field in fields { paint(field, to: &out) }
        for field in moreFields where !field.value.isEmpty { paint(field, to: &out) }
        out.element("span", ["class": "buttons"]) { out in
          out.raw("<button>Show</button> ")
          out.element("a", ["href": action], text: "Reset")
        }
      }
      if !moreFields.isEmpty {
        out.element("details") { out in
          out.raw("<summary>More filters</summary>")
          out.element("div", ["class": "fields"]) { out in
            for field in moreFields where field.value.isEmpty { paint(field, to: &out) }
          }
        }
      }
      for item in hidden { out.emptyElement("input", ["type": "hidden", "name": item.name, "value": item.value]) }
    }
  }

  private func paint(_ field: Field, to out: inout Markup) {
    out.element("label", ["title": field.help.isEmpty ? nil : field.help]) { out in
      out.element("span", text: field.title)
      out.raw(" ")
      if field.choices.isEmpty {
        out.emptyElement(
          "input",
          [
            "name": field.name, "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false",
            "value": field.value,
          ])
        return
      }
      out.element("select", ["name": field.name]) { out in
        for choice in field.choices {
          out.element(
            "option", ["value": choice.target ?? "", "selected": choice.target == field.value ? "" : nil],
            text: choice.title)
        }
      }
    }
    out.raw("\n")
  }

  private func paintMain(to out: inout Markup) {
    if !problem.isEmpty { out.element("p", ["class": "problem", "role": "alert"], text: problem) }
    for notice in notices { out.element("p", ["class": "notice"], text: notice) }
    for (heading, figure) in figures {
      if !heading.isEmpty { out.element("h2", text: heading) }
      out.markup(figure.body)
    }
    if !actions.isEmpty {
      out.element("p", ["id": "actions", "hidden": ""]) { out in
        for action in actions {
          out.element("a", ["data-path": action.path, "data-parameter": action.parameter], text: action.title)
          out.raw("\n")
        }
      }
    }
    paintLabels(to: &out)
    for (heading, figure) in figures where !figure.table.rows.isEmpty {
      out.raw("<details>")
      out.element("summary", text: heading.isEmpty ? "In numbers" : "In numbers: \(heading)")
      out.raw("<div class=\"numbers\" tabindex=\"0\">")
      figure.table.write(to: &out)
      out.raw("</div></details>")
    }
    if facts.isEmpty { return }
    out.raw("<details id=\"facts\"><summary>")
    out.text(factsTitle)
    out.raw("</summary><p class=\"facts\">")
    for (number, fact) in facts.enumerated() {
      if number > 0 { out.raw("<br>") }
      out.text(fact)
    }
    out.raw("</p></details>")
  }

  private func paintLabels(to out: inout Markup) {
    if labels.isEmpty { return }
    out.raw("<details id=\"labels\" open><summary>Labels</summary><dl>")
    for group in labels {
      out.element("dt") { paint(group.head, to: &$0) }
      out.element("dd") { out in
        for link in group.links { paint(link, to: &out) }
      }
    }
    out.raw("</dl></details>")
  }
}
