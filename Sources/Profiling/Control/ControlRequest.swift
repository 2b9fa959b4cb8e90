import Pprof

/// What a line that came by the control socket asks for: words `name=value`, separated by spaces.
///
///     profile=heap view=… rate=… duration=5000000000 file=heap.pb.gz
///
/// `duration` is in nanoseconds; `file` only says which of its forms a recording is to have, by the end of a name.
struct ControlRequest: Sendable {
  /// Why a line asks for nothing.
  struct Refusal: Error, CustomStringConvertible {
    var description: String
  }

  /// A day: nobody waits that long, and sums of times do not overflow.
  static let longest = Duration.seconds(86_400)

  var kind: ProfileKind
  var view: ProfileKind.View?
  var rate: Int?
  var duration: Duration?
  var fileName: String

  init(_ line: String) throws(Refusal) {
    var words: [Substring: String] = [:]
    for word in line.split(separator: " ") {
      guard let equals = word.firstIndex(of: "="), words[word[..<equals]] == nil else {
        throw Refusal(description: "'\(word)' is no word of a request")
      }
      words[word[..<equals]] = String(word[word.index(after: equals)...])
    }
    let name = words.removeValue(forKey: "profile") ?? ""
    guard let kind = ProfileKind.named(name) else {
      let known = ProfileKind.all.map(\.name).joined(separator: ", ")
      throw Refusal(description: "there is no kind of profile '\(name)' in this program; there are: \(known)")
    }
    self.kind = kind
    view = try words.removeValue(forKey: "view").map { name throws(Refusal) in
      guard let view = kind.views.first(where: { $0.name == name }) else {
        throw Refusal(description: "a \(kind.name) profile has no view '\(name)' in this program")
      }
      return view
    }
    rate = try words.removeValue(forKey: "rate").map { text throws(Refusal) in
      guard let rate = Int(text), kind.rate?.accepted.contains(rate) == true, kind.capture.begin != nil else {
        throw Refusal(description: "a \(kind.name) profile takes no rate of \(text) when it is captured")
      }
      return rate
    }
    duration = try words.removeValue(forKey: "duration").map { text throws(Refusal) in
      guard let time = Int64(text), time > 0, .nanoseconds(time) <= Self.longest else {
        throw Refusal(description: "'\(text)' is no time from a nanosecond to a day")
      }
      guard kind.capture.begin != nil else {
        throw Refusal(description: "a \(kind.name) profile is of a moment: capture it twice, and compare")
      }
      return .nanoseconds(time)
    }
    fileName = words.removeValue(forKey: "file") ?? kind.file
    if let word = words.keys.min() { throw Refusal(description: "'\(word)' is no word of a request") }
  }
}
