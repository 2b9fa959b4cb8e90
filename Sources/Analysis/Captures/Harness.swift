import Pprof

/// The lab's own frames above those of a scenario: what runs its rounds, and turns the profiler on and off.
///
/// They stand above every sample and say nothing about the program, so figures fold them.
public struct Harness: Sendable {
  /// The names of the frames taken off, the outermost first: those of the most samples. Empty if there were none.
  public let frames: [String]
  /// The profile without them.
  public let profile: Profile

  /// The rooms whose functions these are, as paths from the package's root.
  private static let rooms = ["Sources/lab/", "Sources/ScenarioRunning/"]

  /// Takes the outermost frames off each stack, as long as they are the lab's own.
  public init(removedFrom profile: Profile) {
    let isOwn = profile.functions.map(Self.isOwn)
    var profile = profile
    var cut: [Int: Int] = [:]
    var chains: [[Int]: Int64] = [:]
    for index in profile.samples.indices {
      var locations = profile.samples[index].locations[...]
      var chain: [Int] = []
      while let outermost = locations.last {
        let lines = profile.locations[outermost].lines
        let kept = lines.reversed().drop { isOwn[$0.function] }.count
        if kept == lines.count { break }
        chain += lines.suffix(lines.count - kept).reversed().map(\.function)
        locations.removeLast()
        guard kept > 0 else { continue }
        // A function of the program that was inlined into one of the lab's.
        let position = cut[outermost] ?? profile.locations.count
        if position == profile.locations.count {
          cut[outermost] = position
          var location = profile.locations[outermost]
          location.lines = Array(lines.prefix(kept))
          location.id = (profile.locations.map(\.id).max() ?? 0) &+ 1
          profile.locations.append(location)
        }
        locations.append(position)
        break
      }
      profile.samples[index].locations = Array(locations)
      chains[chain, default: 0] += profile.samples[index].values.last ?? 0
    }
    let usual = chains.filter { !$0.key.isEmpty }
      .max { ($0.value, $1.key.count, $1.key.description) < ($1.value, $0.key.count, $0.key.description) }
    frames = (usual?.key ?? []).map { profile.functions[$0].name }
    self.profile = profile
  }

  private static func isOwn(_ function: Function) -> Bool {
    if rooms.contains(where: function.filename.hasPrefix) { return true }
    // What a scenario hands to whoever runs it.
    return function.filename.hasPrefix("Sources/Scenarios/") && function.name.contains(".program(")
  }
}
