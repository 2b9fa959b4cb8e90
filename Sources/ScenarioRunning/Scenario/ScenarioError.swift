/// Why a scenario cannot run as asked.
public enum ScenarioError: Error, CustomStringConvertible {
  /// No parameter has this name.
  case unknownParameter(String, known: [String])
  /// The value lies outside the parameter's bounds.
  case outOfBounds(String, value: Int, range: ClosedRange<Int>)
  /// The process was not built with this scenario.
  case unknownScenario(String)
  /// No kind of profile has this name.
  case unknownProfile(String)
  /// The program's own check of its result failed.
  case wrongResult(String)
  /// A round that was never to end has ended.
  case cameToAnEnd(String)
  /// Its endpoint gave no profile.
  case noAnswer(String)
  /// Nobody can tell whether the program has come to rest.
  case cannotWatch(String)

  /// The error for people.
  public var description: String {
    switch self {
    case .unknownParameter(let name, let known):
      "no parameter '\(name)'"
        + (known.isEmpty ? "; this scenario has none" : "; there are: \(known.joined(separator: ", "))")
    case .outOfBounds(let name, let value, let range):
      "\(name)=\(value) is out of bounds: \(range.lowerBound) to \(range.upperBound)"
    case .unknownScenario(let name): "no scenario '\(name)'"
    case .unknownProfile(let name): "no profile '\(name)'"
    case .cameToAnEnd(let scenario):
      "\(scenario), faulty: its round has come to an end, which it never should: the fault did not show"
    case .noAnswer(let reason): "the program's endpoint gives no profile: \(reason)"
    case .cannotWatch(let reason): "whether the program has come to rest cannot be told: \(reason)"
    case .wrongResult(let what): "the scenario's own check failed: \(what)"
    }
  }
}
