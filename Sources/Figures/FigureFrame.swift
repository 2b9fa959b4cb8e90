/// The frame that all figures but the flame graph's rows stand in: a named group with an optional title.
func wrapFigure(_ kind: StaticString, title: String, alt: String, content: (inout Markup) -> Void) -> String {
  var out = Markup()
  out.raw("<div class=\"")
  out.raw(kind)
  out.raw("\" role=\"figure\" aria-label=\"")
  out.text(alt)
  out.raw("\">")
  if !title.isEmpty {
    out.raw("<p class=\"figure-title\">")
    out.text(title)
    out.raw("</p>")
  }
  content(&out)
  out.raw("</div>")
  return out.string
}
