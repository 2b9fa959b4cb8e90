extension Frame {
  /// The function's name without package, path, namespace and arguments, where it looks like Java, Go or C++.
  ///
  ///     "github.com/acme/kafka/v2/record.(*Batch).Decode"  // "record.(*Batch).Decode"
  ///     "java.util.concurrent.Locks.park(Thread)"          // "Locks.park"
  ///     "std::chrono::Clock::now"                          // "Clock::now"
  ///
  /// Source: google/pprof, `internal/graph/graph.go` (`ShortenFunctionName`).
  var shortName: String {
    var name = name
    let anonymous = "(anonymous namespace)::"
    if name.hasPrefix(anonymous) { name.removeFirst(anonymous.count) }
    if let match = try? NamePatterns.goVersion.wholeMatch(in: name) { name = String(match.1 + match.2) }
    for pattern in [NamePatterns.go, NamePatterns.java, NamePatterns.cpp] {
      if let match = try? pattern.prefixMatch(in: name) { return String(match.1) }
    }
    return name
  }
}

/// What the names of functions look like in other languages than Swift.
///
/// Each is read once: that takes as long as matching hundreds of names. They are unsafe only in that a regular expression
/// may hold a function of whoever wrote it; these hold none.
private enum NamePatterns {
  /// A path with a module's major version in it: what is before, and what is after.
  nonisolated(unsafe) static let goVersion: Regex<(Substring, Substring, Substring)> =
    /(.*?)\/v(?:[2-9]|[1-9][0-9]+)([.\/].*)/.asciiOnlyWordCharacters().matchingSemantics(.unicodeScalar)
  /// `path/package.function`, without the path.
  nonisolated(unsafe) static let go: Regex<(Substring, Substring)> =
    /(?:[\w\-.]+\/)+([^.]+\..+)/.asciiOnlyWordCharacters().matchingSemantics(.unicodeScalar)
  /// `package.Class.method(…`, without package and arguments.
  nonisolated(unsafe) static let java: Regex<(Substring, Substring)> =
    /(?:[a-z]\w*\.)*([A-Z][\w$]*\.(?:<init>|[a-z][\w$]*(?:\$[0-9]+)?))(?:\(|\z)/
    .asciiOnlyWordCharacters().matchingSemantics(.unicodeScalar)
  /// `space::Class::method<…>`, without the namespace.
  nonisolated(unsafe) static let cpp: Regex<(Substring, Substring)> =
    /(?:[_a-zA-Z]\w*::)+(_*[A-Z]\w*::~?[_a-zA-Z]\w*(?:<.*>)?)/
    .asciiOnlyWordCharacters().matchingSemantics(.unicodeScalar)
}
