import Analysis

/// Draws the source of functions, each line with what it costs and heat in the margin.
///
/// A call-out names a part of a line's text; of several lines that have it, it is about the one that costs the most.
struct SourceFigure: FigureDrawing {
  static let options = FigureOptions.ofProfiles + ["callout", "says"]
  static var style: [UInt8] { PackageResources.source_css }
  static func advice(_ options: FigureOptions) -> String { options.functionAdvice(for: .source) }

  private let listing: SourceListing
  private let inlined: [InlinedCalls]
  private let options: FigureOptions
  private let isDifference: Bool
  private let sums: FunctionSums
  private let meaning: NumberMeaning?
  private let code: WebListing?
  /// The call-out, and the line that it is about.
  private let called: (callout: Callout, line: SourceListing.Line)?

  init(_ input: FigureInput) throws(FigureError) {
    options = input.options
    let report = try input.report(.list)
    let pattern = try options.functionPattern(for: .source)
    listing = report.sourceListing(matching: pattern, text: input.lines)
    if listing.functions.isEmpty { throw .functionNotFound(pattern: options.function ?? "") }
    inlined = report.inlinedCalls(in: pattern)
    isDifference = input.baseline != nil
    sums = report.functionSums()
    meaning = input.link == nil ? nil : NumberMeaning(type: report.sampleType, isDifference: isDifference)
    code = input.code
    let lines = listing.files.flatMap { $0.file.readLines }
    called = try Callout(options).map { callout throws(FigureError) in
      let named = lines.filter { $0.text.contains(callout.name.text) }
      guard let line = named.max(by: { $0.cum.magnitude < $1.cum.magnitude }) else {
        throw .lineNotShown(text: callout.name.text)
      }
      return (callout, line)
    }
  }

  func figure() -> Figure {
    let shown = listing.functions.map(\.name) + inlined.flatMap { $0.calls.filter { $0.cum != 0 }.map(\.name) }
    return Figure(body: body, alt: alt, table: table, functions: Set(shown).sorted())
  }

  func size(width: Double) -> (width: Double, height: Double) {
    var lines = 2
    for part in listing.files { lines += 3 + part.file.readLines.count }
    for place in inlined { lines += place.calls.count }
    let foot = called?.callout.height(width: width) ?? 0
    return (width, 24 + (options.title.isEmpty ? 0 : 24) + Double(lines) * 20 + foot)
  }

  private func value(_ value: Int64) -> String {
    if value == 0 { return "" }
    return isDifference ? Quantity.signed(listing.format.string(value), value) : listing.format.string(value)
  }
  private func share(_ value: Int64) -> String {
    isDifference
      ? Quantity.share(value, of: listing.total) : Quantity.share(sums.share(of: value, in: listing.total))
  }

  private var alt: String {
    guard let (function, file) = listing.heaviest else {
      return "No source is known of \(listing.functions.map(\.name).joined(separator: ", "))."
    }
    var text = "Source of \(function.name), which takes \(value(file.cum)) (\(share(file.cum)))"
    if let line = file.heaviestLine {
      text += "; the most on line \(line.number), \(share(line.cum)): \(line.text.trimmingBlanks.prefix(100))"
    }
    text += "."
    if let called {
      text += " Called out: \(called.callout.words(number(of: called.line), of: called.line.text.trimmingBlanks))."
    }
    return text
  }

  /// What a call-out says of a line: its share, or how it changed.
  private func number(of line: SourceListing.Line) -> String { isDifference ? value(line.cum) : share(line.cum) }

  private var body: String {
    wrapFigure("source", title: options.title, alt: alt) { out in
      for function in listing.functions where function.files.isEmpty {
        note("No source is known of \(function.name).", to: &out)
      }
      for (function, file) in listing.files { paint(file, of: function, to: &out) }
      if let called { called.callout.paint(number(of: called.line), of: called.line.text.trimmingBlanks, to: &out) }
    }
  }

  private func note(_ text: String, to out: inout Markup) {
    out.raw("<p class=\"missing\">")
    out.text(text)
    out.raw("</p>")
  }

  private func paint(_ file: SourceListing.File, of function: SourceListing.Function, to out: inout Markup) {
    out.raw("<p class=\"figure-title\"><code>")
    out.text(function.name)
    out.raw("</code> <small>")
    out.text(file.name)
    out.raw(" · flat ")
    out.text(file.flat == 0 ? "0" : value(file.flat))
    out.raw(" · cum ")
    out.text("\(value(file.cum)) (\(share(file.cum)))")
    out.raw("</small></p>")
    switch file.lines {
    case .failure(let error): note("The source is not at hand: \(error).", to: &out)
    case .success(let lines): paint(lines, in: file.name, to: &out)
    }
  }

  private func paint(_ lines: [SourceListing.Line], in file: String, to out: inout Markup) {
    let calls = Dictionary(grouping: inlined.filter { $0.file == file }, by: \.line).mapValues { $0.flatMap(\.calls) }
    let instructions = code?.instructions(in: file) ?? [:]
    let indent = lines.compactMap { $0.text.isBlank ? nil : $0.text.prefix { $0 == " " }.count }.min() ?? 0
    out.raw("<div class=\"pan\" tabindex=\"0\"><table><thead><tr><th scope=\"col\" class=\"num\">Flat</th>")
    out.raw("<th scope=\"col\" class=\"num\">Cum</th><th scope=\"col\" class=\"num\">Line</th>")
    out.raw("<th scope=\"col\">Source</th></tr></thead><tbody>")
    for line in lines {
      out.raw("<tr class=\"")
      out.text(line.cum == 0 ? "" : HeatStep(line.cum, of: listing.total).boxClass)
      if line == called?.line { out.raw(" c") }
      out.raw("\"><td class=\"num\"")
      out.title(meaning?.line(value(line.flat), "\(line.number)", isFlat: true) ?? "")
      out.raw(">")
      out.text(value(line.flat))
      out.raw("</td><td class=\"num\"")
      out.title(meaning?.line(value(line.cum), "\(line.number)", isFlat: false) ?? "")
      out.raw(">")
      out.text(value(line.cum))
      out.raw("</td><td class=\"num\">")
      out.number(line.number)
      out.raw("</td><td>")
      paint(line.text.isBlank ? "" : String(line.text.dropFirst(indent)), instructions[line.number] ?? [], to: &out)
      out.raw("</td></tr>\n")
      for call in calls[Int64(line.number)] ?? [] where call.cum != 0 { paint(call, to: &out) }
    }
    out.raw("</tbody></table></div>")
  }

  /// The text of a line, which opens its machine code if that is known.
  private func paint(_ text: String, _ instructions: [WebListing.Instruction], to out: inout Markup) {
    guard let code, !instructions.isEmpty else { return out.element("code", text: text) }
    out.element("details") { out in
      out.element("summary") { $0.element("code", text: text) }
      LineCode(instructions: instructions, format: code.format).write(to: &out)
    }
  }

  private func paint(_ call: InlinedCalls.Call, to out: inout Markup) {
    out.raw("<tr class=\"inlined\"><td></td><td class=\"num\">")
    out.text(value(call.cum))
    out.raw("</td><td class=\"num\">↳</td><td><code>")
    out.text(call.name)
    out.raw("</code> <small>inlined</small></td></tr>\n")
  }

  private var table: DataTable {
    var table = DataTable(columns: [
      .init("Function"), .init("Line", alignment: .trailing), .init("Flat", alignment: .trailing),
      .init("Cum", alignment: .trailing), .init("Cum%", alignment: .trailing), .init("Source"),
    ])
    for (function, file) in listing.files {
      for line in file.readLines where line.cum != 0 || line.flat != 0 {
        table.rows.append([
          function.name, "\(line.number)", value(line.flat), value(line.cum), share(line.cum), line.text.trimmingBlanks,
        ])
      }
    }
    return table
  }
}

extension String {
  fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

  /// The text without blanks at its ends.
  var trimmingBlanks: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
