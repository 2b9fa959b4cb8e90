/// How a capture came to be: everything a reader needs to judge it and to make it again.
///
/// Lies beside the capture as JSON. All shares are between 0 and 1.
public struct Provenance: Sendable, Hashable, Codable {
  /// The scenario's id.
  public var scenario: String
  /// `faulty` or `fixed`.
  public var variant: String
  /// The kind of profile.
  public var kind: String
  /// The view that was asked for; nil if the kind's usual one.
  public var view: String?
  /// The parameters it ran with.
  public var parameters: [String: Int]
  /// The command that makes it.
  public var command: String
  /// When it was made, UTC, e.g. `2026-11-22T17:00:00Z`.
  public var date: String
  /// Where it was made.
  public var machine: Machine
  /// `release` or `debug`.
  public var build: String
  /// A hash of the scenario's sources, the profiler, the parameters and the toolchain.
  public var key: String
  /// A hash of the profile's file, so that a profile and a provenance of different runs are never taken for one.
  public var digest: String
  /// What the profiler counted.
  public var recording: Recording
  /// The same work with the profiler on and off.
  public var overhead: Overhead
  /// CPU time of one round with the profiler off, in seconds: the median of all such rounds.
  public var cpuSecondsPerRound: Double
  /// Wall-clock time of one round with the profiler off, in seconds: the median.
  public var wallSecondsPerRound: Double
  /// Whether the round never ends: then its times are those until nothing happened any more. Nil if it does.
  public var cameToRest: Bool?
  /// The address that was asked for it while the program ran; nil if the profiler was asked in the program itself.
  public var asked: String?
  /// A digest of what the program computed; `none` if it came to rest before.
  public var output: String
  /// What is known without a profiler.
  public var truth: [Fact]

  /// Why the overhead was not measured, in words; nil if it was.
  public var lackOfOverhead: String? {
    guard overhead.pairs == 0 else { return nil }
    return "not measured: " + (cameToRest == true ? "the round never ends" : "it cannot be turned off within a run")
  }

  /// The name that the capture has among all.
  public var name: CaptureName { CaptureName(scenario: scenario, variant: variant, kind: kind) }

  /// The machine a capture was made on.
  public struct Machine: Sendable, Hashable, Codable {
    /// The processor's name.
    public var processor: String
    /// Logical processors available.
    public var cores: Int
    /// The kernel's version.
    public var kernel: String
    /// The distribution.
    public var system: String
    /// The compiler.
    public var toolchain: String

    /// A machine of the given parts.
    public init(processor: String, cores: Int, kernel: String, system: String, toolchain: String) {
      self.processor = processor
      self.cores = cores
      self.kernel = kernel
      self.system = system
      self.toolchain = toolchain
    }
  }

  /// The profiler's own counts.
  public struct Recording: Sendable, Hashable, Codable {
    /// Samples taken, weights added up.
    public var samples: Int
    /// Samples lost for want of room.
    public var lost: Int
    /// Stacks cut at the greatest depth.
    public var truncated: Int
    /// Addresses without a name.
    public var unresolved: Int
    /// CPU seconds consumed while recording.
    public var cpuSeconds: Double
    /// Rounds recorded; nil where it was not noted.
    public var rounds: Int?

    /// The given counts.
    public init(samples: Int, lost: Int, truncated: Int, unresolved: Int, cpuSeconds: Double, rounds: Int? = nil) {
      self.samples = samples
      self.lost = lost
      self.truncated = truncated
      self.unresolved = unresolved
      self.cpuSeconds = cpuSeconds
      self.rounds = rounds
    }
  }

  /// CPU time with the profiler on over CPU time with it off, from interleaved pairs of rounds.
  public struct Overhead: Sendable, Hashable, Codable {
    /// The median of the pairs' ratios.
    public var ratio: Double
    /// The lower quartile of the pairs' ratios.
    public var low: Double
    /// The upper quartile.
    public var high: Double
    /// How many pairs there were.
    public var pairs: Int

    /// The median and quartiles of the given ratios; 1 if there are none.
    public init(ratios: [Double]) {
      let sorted = ratios.sorted()
      func quantile(_ q: Double) -> Double {
        guard let last = sorted.indices.last else { return 1 }
        let position = q * Double(last)
        let below = Int(position)
        let above = min(below + 1, last)
        return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
      }
      ratio = quantile(0.5)
      low = quantile(0.25)
      high = quantile(0.75)
      pairs = ratios.count
    }
  }

  /// A thing known without a profiler.
  public struct Fact: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: Double
    /// How it is known.
    public var basis: String

    /// A fact and its basis.
    public init(name: String, value: Double, basis: String) {
      self.name = name
      self.value = value
      self.basis = basis
    }
  }

  /// The provenance of a capture, all parts given.
  public init(
    scenario: String, variant: String, kind: String, view: String? = nil, parameters: [String: Int], command: String,
    date: String, machine: Machine, build: String, key: String, digest: String, recording: Recording,
    overhead: Overhead, cpuSecondsPerRound: Double, wallSecondsPerRound: Double, cameToRest: Bool? = nil,
    asked: String? = nil, output: String, truth: [Fact]
  ) {
    self.scenario = scenario
    self.variant = variant
    self.kind = kind
    self.view = view
    self.parameters = parameters
    self.command = command
    self.date = date
    self.machine = machine
    self.build = build
    self.key = key
    self.digest = digest
    self.recording = recording
    self.overhead = overhead
    self.cpuSecondsPerRound = cpuSecondsPerRound
    self.wallSecondsPerRound = wallSecondsPerRound
    self.cameToRest = cameToRest
    self.asked = asked
    self.output = output
    self.truth = truth
  }
}
