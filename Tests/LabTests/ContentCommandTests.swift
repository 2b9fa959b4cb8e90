import Analysis
import Foundation
import SiteGenerator
import TestSupport
import Testing

@testable import lab

/// `lab build` and `lab check` on directories of Markdown, with the published captures as evidence.
@Suite struct ContentCommandTests {
  private func content(_ page: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try page.write(toFile: folder.file("page.md"), atomically: true, encoding: .utf8)
    return folder
  }

  private static let good = """
    # A page

    Decoding takes [most](claim:kafka-decode/faulty/cpu?value=share&function=FetchResponse.decode&within=40%25..100%25).

    ![The stacks](figure:kafka-decode/faulty/cpu?view=flame "Figure 1")

    """

  @Test func goodContentPasses() throws {
    let folder = try content(Self.good)
    let result = try LabCommand.run("check", "--content", folder.path)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test(
    "What is false, missing or dead fails with its place",
    arguments: [
      ("[x](claim:kafka-decode/faulty/cpu?value=share&function=FetchResponse.decode&within=..1%25)", "false"),
      ("[x](claim:nothing/faulty/cpu?value=samples&within=1..)", "no such scenario"),
      ("[x](claim:kafka-decode/broken/cpu?value=samples&within=1..)", "no such variant"),
      ("[x](claim:kafka-decode/faulty/mutex?value=samples&within=1..)", "mutex"),
      ("[x](claim:kafka-decode/faulty/cpu?value=nothing&within=1..)", "no query"),
      ("![x](figure:kafka-decode/faulty/cpu?view=nothing)", "view=nothing is not one of graph"),
      ("![x](figure:nothing/faulty/cpu)", "no such scenario"), ("[x](gone.md)", "gone.md"), ("[x](#gone)", "gone"),
      ("![](picture.png)", "alt"), ("```swift file=Sources/Nothing.swift\n```", "Nothing.swift"),
      ("```swift file=Sources/Scenarios/KafkaDecode.swift region=tea\n```", "no line '// lesson: begin tea'"),
    ])
  func badContentFails(line: String, says: String) throws {
    let folder = try content("# A page\n\nText.\n\n\(line)\n")
    let result = try LabCommand.run("check", "--content", folder.path)
    #expect(result.status == 1)
    #expect(result.errors.contains("page.md:5: "), "\(result.errors)")
    #expect(result.errors.contains(says), "\(result.errors)")
  }

  @Test("What a command prints comes from the capture, and only what the command makes")
  func outputComesFromTheCapture() throws {
    let name = CaptureName(scenario: "kafka-decode", variant: "faulty", kind: "cpu")
    let transcript = Transcript(library: CaptureLibrary(usesLocal: false), name: name)
    let run = try transcript.output(of: "./lab run kafka-decode --profile cpu -o 'my file.pb.gz'")
    #expect(run.hasPrefix("kafka-decode, faulty, cpu profile\n") && run.hasSuffix("profile    my file.pb.gz\n"))
    let top = try transcript.output(of: "go tool pprof -top -nodecount=3 kafka.pb.gz")
    #expect(top.hasPrefix("File: lab\n") && top.contains("Showing top 3 nodes"))
    #expect(
      try transcript.output(of: "./lab pprof -top -nodecount=3 .lab/captures/kafka-decode/faulty/cpu.pb.gz") == top)
    #expect(try transcript.output(of: "./lab pprof -top .lab/captures/kafka-decode/fixed/cpu.pb.gz") != top)
    #expect(try transcript.output(of: "./lab pprof -list=HeaderDictionary.init kafka.pb.gz").contains("values[name] ="))
    for command in [
      "./lab pprof -svg kafka.pb.gz", "./lab run kafka-decode --variant fixed", "./lab run kafka-decode --rate 5 -o x",
      "./lab list", "",
    ] {
      #expect(throws: LabError.self) { try transcript.output(of: command) }
    }
  }

  @Test(
    "What a shell would take for its own is refused, unless it stands in quotes",
    arguments: [
      "-show=a|b", "a>b", "a;b", "a&b", "$a", "^malloc$", "a*", "[a]", "a(b)", "`a`", "a\\b", "#a", "~a", "{a,b}",
    ])
  func unquotedSigns(word: String) throws {
    #expect(throws: LabError.self) { try Transcript.words("./lab pprof \(word) x") }
    #expect(try Transcript.words("./lab pprof '\(word)' x") == ["./lab", "pprof", word, "x"])
  }

  @Test func quotedWords() throws {
    #expect(try Transcript.words("a  -b='c d' \"e|f\"g  '' h#i~") == ["a", "-b=c d", "e|fg", "", "h#i~"])
    for open in ["a 'b", "a \"b", "a \"$b\"", "a \"`b`\""] {
      #expect(throws: LabError.self) { try Transcript.words(open) }
    }
  }

  @Test("A file that a series was written to stands for its round")
  func roundsOfASeries() throws {
    let library = CaptureLibrary(usesLocal: false)
    let name = CaptureName(scenario: "leaky-producers", variant: "faulty", kind: "heap-6")
    let transcript = Transcript(library: library, name: name)
    let second = Transcript(library: library, name: name.with(kind: "heap-2"))
    let top = "./lab pprof -top "
    #expect(try transcript.output(of: top + "leaky.pb.gz") == second.output(of: top + "leaky-6.pb.gz"))
    #expect(try transcript.output(of: top + "leaky-2.pb.gz") == second.output(of: top + "leaky.pb.gz"))
    #expect(try transcript.output(of: top + "leaky-2.pb.gz") != transcript.output(of: top + "leaky.pb.gz"))
    #expect(throws: LabError.self) { try transcript.output(of: top + "leaky-7.pb.gz") }
  }

  @Test("Under a comparison of variants stand the commands for both")
  func bothCommandsOfAComparison() throws {
    let evidence = LabEvidence(library: CaptureLibrary(usesLocal: false)).evidence
    func command(_ items: [QueryItem]) throws -> String {
      let name = "metadata-decode/faulty/heap"
      return try evidence.figure(
        FigureReference(capture: name, parameters: items, caption: "", title: "", id: "a")
      ).command
    }
    let (faulty, fixed) = (
      "./lab run metadata-decode --variant faulty --profile heap",
      "./lab run metadata-decode --variant fixed --profile heap"
    )
    #expect(try command([QueryItem(name: "view", value: "top")]) == faulty)
    #expect(
      try command([QueryItem(name: "view", value: "pair"), QueryItem(name: "compare", value: "fixed")])
        == "\(faulty) && \(fixed)")
  }

  @Test("The same content and captures give the same bytes")
  func buildsAreIdentical() throws {
    let folder = try content(Self.good)
    var sites: [[String: Data]] = []
    for _ in 0..<2 {
      let output = try TemporaryFolder()
      let result = try LabCommand.run("build", "--no-run", "--content", folder.path, "-o", output.file("site"))
      #expect(result.status == 0, "\(result.errors)")
      sites.append(try Self.files(below: output.file("site")))
    }
    #expect(sites[0].keys.contains("page.html"))
    #expect(sites[0] == sites[1])
  }

  @Test func oneClaimCanBeAskedFor() throws {
    let claim = "kafka-decode/faulty/cpu?value=lost-share&within="
    let holds = try LabCommand.run("check", "--claim", claim + "..1%25")
    #expect(holds.status == 0 && holds.output.contains("holds"))
    #expect(try LabCommand.run("check", "--claim", claim + "50%25..").status == 1)
    #expect(try LabCommand.run("check", "--claim", "nonsense").status == 2)
  }

  @Test func anotherContentNeedsAnOutput() throws {
    #expect(try LabCommand.run("build", "--content", "/tmp").status == 2)
  }

  private static func files(below root: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for case let path as String in try #require(FileManager.default.enumerator(atPath: root)) {
      if let data = FileManager.default.contents(atPath: "\(root)/\(path)") { files[path] = data }
    }
    return files
  }
}
