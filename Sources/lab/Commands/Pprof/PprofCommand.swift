import Analysis
import ArgumentParser
import Figures
import Patterns
import Platform
import Pprof

/// `lab pprof`: pprof's reports on profiles in files.
struct PprofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pprof",
    abstract: "Prints reports on profiles, or shows them in the browser, as pprof does and with pprof's flags.",
    discussion: "For its flags see: lab pprof -h. In the browser: lab pprof --http : FILE")

  @Argument(parsing: .captureForPassthrough, help: "pprof's flags and files.")
  var arguments: [String] = []

  func run() throws {
    let request: PprofRequest
    do throws(PprofFlagError) {
      request = try PprofRequest(arguments: arguments)
    } catch {
      PprofOutput.note("lab pprof: \(error)\nFor the flags see: lab pprof -h")
      throw ExitCode(2)
    }
    if request.help { return try PprofOutput.write(Array(PprofFlag.usage.utf8), to: "") }
    do {
      request.notices.forEach(PprofOutput.note)
      if !request.http.isEmpty { try request.serve(notice: PprofOutput.note) }
      if request.isFlame {
        let figure = try request.flame(notice: PprofOutput.note)
        if !request.output.isEmpty { PprofOutput.note("Generating report in \(request.output)") }
        return try PprofOutput.write(figure, to: request.output)
      }
      let profile = try request.profile(notice: PprofOutput.note)
      let report = try request.report(of: profile)
      report.notices.forEach(PprofOutput.note)
      if !request.output.isEmpty { PprofOutput.note("Generating report in \(request.output)") }
      try PprofOutput.write(try request.contents(of: report), to: request.output)
    } catch {
      PprofOutput.note("lab pprof: \(error)")
      throw ExitCode(1)
    }
  }
}

/// There is nothing that a report could show.
struct PprofNoMatch: Error, CustomStringConvertible {
  var pattern: String
  var description: String { "no matches found for regexp: \(pattern)" }
}

extension PprofRequest {
  /// The report asked for.
  func report(of profile: Profile) throws -> Report { try Report(profile, kind: kind, options: options) }

  /// The report as it is written to a file.
  func contents(of report: Report) throws -> [UInt8] {
    switch kind {
    case .text, .top: report.topTable().text.profileBytes
    case .tree: report.callTable().text.profileBytes
    case .peek: try callTable(report).text.profileBytes
    case .list: try sourceListing(report).text.profileBytes
    case .weblist: try webListing(report).profileBytes
    case .disasm: try disassembly(report).text.profileBytes
    case .traces: report.traces().text.profileBytes
    case .tags: report.tagTable().text.profileBytes
    case .dot: report.shownGraph().dot.profileBytes
    case .svg: PannedDrawing(svg: try Graphviz.layout(report.shownGraph().dot, format: "svg")).svg
    case .png, .gif, .pdf, .ps: try Graphviz.layout(report.shownGraph().dot, format: kind.rawValue)
    case .callgrind: report.costGraph().callgrind.profileBytes
    case .raw: report.profile.rawText(zone: options.zone).profileBytes
    case .comments: report.profile.comments.map { $0 + "\n" }.joined().profileBytes
    case .proto: try report.filteredProfile().encoded()
    case .topproto: try report.topProfile().encoded()
    }
  }

  private func callTable(_ report: Report) throws -> CallTable {
    let table = report.callTable(matching: try Pattern(peek))
    if table.rows.isEmpty { throw PprofNoMatch(pattern: peek) }
    return table
  }

  /// Reads sources where the flags say that they are.
  var sourceReader: SourceReader {
    let isGiven = !options.sourcePath.isEmpty
    return SourceReader(
      searchPath: isGiven ? options.sourcePath : currentDirectory(), trimPath: options.trimPath, staysWithin: isGiven)
  }

  /// The programs that read machine code, where the flags say that they are.
  var binaryTools: BinaryTools { BinaryTools(usesIntelSyntax: intelSyntax, paths: tools) }

  private func webListing(_ report: Report) throws -> String {
    let listing = try report.webListing(matching: weblist, reader: sourceReader, tools: binaryTools)
    let type = report.sampleType.isEmpty ? "unknown" : report.sampleType
    return listing.page(title: "\(report.title.isEmpty ? "unknown" : report.title) \(type)")
  }

  private func sourceListing(_ report: Report) throws -> SourceListing {
    let listing = report.sourceListing(matching: try Pattern(list), reader: sourceReader)
    if listing.functions.isEmpty { throw PprofNoMatch(pattern: list) }
    return listing
  }

  private func disassembly(_ report: Report) throws -> Disassembly {
    let disassembly = try report.disassembly(matching: disasm, tools: binaryTools)
    disassembly.notices.forEach(PprofOutput.note)
    return disassembly
  }

  private func currentDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }
}
