import Dispatch
import Platform
import Pprof
import Synchronization

extension PprofRequest {
  /// The profiles of all sources: files, and what servers have, of all servers at once.
  ///
  /// What there is a file of is a file, whatever it looks like.
  func fetch(_ sources: [String], notice: (String) -> Void) -> [Result<Profile, PprofInputError>] {
    let client = HTTPClient(certificates: certificates)
    let urls = sources.map { access($0, F_OK) == 0 ? nil : ProfileURL($0, seconds: seconds, timeout: timeout) }
    for url in urls.compactMap({ $0 }) { notice("Fetching profile over HTTP from \(url.shownText)") }
    if seconds > 0, urls.contains(where: { $0 != nil }) { notice("Please wait... (\(seconds)s)") }
    let fetched = Mutex([Int: Result<Profile, PprofInputError>]())
    let remote = urls.indices.filter { urls[$0] != nil }
    DispatchQueue.concurrentPerform(iterations: remote.count) { number in
      guard let url = urls[remote[number]] else { return }
      let result = Result { try Profile(decoding: try client.body(of: url)) }
        .mapError { PprofInputError(message: "\(url.shownText): \($0)") }
      fetched.withLock { $0[remote[number]] = result }
    }
    return sources.indices.map { position in
      fetched.withLock { $0[position] }
        ?? Result { () throws(ProfileError) in try Profile(contentsOf: sources[position]) }
        .mapError { PprofInputError(message: $0.message(for: sources[position])) }
    }
  }
}

extension ProfileError {
  fileprivate func message(for path: String) -> String {
    if case .file(_, path: _, code: ENOENT) = self, path.contains("://") {
      return "\(path): only files, http and https are read"
    }
    if case .file = self { return "\(self)" }
    return "\(path): \(self)"
  }
}
