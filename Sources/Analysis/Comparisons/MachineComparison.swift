import ExecutionTrace
import Pprof

/// The published capture and the one made on this machine, side by side.
public struct MachineComparison: Sendable {
  /// One property of both.
  public struct Row: Sendable, Hashable {
    /// What is compared.
    public var name: String
    /// As published; empty if there is no published capture.
    public var published: String
    /// As measured here; empty if there is no local capture.
    public var local: String
    /// How the two differ, of what is sampled: `within noise` or `beyond noise`; empty otherwise.
    public var difference = ""
  }

  /// The properties, in reading order.
  public let rows: [Row]
  /// The functions whose shares are compared.
  public let functions: [String]

  /// Whether there is a capture made on this machine.
  public var hasLocal: Bool { rows.contains { !$0.local.isEmpty } }
  /// In how many rows the two differ.
  public var differing: Int {
    rows.count { row in
      !row.published.isEmpty && !row.local.isEmpty && row.published != row.local && row.difference != Self.noise
    }
  }

  private static let noise = "within noise"

  /// Compares two captures of the same name, of which one may be missing, by the shares of `functions` among others.
  public init(published: Capture?, local: Capture?, functions: [String]) {
    func row(_ name: String, _ value: (Capture) -> String) -> Row {
      Row(name: name, published: published.map(value) ?? "", local: local.map(value) ?? "")
    }
    var rows = [
      row("processor") { "\($0.provenance.machine.processor), \($0.provenance.machine.cores) cores" },
      row("toolchain") { "\($0.provenance.machine.toolchain), \($0.provenance.build)" },
      row("CPU time of a round") { Self.milliseconds($0.provenance.cpuSecondsPerRound) },
      row("overhead of the profiler") {
        $0.provenance.lackOfOverhead == nil
          ? Measurement($0.provenance.overhead.ratio, .ratio, meaning: "").description : "not measured"
      },
      row((published ?? local)?.trace == nil ? "samples taken, lost" : "events kept, lost") {
        "\($0.provenance.recording.samples), \($0.provenance.recording.lost)"
      },
    ]
    let (there, here) = (published.flatMap(Self.summary), local.flatMap(Self.summary))
    func traced(_ name: String, _ value: (TraceSummary) -> String) -> Row {
      Row(name: name, published: there.map(value) ?? "", local: here.map(value) ?? "")
    }
    if there != nil || here != nil {
      rows += [
        traced("processors' time in which tasks ran") {
          Measurement($0.utilisation.share, .share, meaning: "").description
        },
        traced("how long a typical task ran (median)") { TraceTime.text($0.all.running.median) },
      ]
    }
    for function in functions {
      func share(_ capture: Capture) -> Measurement? {
        let input = Query.Input(capture: capture, arguments: ["function": function], other: { _ in capture })
        return try? Query.share.evaluate(input)
      }
      var row = row("share of \(function)") { share($0)?.description ?? "not seen" }
      if let there = published.flatMap(share), let here = local.flatMap(share), here.error != nil || there.error != nil
      {
        let change = Estimate(here.value, error: here.error).difference(to: Estimate(there.value, error: there.error))
        row.difference = change.isNoise() ? Self.noise : "beyond noise"
      }
      rows.append(row)
    }
    self.rows = rows
    self.functions = functions
  }

  /// What a whole trace tells; nil of another capture.
  private static func summary(_ capture: Capture) -> TraceSummary? {
    guard let trace = capture.trace, let window = try? TraceWindow(of: trace) else { return nil }
    return TraceSummary(trace, in: window)
  }

  private static func milliseconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10_000).rounded())
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
