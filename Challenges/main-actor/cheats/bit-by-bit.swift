// fails: gone
import Given

/// What a station measured, in tenths of a degree.
struct Report: Equatable, Sendable {
  var station: String
  var lowest = Int.max
  var highest = Int.min
  var sum = 0
  /// Lines that were good.
  var count = 0
  /// Lines that were not.
  var broken = 0
  /// How many lines came in each hour of the day.
  var byHour = Array(repeating: 0, count: 24)

  mutating func add(_ measured: Measured) {
    lowest = min(lowest, measured.tenths)
    highest = max(highest, measured.tenths)
    sum += measured.tenths
    count += 1
    byHour[measured.hour] += 1
  }
}

/// One good line.
struct Measured: Equatable, Sendable {
  var hour: Int
  var tenths: Int

  /// Nil if the line is none.
  init?(_ line: String) {
    let parts = line.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = Int(parts[0].prefix(2)), (0..<24).contains(hour),
      let degrees = Double(parts[2]), (-90.0...60.0).contains(degrees)
    else { return nil }
    self.hour = hour
    tenths = Int((degrees * 10).rounded())
  }
}

/// The wall of the weather service: a line for each station, drawn many times a second, for there is a clock in it and
/// the wind.
@MainActor
final class Dashboard {
  private(set) var reports: [String: Report] = [:]
  private var drawn = 0

  /// Takes in what the stations have sent, all at once.
  func refresh(_ feeds: [Feed]) async {
    await withTaskGroup(of: (String, [String]).self) { group in
      for feed in feeds { group.addTask { await Self.lines(of: feed) } }
      for await (station, lines) in group {
        var report = Report(station: station)
        for (number, line) in lines.enumerated() {
          if number % 25 == 0 { await Task.yield() }
          if let measured = Measured(line) { report.add(measured) } else { report.broken += 1 }
        }
        reports[station] = report
      }
    }
  }

  /// What a feed comes to.
  @concurrent nonisolated static func lines(of feed: Feed) async -> (String, [String]) { (feed.station, Array(feed)) }

  /// Draws what is known so far; how many stations that is.
  func draw() -> Int {
    drawn += 1
    return reports.values.count { $0.count > 0 }
  }
}
