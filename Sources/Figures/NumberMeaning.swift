/// Says in a sentence what a number of a report means, for whoever has forgotten what *flat* and *cum* are.
struct NumberMeaning: Sendable {
  /// What is measured, e.g. `cpu`.
  let type: String
  /// Whether numbers are changes.
  let isDifference: Bool

  private var measured: String { type.isEmpty ? "" : " of \(type)" }

  /// A function's own value.
  func flat(_ value: String, _ share: String, in name: String) -> String {
    isDifference
      ? "Flat: \(value)\(measured) against before in \(name) itself, in percent of all before: \(share)."
        + " What it calls is not counted."
      : "Flat: \(value)\(measured), \(share) of all, in \(name) itself. What it calls is not counted."
  }

  /// The value of a function and all that it calls.
  func cum(_ value: String, _ share: String, in name: String) -> String {
    isDifference
      ? "Cum: \(value)\(measured) against before in \(name) and all that it calls, in percent of all before: \(share)."
      : "Cum: \(value)\(measured), \(share) of all, in \(name) and all that it calls. Where it calls itself it counts once."
  }

  /// The flat values of the rows up to one.
  func sum(_ share: String) -> String { "Sum: the rows down to this one have \(share) in themselves, together." }

  /// The value of the calls from one function to another.
  func calls(_ value: String, _ share: String, from caller: String, to callee: String) -> String {
    "\(value)\(measured), \(share), in \(callee) and all that it calls, when called by \(caller)."
  }

  /// A frame of a flame graph.
  func frame(_ words: String, in name: String) -> String {
    isDifference ? "\(words), in \(name) and all that it calls here" : "\(words) in \(name) and all that it calls here"
  }

  /// A source line's own value, or with all that it calls.
  func line(_ value: String, _ number: String, isFlat: Bool) -> String {
    if value.isEmpty { return "" }
    return isFlat
      ? "Flat: \(value)\(measured) in line \(number) itself. What it calls is not counted."
      : "Cum: \(value)\(measured) in line \(number) and all that it calls."
  }
}
