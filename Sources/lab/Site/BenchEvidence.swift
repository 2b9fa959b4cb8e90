import Analysis
import Figures
import Foundation
import SiteGenerator

/// Figures, claims and output that come from what `lab bench` measured: `bench/GROUP` in the place of a capture.
struct BenchEvidence: Sendable {
  /// Whether what was measured on this machine comes before what was published.
  let usesLocal: Bool

  private static let command = "./lab bench --keep"

  /// A group, from what was measured here or from what was published.
  private func group(_ path: String) throws -> (record: BenchRecord, group: BenchRecord.Group, isLocal: Bool) {
    let name = String(path.dropFirst(BenchRecord.prefix.count))
    if usesLocal, let record = try? BenchRecord.read(BenchRecord.local), let group = try? record.group(name) {
      return (record, group, true)
    }
    let record = try BenchRecord.read(BenchRecord.published)
    return (record, try record.group(name), false)
  }

  /// `claim:bench/GROUP?row=NAME&within=BOUND`; with `over=NAME`, how many times another row of the group it is.
  func claim(_ reference: ClaimReference, mustHold: Bool) throws -> CheckedClaim {
    var arguments = Dictionary(reference.parameters.map { ($0.name, $0.value) }) { $1 }
    guard let name = arguments.removeValue(forKey: "row") else {
      throw ClaimError.missingArgument(query: "bench", name: "row")
    }
    guard let within = arguments.removeValue(forKey: "within") else {
      throw ClaimError.missingArgument(query: "bench", name: "within")
    }
    let over = arguments.removeValue(forKey: "over")
    if let other = arguments.keys.min() { throw ClaimError.unknownArgument(query: "bench", name: other) }
    let (record, group, isLocal) = try group(reference.capture)
    let row = try record.row(name, of: group)
    let measurement = try over.map { try Self.ratio(row, record.row($0, of: group)) } ?? row.measurement()
    let bound = try Bound(within)
    let holds = bound.contains(measurement.value)
    let machine = "\(group.machine.cores) cores (\(group.machine.processor))"
    let verdict: CheckedClaim.Verdict =
      if holds {
        .holds
      } else if isLocal, !mustHold {
        .differsHere(reason: "It came out differently on this machine: \(machine), a \(group.build) build.")
      } else {
        .fails
      }
    return CheckedClaim(
      verdict: verdict,
      measured: measurement.text, uncertainty: measurement.uncertainty,
      bound: bound.description(in: measurement.unit), question: measurement.meaning,
      command: "./lab bench --only \(group.name)", number: LabEvidence.number(measurement, bound),
      isPublished: !isLocal)
  }

  /// How many times one row is another, whatever unit both have.
  private static func ratio(_ row: BenchLine, _ other: BenchLine) throws -> Analysis.Measurement {
    guard row.unit == other.unit, other.value != 0 else {
      throw LabError.failed("'\(row.shortName)' and '\(other.shortName)' cannot be compared")
    }
    func estimate(_ line: BenchLine) -> Estimate {
      Estimate(line.value, error: line.interval.map { max($0.upperBound - line.value, line.value - $0.lowerBound) })
    }
    let ratio = estimate(row).ratio(to: estimate(other)) ?? Estimate(0)
    return Analysis.Measurement(
      ratio.value, error: ratio.error, .ratio, meaning: "\(row.shortName), over \(other.shortName)")
  }

  /// `figure:bench/costs?rows=GROUP:NAME|GROUP:NAME|…`: ratios of any groups on one axis. `GROUP:*` is all ratios of one.
  func figure(_ reference: FigureReference) throws -> RenderedFigure {
    guard reference.capture == BenchRecord.prefix + "costs",
      let rows = reference.parameters.first(where: { $0.name == "rows" })?.value
    else { throw LabError.failed("a figure of lab bench is figure:bench/costs?rows=GROUP:NAME|…") }
    var costs: [MeasuredCost] = []
    var used: [(group: BenchRecord.Group, isLocal: Bool)] = []
    for item in rows.split(separator: "|") {
      let parts = item.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2 else { throw LabError.failed("'\(item)' is no row: write GROUP:NAME") }
      let (record, group, isLocal) = try group(BenchRecord.prefix + parts[0])
      let lines = parts[1] == "*" ? group.rows.filter { $0.unit == "ratio" } : [try record.row(parts[1], of: group)]
      for line in lines {
        guard line.unit == "ratio" else {
          throw LabError.failed("'\(line.shortName)' is in \(line.unit), and no ratio")
        }
        costs.append(
          MeasuredCost(
            name: "\(group.name): \(line.shortName)", ratio: line.value, interval: line.interval, peer: line.peer))
      }
      used.append((group, isLocal))
    }
    guard let first = used.first else { throw LabError.failed("rows= names none") }
    let figure = CostFigure(costs).figure()
    return RenderedFigure(
      body: figure.body, alt: figure.alt, table: figure.table.html, command: Self.command,
      provenance: Self.provenance(of: first.group, first.isLocal, dates: used.map(\.group.date)),
      download: first.isLocal ? BenchRecord.local : BenchRecord.published)
  }

  private static func provenance(of group: BenchRecord.Group, _ isLocal: Bool, dates: [String]) -> [QueryItem] {
    let days = Set(dates.map { String($0.prefix(10)) }).sorted()
    let machine = group.machine
    return [
      QueryItem(
        name: "measured", value: days.joined(separator: ", ") + (isLocal ? ", on this machine" : "")),
      QueryItem(name: "processor", value: "\(machine.processor), \(machine.cores) cores"),
      QueryItem(name: "system", value: "\(machine.system), Linux \(machine.kernel)"),
      QueryItem(name: "toolchain", value: "\(machine.toolchain), \(group.build)"),
    ]
  }

  /// What `lab bench --only GROUP` prints.
  func output(_ reference: CommandReference) throws -> String {
    let (_, group, _) = try group(reference.capture)
    let words = try Transcript.words(reference.command)
    guard ["lab", "./lab"].contains(words.first), words.dropFirst() == ["bench", "--only", group.name] else {
      throw LabError.failed("'\(reference.command)' does not measure bench/\(group.name)")
    }
    return group.rows.map(\.text).joined(separator: "\n") + "\n"
  }

  /// What pages with such evidence depend on.
  func fingerprint() -> String {
    [BenchRecord.local, BenchRecord.published].map { path in
      guard path == BenchRecord.published || usesLocal, let data = FileManager.default.contents(atPath: path) else {
        return "none"
      }
      return String(decoding: data, as: UTF8.self)
    }.joined(separator: "\n")
  }
}
