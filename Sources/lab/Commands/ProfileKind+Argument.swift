import ArgumentParser
import Profiling

extension ProfileKind: ExpressibleByArgument {
  /// The kind that a word on the command line names.
  public init?(argument: String) {
    guard let kind = ProfileKind.named(argument) else { return nil }
    self = kind
  }

  /// What can be named, for help and errors.
  public static var allValueStrings: [String] { all.map(\.name) }

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

  /// What is said of an age that it does not take.
  func refusal(ofAge text: String) -> String {
    "a \(name) profile takes no age of '\(text)'; it takes \(age?.inWords ?? "none")"
  }

  /// What is said of a rate that it does not take.
  func refusal(of rate: Int) -> String {
    let takes = self.rate?.inWords ?? "none"
    return "a \(name) profile takes no rate of \(rate); it takes \(takes)"
  }
}
