import Analysis
import Figures
import Foundation
import SiteGenerator

/// The functions that a figure has to show, since the text beside it names them.
///
/// Named are those that the caption sets as code or spells out (`A.b`, `a_b`, `aB`, `a()`), and those that claims in its
/// section ask the same capture about. What matches no function of the profile is no function, unless it ends in `()`.
struct NamedFunctions {
  /// A name, and the functions that it may mean.
  struct Named {
    /// As written.
    var name: String
    /// Where it is written, e.g. `in its caption`.
    var place: String
    /// Functions of the profile, of which the figure has to show one.
    var matches: Set<String>
  }

  private(set) var all: [Named] = []
  private let functions: Set<String>

  /// - Parameters:
  ///   - captures: The capture that is drawn and what it is compared with; claims about others do not count.
  ///   - functions: All functions of these.
  ///   - sampleType: What is drawn of the samples' values; claims about another type do not count.
  init(beside reference: FigureReference, of captures: [CaptureName], functions: Set<String>, sampleType: String) {
    self.functions = functions
    for code in reference.code {
      add(code, "in its caption", Self.matches(code, isCode: true, in: functions))
      if code.hasSuffix("()"), !(all.contains { $0.name == code }) {
        all.append(Named(name: code, place: "in its caption", matches: []))
      }
    }
    for word in Self.names(in: reference.caption) {
      add(word, "in its caption", Self.matches(word, isCode: false, in: functions))
    }
    for claim in reference.claims where CaptureName(claim.capture).map(captures.contains) ?? false {
      func argument(_ name: String) -> String? { claim.parameters.first { $0.name == name }?.value }
      guard argument("type").map({ $0 == sampleType }) ?? true else { continue }
      for name in ["function", "among"].compactMap(argument).flatMap(FunctionName.list) {
        add(name.text, "by the claim in line \(claim.line)", name.matches(in: functions))
      }
    }
  }

  private mutating func add(_ name: String, _ place: String, _ matches: Set<String>) {
    guard !matches.isEmpty, !(all.contains { $0.matches == matches }) else { return }
    all.append(Named(name: name, place: place, matches: matches))
  }

  /// What the figure is to show whatever else it leaves out.
  var kept: [Set<String>] { all.map(\.matches).filter { !$0.isEmpty } }

  /// The same as options of a figure, in the shortest words that mean it.
  var keepItems: [QueryItem] {
    all.filter { !$0.matches.isEmpty }.map { named in
      let isPlain = FunctionName(named.name).matches(in: functions) == named.matches
      return QueryItem(
        name: "keep", value: isPlain ? named.name : named.matches.sorted().joined(separator: "|"))
    }
  }

  /// The names that a figure shows nothing of.
  func missing(in figure: Figure) -> [Named] {
    all.filter { named in
      !figure.functions.contains { shown in
        named.matches.contains(shown) || !FunctionName(shown).matches(in: named.matches).isEmpty
      }
    }
  }

  /// The functions that a name in a caption means: by its whole name or the name without its arguments, or else, if it
  /// is set as code, by the last parts of the name.
  private static func matches(_ text: String, isCode: Bool, in functions: Set<String>) -> Set<String> {
    let bare = text.hasSuffix("()") ? String(text.dropLast(2)) : text
    for name in [text, bare] {
      let found = FunctionName(name).matches(in: functions)
      if !found.isEmpty { return found }
    }
    guard isCode, !bare.isEmpty else { return [] }
    return functions.filter { function in
      let name = function.prefix { $0 != "(" }
      return name.hasSuffix("." + bare) || name.hasSuffix("::" + bare)
    }
  }

  /// The words of a sentence that nobody would take for English.
  private static func names(in caption: String) -> [String] {
    caption.split(whereSeparator: \.isWhitespace).map { word in
      word.trimmingCharacters(in: CharacterSet(charactersIn: ".,;:!?\"'“”‘’"))
    }.filter { word in
      word.wholeMatch(of: #/[\p{L}_][\p{L}\p{N}_.:]*(?:\([^()]*\))?/#) != nil
        && word.contains(#/[\p{L}\p{N}][._:(]+|_|\p{Ll}\p{Lu}/#)
    }
  }
}

extension NamedFunctions.Named {
  /// Why a figure does not show the function, with what its kind advises to do about it.
  func flaw(advice: String, severity: Problem.Severity) -> RenderedFigure.Flaw {
    let reason = matches.isEmpty ? "the capture knows no such function" : advice
    return RenderedFigure.Flaw(
      message: "this figure does not show '\(name)', which is named \(place): \(reason)", severity: severity)
  }
}
