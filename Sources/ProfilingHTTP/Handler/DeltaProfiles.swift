import Pprof
import PprofOperations
import Synchronization

/// What was told last at addresses that tell only what has changed since.
///
/// What is in use is told as it is: only what grows is compared. Modelled on grafana/pyroscope-go's godeltaprof.
final class DeltaProfiles: Sendable {
  private let last = Mutex<[String: Profile]>([:])

  /// The change from what was told last by that name; all of it the first time. Profiles are made one after the other, or
  /// of two that are asked for at once the older one might be compared with the newer.
  func change(of name: String, to make: () throws -> Profile) rethrows -> Profile {
    try last.withLock { last in
      let profile = try make()
      defer { last[name] = profile }
      return Self.change(from: last[name], to: profile)
    }
  }

  private static func change(from before: Profile?, to profile: Profile) -> Profile {
    guard var before else { return profile }
    for (index, type) in before.sampleTypes.enumerated() where type.type.hasPrefix("inuse_") {
      for sample in before.samples.indices { before.samples[sample].values[index] = 0 }
    }
    // The same program's profiles of one kind are compatible; if not, all of it is told.
    guard var change = try? profile.difference(from: before) else { return profile }
    change.timeNanoseconds = profile.timeNanoseconds
    change.durationNanoseconds = max(profile.timeNanoseconds - before.timeNanoseconds, 0)
    return change
  }
}
