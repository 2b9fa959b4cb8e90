import Analysis
import ArgumentParser
import Foundation
import ScenarioRunning

/// What a lesson's command prints, made from the captures of the site instead of a new run.
///
/// `./lab run` gives the report that its capture was filed with; `./lab trace`, `./lab pprof` and `go tool pprof` read the
/// capture.
struct Transcript {
  let library: CaptureLibrary
  /// The capture that file names in the command stand for, unless they name another below `.lab/captures/`.
  let name: CaptureName

  func output(of command: String) throws -> String {
    let words = try Self.words(command)
    if words.starts(with: ["./lab", "run"]) { return try run(Array(words.dropFirst(2)), command) }
    if words == ["./lab", "list", "--profiles"] { return ListCommand.profileKinds }
    if words.starts(with: ["./lab", "trace"]) { return try trace(Array(words.dropFirst(2)), command) }
    if words.starts(with: ["./lab", "pprof"]) { return try pprof(Array(words.dropFirst(2))) }
    if words.starts(with: ["go", "tool", "pprof"]) { return try pprof(Array(words.dropFirst(3))) }
    throw LabError.failed(
      "'\(command)' has no output here: it is ./lab run, ./lab trace, ./lab list --profiles, ./lab pprof or go "
        + "tool pprof")
  }

  private func run(_ arguments: [String], _ command: String) throws -> String {
    let run: RunCommand
    do { run = try RunCommand.parse(arguments) } catch {
      throw LabError.failed("'\(command)': \(RunCommand.message(for: error))")
    }
    guard run.scenario == name.scenario, run.variant.rawValue == name.variant, run.settings.isEmpty, run.rate == nil,
      run.profile.map({ $0.name == name.profileKind }) ?? true
    else { throw LabError.failed("'\(command)' does not make the capture \(name)") }
    let capture = try library.capture(name).capture
    let file = Workspace.relative(CaptureFiles(name, in: Workspace.localCaptures).contents)
    return RunCommand.report(on: capture, file: run.output ?? file)
  }

  private func trace(_ arguments: [String], _ command: String) throws -> String {
    var trace: TraceCommand
    do { trace = try TraceCommand.parse(arguments) } catch {
      throw LabError.failed("'\(command)': \(TraceCommand.message(for: error))")
    }
    trace.file = try file(trace.file)
    return try trace.output()
  }

  private func pprof(_ arguments: [String]) throws -> String {
    var request = try PprofRequest(arguments: arguments)
    request.sources = try request.sources.map(file)
    if !request.base.isEmpty { request.base = try file(request.base) }
    if !request.diffBase.isEmpty { request.diffBase = try file(request.diffBase) }
    // The same bytes wherever the site is built.
    request.options.zone = .utc
    // Listed sources are those of the package, wherever the site is built.
    if request.options.sourcePath.isEmpty { request.options.sourcePath = Workspace.root }
    guard ![.svg, .png, .gif, .pdf, .ps, .proto, .topproto].contains(request.kind) else {
      throw LabError.failed("'-\(request.kind)' prints no text")
    }
    let report = try request.report(of: request.profile { _ in })
    return String(decoding: try request.contents(of: report), as: UTF8.self)
  }

  /// The capture's file for a file that a command names: that of a round if the name ends in its number, as
  /// `./lab run -o` writes a series.
  private func file(_ path: String) throws -> String {
    let parts = path.split(separator: "/")
    let isLocal = parts.count == 5 && parts.starts(with: [".lab", "captures"])
    if isLocal, let named = CaptureName(parts.dropFirst(2).joined(separator: "/").replacing(".pb.gz", with: "")) {
      return try library.files(named).files.contents
    }
    if name.round != nil, let round = path.firstMatch(of: #/-([0-9]+)\.pb\.gz$/#)?.1 {
      return try library.files(name.compared(to: String(round))).files.contents
    }
    return try library.files(name).files.contents
  }

  /// The words of a command line, quotes taken off.
  ///
  /// - Throws: if a shell would make something else of it: a pipe, a pattern for files, a variable.
  static func words(_ command: String) throws -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in command {
      let isOpen = quote != "'" && (quote == nil ? "|&;<>()*?[]{}$`\\#!~" : "$`\\!").contains(character)
      if isOpen, !(character == "#" && word != nil), !(character == "~" && word != nil) {
        throw LabError.failed("'\(command)': a shell would not take '\(character)' as it is; put it in single quotes")
      }
      if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character == " " {
        if let ended = word { words.append(ended) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw LabError.failed("'\(command)': a quotation mark is not closed") }
    return words + (word.map { [$0] } ?? [])
  }
}
