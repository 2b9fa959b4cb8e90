import Foundation
import ScenarioRunning
import Synchronization

/// A greeting over HTTP, asked for by clients that keep their connections.
///
/// The fault: the `Date` of each answer is written by a formatter that is made for it.
enum HelloServer {
  static let scenario = Scenario(
    id: "hello-server",
    title: "A greeting that takes as long as its date",
    question: "The server says hello, and what day it is. Which of the two takes the time?",
    parameters: [
      Parameter("requests", "requests of each client a round", standard: 2_000, range: 1...100_000),
      Parameter("clients", "clients, each with a connection of its own", standard: 2, range: 1...16),
    ],
    profiles: [.cpu], isAskedWhileItRuns: true, alsoUses: ["HelloServerSockets.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let (requests, clients) = (arguments["requests"], arguments["clients"])
    return Program {
      let formatters = Formatters()
      let dates: any DateSource = variant == .faulty ? DateMadeAnew(formatters) : DateKept(formatters)
      let server = try GreetingServer { answer(to: $0, dates) }
      defer { server.stop() }
      let bodies = try GreetingClients(clients, of: server.port).ask(requests)
      var digest = Digest()
      for body in bodies { digest.addPiece(body) }
      return Outcome(
        output: digest.text,
        truth: [
          Truth("answers", Double(bodies.count), basis: "counted by the clients, which have read them to their end"),
          Truth("formatters", Double(formatters.count), basis: "counted where one is made"),
        ])
    }
  }
}

// lesson: begin answer
/// Says hello to whoever the address names: `/hello?name=Ada`.
@inline(never)
private func answer(to request: GreetingRequest, _ dates: any DateSource) -> String {
  let body = "Hello, \(request.name)!\n"
  return """
    HTTP/1.1 200 OK\r
    Date: \(dates.now())\r
    Content-Type: text/plain; charset=utf-8\r
    Content-Length: \(body.utf8.count)\r
    \r
    \(body)
    """
}
// lesson: end answer

/// Says what day it is. Any thread may ask.
private protocol DateSource: Sendable {
  func now() -> String
}

/// Makes them, and counts.
private final class Formatters: Sendable {
  private let made = Atomic(0)
  var count: Int { made.load(ordering: .relaxed) }

  // lesson: begin formatter
  /// As HTTP has it: `Sun, 06 Nov 1994 08:49:37 GMT`.
  func make() -> DateFormatter {
    made.add(1, ordering: .relaxed)
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter
  }
  // lesson: end formatter
}

private struct DateMadeAnew: DateSource {
  let formatters: Formatters
  init(_ formatters: Formatters) { self.formatters = formatters }

  // lesson: begin made-anew
  @inline(never)
  func now() -> String {
    formatters.make().string(from: Date())
  }
  // lesson: end made-anew
}

private final class DateKept: DateSource {
  private struct Line {
    let formatter: DateFormatter
    var second = 0
    var text = ""
  }

  private let line: Mutex<Line>
  init(_ formatters: Formatters) { line = Mutex(Line(formatter: formatters.make())) }

  // lesson: begin kept
  @inline(never)
  func now() -> String {
    let now = Date()
    let second = Int(now.timeIntervalSince1970)
    return line.withLock { line in
      if line.second != second { line.text = line.formatter.string(from: now) }
      line.second = second
      return line.text
    }
  }
  // lesson: end kept
}
