import ArgumentParser
import Profiling

extension ProfileKind: ExpressibleByArgument {
  /// The kind that a word on the command line names.
  public init?(argument: String) {
    guard let kind = ProfileKind.named(argument) else { return nil }
    self = kind
  }

  /// What can be named, for help and errors.
  public static var allValueStrings: [String] { all.flatMap { [$0.name] + $0.otherNames } }

  /// The name of what is taken if none is named.
  public var defaultValueDescription: String { name }

  /// What a rate means for each kind that has one.
  static var ratesInWords: String {
    var units: [(unit: String, kinds: [String])] = []
    for kind in all {
      guard let unit = kind.rate?.unit else { continue }
      if let known = units.firstIndex(where: { $0.unit == unit }) {
        units[known].kinds.append(kind.name)
      } else {
        units.append((unit, [kind.name]))
      }
    }
    return units.map { "\($0.kinds.joined(separator: ", ")): \($0.unit)" }.joined(separator: "; ") + "."
  }

  /// What an age means for each kind that leaves out what is young.
  static var agesInWords: String {
    all.compactMap { kind in kind.age.map { "\(kind.name): leaves out blocks that are younger; \($0.inWords)" } }
      .joined(separator: "; ") + "."
  }

  /// What a setting means for each kind that has it.
  static func settingInWords(_ name: String) -> String {
    all.compactMap { kind in
      kind.settings.first { $0.name == name }.map { "\(kind.name): \($0.inWords)" }
    }.joined(separator: "; ") + "."
  }

  /// The setting of a name, which takes the text.
  /// - Throws: `LabError.usage` if it has none, or that does not.
  func setting(_ name: String, _ text: String) throws -> Setting {
    guard let setting = settings.first(where: { $0.name == name }) else {
      let kinds = Self.all.filter { $0.settings.contains { $0.name == name } }.map { "--profile \($0.name)" }
      throw LabError.usage("--\(name) goes with \(kinds.joined(separator: ", "))")
    }
    guard setting.accepts(text) else {
      throw LabError.usage("--\(name) '\(text)' makes no sense; it \(setting.inWords)")
    }
    return setting
  }

  /// What is said of an age that it does not take.
  func refusal(ofAge text: String) -> String {
    "a \(name) profile takes no age of '\(text)'; it takes \(age?.inWords ?? "none")"
  }

  /// The ways to show what is taken, for each kind that has several.
  static var viewsInWords: String {
    let kinds = all.filter { !$0.views.isEmpty }.map { kind in
      "\(kind.name): " + kind.views.map { "\($0.name), \($0.summary)" }.joined(separator: "; ")
    }
    return "How to show what was taken. \(kinds.joined(separator: ". "))."
  }

  /// The view that the options name; nil if they name none.
  /// - Throws: `LabError.usage` if the kind does not have it, or the options contradict one another.
  func view(by name: String?, dump: Bool = false, withoutLabels: Bool = false, json: Bool = false) throws -> View? {
    let asked = dump || withoutLabels && name == "dump" ? "dump" : name
    if dump, let name, name != "dump" { throw LabError.usage("--dump and --by \(name) are two ways to show the same") }
    if withoutLabels, asked != "dump" { throw LabError.usage("--without-labels goes with --dump") }
    if json, asked != "dump" { throw LabError.usage("--json goes with --dump") }
    guard let asked else { return nil }
    let wanted = json ? "waits" : withoutLabels ? "dump-without-labels" : asked
    if let view = views.first(where: { $0.name == wanted }) { return view }
    throw LabError.usage(
      views.isEmpty
        ? "a \(self.name) profile has but one view"
        : "a \(self.name) profile has no view '\(wanted)'; it has: \(views.map(\.name).joined(separator: ", "))")
  }

  /// What is said of a rate that it does not take.
  func refusal(of rate: Int) -> String {
    let takes = self.rate?.inWords ?? "none"
    return "a \(name) profile takes no rate of \(rate); it takes \(takes)"
  }
}
