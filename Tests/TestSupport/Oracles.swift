import Foundation

/// Programs and libraries that know the right answer, which tests hold ours against.
public enum Oracles {
  /// Whether a test fails for want of one, where it would be skipped otherwise: `LAB_REQUIRE_ORACLES=1`, as `.ci/run`
  /// sets it, so that a check that could not be made does not pass for one that was.
  public static let areRequired = ProcessInfo.processInfo.environment["LAB_REQUIRE_ORACLES"] == "1"
}
