import Pprof
import PprofOperations

extension Profile {
  /// The profile without what nothing refers to, and with equal entries joined.
  public func compacted() throws(ProfileError) -> Profile { try Profile.merge([self]) }
}
