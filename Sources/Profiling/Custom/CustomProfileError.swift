/// Why a custom profile could not be made, or could not take a value. The program is as it was before.
@nonexhaustive
public enum CustomProfileError: Error, Sendable, Hashable {
  /// The name cannot be that of a profile, for this reason.
  case badName(String, reason: String)
  /// The name is taken, by a profile of the program or of the profiler's own.
  case nameTaken(String)
  /// The profile has an equal value, which was not removed.
  case alreadyAdded(value: String, profile: String)
  /// The kernel gave no memory for stacks.
  case noMemory
}

extension CustomProfileError: CustomStringConvertible {
  /// What went wrong and what to do about it, in one line.
  public var description: String {
    switch self {
    case .badName(let name, let reason): "'\(name)' is no name for a profile: \(reason)"
    case .nameTaken(let name):
      "there is a profile '\(name)' already: make it once, and use that one wherever something is added"
    case .alreadyAdded(let value, let profile):
      "'\(value)' is in the profile '\(profile)' already: remove it first, or add what tells the two apart"
    case .noMemory: "no memory for the stacks of custom profiles"
    }
  }
}
