import Figures
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SiteGenerator
@testable import lab

/// `lab figure`: the line under each figure draws that very figure.
@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed: apt-get install graphviz"))
struct FigureCommandTests {
  /// Runs a command line in an empty folder with `./lab` in it; returns the folder.
  private func run(_ line: String, status: Int32 = 0) throws -> (folder: TemporaryFolder, errors: String) {
    let folder = try TemporaryFolder()
    let script = "#!/bin/sh\nLAB_DIRECTORY='\(folder.path)/.lab' exec '\(LabCommand.path)' \"$@\"\n"
    try script.write(toFile: folder.file("lab"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("lab"))
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", line]
    shell.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let errors = folder.file("errors")
    try Data().write(to: URL(fileURLWithPath: errors))
    shell.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    shell.standardInput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    let said = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(shell.terminationStatus == status, "\(line): \(said)")
    return (folder, said)
  }

  @Test("Every figure of the site is drawn again by the line under it")
  func everyFigureOfTheSite() throws {
    let drawn = Mutex<[String: String]>([:])
    var evidence = LabEvidence(library: CaptureLibrary(usesLocal: false)).evidence
    let draw = evidence.figure
    evidence.figure = { reference in
      let figure = try draw(reference)
      // What lab bench measured is measured again, and drawn with the page.
      if reference.capture.hasPrefix("bench/") {
        #expect(figure.drawing.isEmpty)
      } else {
        let body = reference.question == nil ? figure.body : Self.withoutQuestion(figure.body)
        drawn.withLock { $0[figure.drawing] = body }
      }
      return figure
    }
    let site = SiteGenerator(
      content: Workspace.content, theme: Workspace.theme, output: "", evidence: evidence,
      options: SiteGenerator.Options(excluded: ["captures"]))
    _ = site.check()
    let figures = drawn.withLock { $0 }
    #expect(figures.count >= 20)
    for (line, body) in figures {
      let (folder, _) = try run(line)
      let file = try String(contentsOfFile: folder.file("figure.svg"), encoding: .utf8)
      #expect(file.hasPrefix("<svg xmlns=") && file.contains(body), "another figure: \(line)")
    }
  }

  /// A figure whose frames answer a question, without what the page has put into it for that.
  private static func withoutQuestion(_ body: String) -> String {
    body.replacing(#/<div class="asks"[\s\S]*?<\/div>/#, with: "").replacing(#/ data-option="[A-Z]"/#, with: "")
      .replacing(" class=\"ok\"", with: "").replacing(" ok\"", with: "\"").replacing("\"ok ", with: "\"")
  }

  @Test("What the text around a figure keeps in it stands in the line; nothing else does")
  func namedFunctionsStandInTheLine() throws {
    let evidence = LabEvidence(library: CaptureLibrary(usesLocal: false)).evidence
    func figure(_ items: [(String, String)], code: [String]) throws -> RenderedFigure {
      try evidence.figure(
        FigureReference(
          capture: "kafka-decode/faulty/cpu", parameters: items.map { QueryItem(name: $0.0, value: $0.1) },
          caption: "", title: "", id: "a", code: code))
    }
    let small = [("view", "graph"), ("nodecount", "3")]
    let plain = try figure(small, code: [])
    #expect(plain.drawing == "./lab figure 'kafka-decode/faulty/cpu?view=graph&nodecount=3' -o figure.svg")
    let kept = try figure(small, code: ["Consumer.handle"])
    #expect(kept.drawing.contains("nodecount=3&keep=Consumer.handle' ") && kept.body != plain.body)
    #expect(try figure([("view", "flame")], code: ["FetchResponse.decode"]).drawing.contains("?view=flame' "))
    for figure in [plain, kept] {
      let (folder, _) = try run(figure.drawing)
      let file = try String(contentsOfFile: folder.file("figure.svg"), encoding: .utf8)
      #expect(file.contains(figure.body))
    }
  }

  @Test("An address is the same after a shell has read it, whatever a sentence in it says")
  func addressesAreQuoted() throws {
    let says = "It's 50 % & \"more\"; $HOME `x` \\ é?=#"
    let items = [QueryItem(name: "view", value: "flame"), QueryItem(name: "says", value: says)]
    let address = FigureAddress(capture: "a/b/c", items: items)
    #expect(FigureAddress(address.text) == address)
    let (folder, _) = try run(
      address.command.replacing("./lab figure", with: "printf %s").replacing("-o figure.svg", with: ">out"))
    #expect(FigureAddress(try String(contentsOfFile: folder.file("out"), encoding: .utf8)) == address)
    #expect(FigureAddress("x.pb.gz") == FigureAddress(capture: "x.pb.gz", items: []))
  }

  @Test("A profile in a file is drawn as a capture is, compared with another if asked for")
  func files() throws {
    let captures = Workspace.publishedCaptures + "/kafka-decode"
    let (folder, _) = try run(
      "cp '\(captures)/faulty/cpu.pb.gz' a.pb.gz && cp '\(captures)/fixed/cpu.pb.gz' b.pb.gz && "
        + "./lab figure 'a.pb.gz?view=flame&callout=HeaderDictionary.init' -o a.svg && "
        + "./lab figure 'b.pb.gz?view=top&compare=a.pb.gz' >b.svg && "
        + "./lab figure '\(captures)/fixed/cpu.pb.gz?view=pair&compare=\(captures)/faulty/cpu.pb.gz' >c.svg")
    func text(_ name: String) throws -> String { try String(contentsOfFile: folder.file(name), encoding: .utf8) }
    #expect(try text("a.svg").contains("in <code>HeaderDictionary.init</code>"))
    #expect(try text("b.svg").contains("Percent of all that was measured before") && !text("b.svg").contains("Scaled"))
    #expect(try text("c.svg").contains("CPU time of one round"))
  }

  @Test(
    "What is wrong is told, with the exit code of its kind",
    arguments: [
      ("kafka-decode/faulty/cpu?view=pie", 2, "view=pie is not one of"),
      ("kafka-decode/faulty/cpu?view=flame&callout=nobody", 1, "no function “nobody” to call out"),
      ("kafka-decode/faulty/cpu?view=flame&says=x", 2, "name it with callout="),
      ("kafka-decode/faulty/mutex?view=flame", 1, "no profile 'mutex'"), ("gone.pb.gz?view=flame", 1, "gone.pb.gz"),
      ("kafka-decode/faulty/cpu?view=pair", 2, "needs compare="),
    ])
  func errors(address: String, status: Int32, says: String) throws {
    #expect(try run("./lab figure '\(address)'", status: status).errors.contains(says))
  }
}
