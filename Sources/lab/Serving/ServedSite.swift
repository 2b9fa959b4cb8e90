import Figures
import Foundation
import LocalServer
import ScenarioRunning
import Scenarios
import SiteGenerator

/// The site under `lab serve`: its pages, which load anew when their sources change, and runs of what figures show.
actor ServedSite {
  private let files: ServedFiles
  private let theme: String
  /// Who waits to hear that pages have changed.
  private var listeners: [UUID: AsyncStream<String>.Continuation] = [:]
  /// The run that is going on: there is one at a time.
  private var current: (any ServedRun)?

  init(site: String, theme: String = Workspace.theme) {
    self.theme = theme
    files = ServedFiles(
      folder: site,
      addition: #"<link rel="stylesheet" href="/-/serve.css"><script defer src="/-/serve.js"></script>"#,
      policy: Self.policy(theme: theme))
  }

  /// Scripts of the site, and the one in the head that its own template writes, known by its hash.
  private static func policy(theme: String) -> String {
    let head = (try? String(contentsOfFile: "\(theme)/templates/head.mustache", encoding: .utf8)) ?? ""
    let scripts = head.matches(of: /<script>(.*?)<\/script>/.dotMatchesNewlines()).map { match in
      " 'sha256-\(Data(SHA256.digest(of: Array(match.1.utf8))).base64EncodedString())'"
    }
    return "default-src 'none'; script-src 'self'\(scripts.joined()); style-src 'self' 'unsafe-inline'; "
      + "img-src 'self' data:; frame-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; "
      + "frame-ancestors 'none'"
  }

  // MARK: - Answers

  func response(to request: Request) -> Response {
    guard request.path.hasPrefix("/-/") else {
      guard request.method != .post else { return Self.notAllowed("GET, HEAD") }
      if let response = files.response(to: request.path) { return response }
      var missing = files.response(to: "/404.html") ?? .text("There is no such page.\n")
      missing.status = 404
      return missing
    }
    guard let route = Route(rawValue: String(request.path.dropFirst("/-/".count))) else {
      return .text("There is nothing here.\n", status: 404)
    }
    guard route.isPosted == (request.method == .post) else {
      return Self.notAllowed(route.isPosted ? "POST" : "GET, HEAD")
    }
    switch route {
    case .run: return run(request)
    case .check: return check(request)
    case .cancel:
      current?.cancel()
      return .text("\n")
    case .colours: return Self.colours(of: request)
    case .serveScript, .editScript, .challengeScript: return asset(route.rawValue, "text/javascript; charset=utf-8")
    case .serveStyle, .editStyle: return asset(route.rawValue, "text/css; charset=utf-8")
    case .scenario: return scenario(request.query["name"] ?? "")
    case .source: return Self.source(request.query["of"] ?? "")
    case .challenge: return Self.challenge(request.query["name"] ?? "")
    case .changes: return changes()
    }
  }

  /// What is answered beside the site's own files, by what stands behind `/-/`.
  enum Route: String, CaseIterable {
    case run, cancel, check, colours, scenario, source, challenge, changes
    case serveScript = "serve.js"
    case serveStyle = "serve.css"
    case editScript = "edit.js"
    case editStyle = "edit.css"
    case challengeScript = "challenge.js"

    /// Whether it is asked for with POST, and not with GET.
    var isPosted: Bool { [.run, .cancel, .check, .colours].contains(self) }
  }

  private static func notAllowed(_ methods: String) -> Response {
    var response = Response.text("This is not to be asked for in this way.\n", status: 405)
    response.headers.append(.init("Allow", methods))
    return response
  }

  private func asset(_ name: String, _ type: String) -> Response {
    guard let bytes = FileManager.default.contents(atPath: "\(theme)/served/\(name)") else {
      return .text("There is nothing here.\n", status: 404)
    }
    return Response(headers: [.init("Content-Type", type)], body: .bytes([UInt8](bytes)))
  }

  /// What can be set of a scenario, within which bounds, and which files an edit can be of.
  private func scenario(_ name: String) -> Response {
    struct Setting: Encodable { var name, summary: String; var standard, least, most: Int }
    struct Answer: Encodable { var settings: [Setting]; var files: [String] }
    guard let scenario = Scenario.named(name) else { return .text("There is no such scenario.\n", status: 404) }
    let settings = scenario.parameters.map {
      Setting(
        name: $0.name, summary: $0.summary, standard: $0.standard, least: $0.range.lowerBound, most: $0.range.upperBound
      )
    }
    return .json(Answer(settings: settings, files: scenario.sources.map(Workspace.relative)))
  }

  // MARK: - Source

  /// The region that `FILE#REGION` names, as it is in the file now.
  private static func source(_ text: String) -> Response {
    struct Answer: Encodable { var text: String; var firstLine: Int }
    do {
      let region = try SourceRegions.region(reference(text))
      return .json(Answer(text: region.text, firstLine: region.firstLine))
    } catch { return .text("\(error)\n", status: 404) }
  }

  /// A region of a scenario's file, and of no other file.
  private static func reference(_ text: String) throws -> SourceReference {
    let parts = text.split(separator: "#", maxSplits: 1).map(String.init)
    guard parts.count == 2, Scenario.all.contains(where: { $0.sources.contains(Workspace.path(parts[0])) }) else {
      throw LabError.usage("'\(text)' is no region of a scenario")
    }
    return SourceReference(file: parts[0], region: parts[1])
  }

  /// The lines of Swift in the request's body, in the site's colours.
  private static func colours(of request: Request) -> Response {
    .json(HighlightedCode(String(decoding: request.body, as: UTF8.self), language: "swift").lines)
  }

  // MARK: - Changes

  /// Tells every page that is open to load anew.
  func tellOfChange() { for listener in listeners.values { listener.yield("changed") } }

  private func changes() -> Response {
    let id = UUID()
    let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
    guard listeners.count < 64 else { return .text("Too many pages are open.\n", status: 503) }
    listeners[id] = continuation
    return Response(
      headers: [.init("Content-Type", "text/event-stream")],
      body: .stream { writer in
        let beats = Task {
          // By a write to whoever has gone one learns that they have.
          while !Task.isCancelled {
            continuation.yield("")
            try? await Task.sleep(for: .seconds(10))
          }
        }
        defer {
          beats.cancel()
          Task { await self.forget(id) }
        }
        for await event in stream {
          try await writer.write(Array((event.isEmpty ? ":\n\n" : "data: \(event)\n\n").utf8))
        }
      })
  }

  private func forget(_ id: UUID) { listeners.removeValue(forKey: id)?.finish() }

  // MARK: - Runs

  /// The body says what to run, as a form does: `figure` an address, `set.NAME` a value, and where it was edited `source`,
  /// a region as in `FILE#REGION`, and `text`, its lines. Answered is a line of JSON a step.
  private func run(_ request: Request) -> Response {
    let form = URLQuery(String(decoding: request.body, as: UTF8.self))
    if current != nil { return .text("A run is going on; one at a time.\n", status: 409) }
    let run: FigureRun
    do {
      var parameters: [String: Int] = [:]
      for item in form.items where item.name.hasPrefix("set.") {
        guard let value = Int(item.value) else {
          throw LabError.usage("\(item.name.dropFirst(4)): '\(item.value)' is no whole number")
        }
        parameters[String(item.name.dropFirst(4))] = value
      }
      let edit = try form["source"].map { try EditedRegion(Self.reference($0), text: form["text"] ?? "") }
      run = try FigureRun(figure: form["figure"] ?? "", parameters: parameters, edit: edit)
    } catch { return .text("\(error)\n", status: 400) }
    return answer(run) { tell in
      let result = try run.run { tell(RunLine(step: $0)) }
      return switch result {
      case .drawn(let answer, let lines): RunLine(done: answer, lines: lines)
      case .refused(let lines): RunLine(lines: lines)
      }
    }
  }

  /// The body says `name`, a challenge's, and `text`, the reader's program.
  private func check(_ request: Request) -> Response {
    let form = URLQuery(String(decoding: request.body, as: UTF8.self))
    if current != nil { return .text("A run is going on; one at a time.\n", status: 409) }
    let run: ChallengeRun
    do {
      try LabError.checkPlatform()
      run = ChallengeRun(try Challenge.named(form["name"] ?? ""), text: form["text"] ?? "")
    } catch { return .text("\(error)\n", status: 400) }
    return answer(run) { tell in RunLine(judged: try run.run { tell(RunLine(judging: $0)) }) }
  }

  /// What the page of a challenge begins with.
  private static func challenge(_ name: String) -> Response {
    do { return .json(try ChallengeState(Challenge.named(name))) } catch {
      return .text("\(error)\n", status: 404)
    }
  }

  /// Has a run done, and answers a line of JSON for each step of it, and one for what came of it.
  private func answer(
    _ run: any ServedRun, _ work: @escaping @Sendable (_ tell: @escaping (RunLine) -> Void) throws -> RunLine
  ) -> Response {
    current = run
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(64))
    // It blocks its thread, so it has one of its own.
    Thread.detachNewThread {
      let last: RunLine
      do { last = try work { continuation.yield(Response.json(bytes: $0) + [10]) } } catch {
        last = RunLine(failed: "\(error)")
      }
      // The next may begin before anybody is told that this one is over.
      Task {
        await self.isOver()
        continuation.yield(Response.json(bytes: last) + [10])
        continuation.finish()
      }
    }
    return Response(
      headers: [.init("Content-Type", "application/x-ndjson")],
      body: .stream { writer in
        // By a write to whoever has gone one learns that they have.
        let beats = Task {
          while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            continuation.yield([10])
          }
        }
        var isWhole = false
        defer {
          beats.cancel()
          // Nobody is left who wants to see it.
          if !isWhole { run.cancel() }
        }
        for await line in stream { try await writer.write(line) }
        // The stream ends as well where the answer is given up.
        isWhole = !Task.isCancelled
      })
  }

  private func isOver() { current = nil }
}

/// A line of what a page is told of a run.
private struct RunLine: Encodable {
  var step: FigureRun.Step?
  var done: RunAnswer?
  /// What the compiler says of what was edited; without `done` there is nothing to run.
  var lines: [EditedLine]?
  var failed: String?
  /// What is done to judge a challenge, and what came of it.
  var judging: String?
  var judged: ChallengeRun.Answer?
}

extension Response {
  static func json(_ value: some Encodable) -> Response {
    Response(headers: [.init("Content-Type", "application/json")], body: .bytes(json(bytes: value)))
  }

  static func json(bytes value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8]((try? encoder.encode(value)) ?? Data("{}".utf8))
  }
}
