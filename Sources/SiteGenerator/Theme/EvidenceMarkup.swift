import Mustache

/// How figures and claims look: the theme's templates for them, filled in.
struct EvidenceMarkup: Sendable {
  let templates: MustacheLibrary

  /// A figure with all that stands under it.
  func figure(
    _ figure: RenderedFigure, _ reference: FigureReference, caption: String, download: String?,
    walk: String? = nil
  ) -> String {
    let context: [String: Any] = [
      "id": reference.id,
      "title": reference.title,
      "hasTitle": !reference.title.isEmpty,
      "caption": caption,
      "body": figure.body,
      "alt": figure.alt,
      "table": figure.table,
      "hasTable": !figure.table.isEmpty,
      "command": figure.command,
      "hasCommand": !figure.command.isEmpty,
      "drawing": figure.drawing,
      "hasDrawing": !figure.drawing.isEmpty,
      "download": download ?? "",
      "hasDownload": download != nil,
      "downloadName": download.map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
        ?? "",
      "walk": walk ?? "",
      "hasWalk": walk != nil,
      "walkTitle": figure.walk?.title ?? "",
      "capture": reference.capture,
      // What it shows is no description of a figure that asks for it.
      "label": reference.question?.id ?? "\(reference.id)-caption",
      "isQuestion": reference.question != nil,
      "provenanceSummary": figure.provenance.prefix(2).map { "\($0.name) \($0.value)" }.joined(separator: " · "),
      "provenance": figure.provenance.map { ["name": $0.name, "value": $0.value] },
    ]
    return templates.render(context, withTemplate: "figure") ?? ""
  }

  /// A claim: its prose as a button, and the card it opens.
  ///
  /// - Parameters:
  ///   - prose: What the page says, as HTML; `plain` is the same as text.
  ///   - opening: The punctuation before it, and `closing` that behind it, which no line may begin with.
  func claim(
    _ claim: CheckedClaim, capture: String, prose: String, plain: String, id: String, opening: String = "",
    closing: String = ""
  ) -> String {
    let isExact = claim.number.map { $0.least != nil && $0.least == $0.greatest } ?? false
    let range = ClaimRange(claim.number)
    var context: [String: Any] = [
      "id": id,
      "prose": prose,
      "plain": plain,
      "opening": opening,
      "closing": closing,
      "measured": claim.measured,
      "uncertainty": claim.uncertainty,
      "hasUncertainty": !claim.uncertainty.isEmpty,
      "bound": claim.bound,
      "isExact": isExact,
      "question": claim.question,
      "command": claim.command,
      "capture": capture,
      "holds": false,
      "differs": false,
      "fails": false,
      "reason": "",
      "hasRange": range != nil,
    ]
    if let range {
      context["range"] = [
        "from": range.from, "to": range.to, "left": range.left, "right": range.right, "point": range.point,
        "margin": range.margin,
      ]
    }
    switch claim.verdict {
    case .holds:
      context["holds"] = true
      context["standing"] = "checked"
    case .fails:
      context["fails"] = true
      context["standing"] = "false"
    case .differsHere(let reason):
      context["differs"] = true
      context["standing"] = "differs here"
      context["reason"] = reason
    case .notMeasuredHere(let reason):
      context["differs"] = true
      context["standing"] = "not measured here"
      context["reason"] = reason
    }
    return templates.render(context, withTemplate: "claim") ?? ""
  }
}
