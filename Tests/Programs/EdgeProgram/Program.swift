import EdgeCalls
import Platform
import Pprof
import Profiling

/// Spends its time in functions so short that a sample mostly falls into a prologue or an epilogue, and holds each sampled
/// stack against who calls whom.
///
///     EdgeProgram SAMPLES [HERTZ]
///
/// Prints how many samples had one of its functions on their stack, at how many addresses these were interrupted, how many
/// of the stacks were wrong, and the wrong ones: how often, which frames, and where in its function the innermost one was.
@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let wanted = arguments.first ?? 2_000
    try CPUProfiler.start(rate: .hertz(arguments.dropFirst().first ?? 1_000))
    var sum: UInt64 = 0
    while CPUProfiler.statistics.samples < wanted {
      sum &+= edgeRoot(200)
      sum &+= await edgeAsyncRoot(40)
    }
    let profile = try stopHere()
    var verdict = Verdict()
    for sample in profile.samples { verdict.take(sample, of: profile) }
    print("sum", sum)
    print("samples", verdict.samples)
    print("places", verdict.places.count)
    print("wrong", verdict.wrong)
    print("unresolved", CPUProfiler.statistics.unresolved)
    for (stack, count) in verdict.stacks.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("stack", count, stack)
    }
  }

  static func stopHere() throws(ProfilingError) -> Profile { try CPUProfiler.stop() }
}

/// What is wrong with stacks: a frame whose caller does not call it, or an outermost one that is not where all begins.
struct Verdict {
  var samples = 0
  var wrong = 0
  var stacks: [String: Int] = [:]
  /// Where in its functions the innermost of them was met.
  var places: Set<UInt64> = []

  mutating func take(_ sample: Sample, of profile: Profile) {
    // Of inlined functions the one that they are in.
    let frames = sample.locations.map { place in
      profile.locations[place].lines.last.map { profile.functions[$0.function].name.prefix { $0 != "(" } } ?? "?"
    }
    let own = frames.filter { $0.hasPrefix("edge") }
    guard let outermost = own.last else { return }
    let count = Int(sample.values[0])
    samples += count
    if frames[0].hasPrefix("edge") { places.insert(profile.locations[sample.locations[0]].address) }
    let calls = zip(own, own.dropFirst()).allSatisfy { callers[String($0), default: []].contains(String($1)) }
    if calls, callers[String(outermost)] == [] { return }
    wrong += count
    let leaf = profile.locations[sample.locations[0]].address
    let image = profile.locations[sample.locations[0]].mapping.map { profile.mappings[$0] }
    let place = image.map { leaf &- $0.start &+ $0.offset } ?? leaf
    stacks["\(frames.joined(separator: " < ")) at 0x\(String(place, radix: 16))", default: 0] += count
  }
}

/// Who calls whom: by the function that is called. Empty: whoever begins.
let callers: [String: Set<String>] = {
  let swift: Set<String> = ["edgeRoot", "edgeAsyncLeaf", "edgeAsyncMiddle"]
  let c: Set<String> = ["edge_c_saves", "edge_c_early", "edge_c_large", "edge_c_moves"]
  return [
    "edgeRoot": [], "edgeAsyncRoot": [],
    "edgeAsyncMiddle": ["edgeAsyncRoot"], "edgeAsyncThrows": ["edgeAsyncRoot"],
    "edgeAsyncLeaf": ["edgeAsyncMiddle", "edgeAsyncThrows"],
    "edgeAsyncPlain": ["edgeAsyncMiddle"],
    "edgeLeaf": swift.union(["edgeSaves", "edgeEarly", "edgeLarge", "edgeThrows"]),
    "edgeSaves": ["edgeRoot", "edgeAsyncMiddle"], "edgeEarly": ["edgeRoot"], "edgeLarge": ["edgeRoot"],
    // Jumped to: its caller's frame is gone.
    "edgeJumpedTo": ["edgeRoot"], "edgeJumps": ["edgeRoot"], "edgeThrows": ["edgeRoot"],
    "edge_c_leaf": c.union(["edgeRoot"]), "edge_c_saves": ["edgeRoot"], "edge_c_early": ["edgeRoot"],
    "edge_c_jumps": ["edgeRoot"], "edge_c_large": ["edgeRoot"], "edge_c_sorts": ["edgeRoot"],
    "edge_c_order": ["edge_c_sorts"], "edge_c_moves": ["edgeRoot"],
  ]
}()
