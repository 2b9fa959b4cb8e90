/// A piece of a mail template.
enum Token: Equatable {
  /// Text that goes into the mail as it is.
  case text(Substring)
  /// The name of a field, whose value goes into the mail.
  case field(Substring)
}

/// Why a text is no template.
enum TemplateError: Error, Equatable {
  /// `{{` without `}}`, so many characters before the end.
  case unclosed(Int)
  /// `{{}}`, or what is no name.
  case notAName(String)
}

/// Splits mail templates into text and `{{fields}}`. The mailer calls it for each mail that it sends: customers write
/// their own templates, and no two are equal.
struct Tokenizer {
  /// The tokens of a template, in order. A brace that stands alone is text; texts are never empty, and no two of them
  /// follow each other.
  func tokens(of template: String) throws -> [Token] {
    var tokens: [Token] = []
    var rest = template[...]
    let brace = #/\{\{/#
    while let match = rest.firstMatch(of: brace) {
      if rest.startIndex < match.range.lowerBound { tokens.append(.text(rest[..<match.range.lowerBound])) }
      rest = rest[match.range.lowerBound...]
      tokens.append(.field(try takeField(from: &rest)))
    }
    if !rest.isEmpty { tokens.append(.text(rest)) }
    return tokens
  }

  /// The name between the braces at the start.
  private func takeField(from rest: inout Substring) throws -> Substring {
    let inside = rest.dropFirst(2)
    guard let end = inside.firstIndex(of: "}"), inside[end...].hasPrefix("}}") else {
      throw TemplateError.unclosed(rest.count)
    }
    let name = inside[..<end]
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0 == "." }) else {
      throw TemplateError.notAName(String(name))
    }
    rest = inside[end...].dropFirst(2)
    return name
  }
}
