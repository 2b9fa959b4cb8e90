import Analysis
import Figures
import SiteGenerator

/// What a figure reference's query asks for.
struct FigureQuery {
  /// The views: those of one profile, and those of two captures.
  enum View {
    /// A view that the painter draws from a profile, perhaps against a baseline.
    case profile(FigureKind, FigureOptions)
    /// Two variants on one axis: the other variant, and the functions to show.
    case pair(other: String, functions: [String], sample: String?)
    /// What grows over the rounds of a series.
    case growth
    /// The fields of a retain cycle, the one whose path contains the text or the first.
    case cycle(through: String?)
    /// The published capture beside the local one, with the shares of the functions.
    case machines(functions: [String])
  }

  let view: View

  init(_ items: [QueryItem]) throws {
    func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
    let name = value("view") ?? FigureKind.graph.rawValue
    let functions = (value("function") ?? "").split(separator: "|").map(String.init)
    switch name {
    case "pair":
      try Self.allow(["view", "compare", "function", "sample"], in: items)
      guard let other = value("compare") else { throw LabError.failed("view=pair needs compare=VARIANT") }
      view = .pair(other: other, functions: functions, sample: value("sample"))
    case "growth":
      try Self.allow(["view"], in: items)
      view = .growth
    case "cycle":
      try Self.allow(["view", "through"], in: items)
      view = .cycle(through: value("through"))
    case "machines":
      try Self.allow(["view", "function"], in: items)
      view = .machines(functions: functions)
    default:
      guard let kind = FigureKind(rawValue: name) else {
        let known = FigureKind.allCases.map(\.rawValue) + ["pair", "growth", "cycle", "machines"]
        throw LabError.failed("no view '\(name)'; there are: \(known.joined(separator: ", "))")
      }
      view = .profile(kind, try FigureOptions(items.map { (name: $0.name, value: $0.value) }))
    }
  }

  /// What the capture is compared with: a variant, or a round of a series; nil if with nothing.
  var compared: String? {
    switch view {
    case .pair(let other, _, _): other
    case .profile(_, let options): options.compare
    case .growth, .cycle, .machines: nil
    }
  }

  /// The sample type that is drawn, if the query names one.
  var sampleType: String? {
    switch view {
    case .pair(_, _, let sample): sample
    case .profile(_, let options): options.sampleType
    case .growth, .cycle, .machines: nil
    }
  }

  private static func allow(_ names: [String], in items: [QueryItem]) throws {
    for item in items where !names.contains(item.name) {
      throw LabError.failed("this view takes no '\(item.name)'; it takes: \(names.joined(separator: ", "))")
    }
  }
}
