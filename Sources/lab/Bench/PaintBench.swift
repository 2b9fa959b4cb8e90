import ChildProcesses
import Foundation

extension Benchmark {
  /// How soon a reader sees the heaviest page of the content, opened from the disk in a browser that was not running.
  ///
  /// None where there is no chromium.
  static let paint = Benchmark(name: "paint") {
    guard (try? ChildProcess.output(of: ["chromium", "--version"])) != nil else { return [] }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-paint-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try LabSite(output: "\(folder)/site", usesLocal: false).build()
    let lessons = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/site/lessons")
      .filter { $0.hasSuffix(".html") }
      .map { ($0, try String(contentsOfFile: "\(folder)/site/lessons/\($0)", encoding: .utf8)) }
    guard let (name, page) = lessons.max(by: { ($0.1.utf8.count, $1.0) < ($1.1.utf8.count, $0.0) }) else { return [] }
    let watched = "\(folder)/site/lessons/watched.html"
    try page.replacing("</body>", with: "<script>\(watcher)</script></body>")
      .write(toFile: watched, atomically: false, encoding: .utf8)
    var paints: [Double] = []
    // Whether the browser has painted by the time it prints the page is left to it; so some tries tell nothing.
    for _ in 0..<40 where paints.count < 15 { if let paint = try firstPaint(of: watched) { paints.append(paint) } }
    guard paints.count >= 5 else { return [] }
    return [
      Row(
        name: "paint: the heaviest lesson, \(name), first paint from disk", value: paints.median, unit: "ms",
        goal: .atMost(500)),
      Row(
        name: "paint: size of its page", value: Double(page.utf8.count) / 1e3, unit: "kB", goal: .none),
    ]
  }

  /// Milliseconds from the start of loading to the first paint with content; nil if the page was printed before it.
  private static func firstPaint(of file: String) throws -> Double? {
    let page = try ChildProcess.output(of: [
      "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1440,900", "--timeout=4000",
      "--dump-dom", "file://\(file)",
    ])
    return page.firstMatch(of: #/<html[^>]* data-first-paint="([0-9.]+)"/#).flatMap { Double($0.1) }
  }

  /// Notes the paint's time where the printed page shows it.
  private static let watcher = """
    new PerformanceObserver(list => list.getEntriesByName('first-contentful-paint').forEach(paint =>
      document.documentElement.setAttribute('data-first-paint', paint.startTime))).observe({ type: 'paint', buffered: true })
    """
}
