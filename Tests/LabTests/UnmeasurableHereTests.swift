import Analysis
import Pprof
import ScenarioRunning
import SiteGenerator
import TestSupport
import Testing

@testable import lab

/// Captures made here that hold too little to measure what was measured on the published ones.
@Suite struct UnmeasurableHereTests {
  private let folder: TemporaryFolder
  private let library: CaptureLibrary

  /// A CPU profile in which no sample came.
  init() throws {
    folder = try TemporaryFolder()
    library = CaptureLibrary(usesLocal: true, folder: folder.path)
    let name = CaptureName(scenario: "kafka-decode", variant: "faulty", kind: "cpu")
    let files = CaptureFiles(name, in: folder.path)
    let published = try CaptureLibrary(usesLocal: false).named(name)
    var profile = published.profile
    profile.samples = []
    profile.locations = []
    profile.functions = []
    let bytes = try profile.bytes(forFile: files.contents)
    var provenance = published.provenance
    provenance.digest = CaptureStore.digest(of: bytes)
    try CaptureStore.write(bytes, provenance, to: files)
  }

  private func share(of function: String) -> ClaimReference {
    ClaimReference(
      capture: "kafka-decode/faulty/cpu",
      parameters: [
        QueryItem(name: "value", value: "share"), QueryItem(name: "function", value: function),
        QueryItem(name: "within", value: "40%..100%"),
      ])
  }

  @Test("A site shows the published value and says why; so it does with a figure")
  func publishedStandsIn() throws {
    let evidence = LabEvidence(library: library, publishedStandsIn: true).evidence
    let reference = share(of: "FetchResponse.decode")
    let claim = try evidence.claim(reference)
    let published = try LabEvidence(library: CaptureLibrary(usesLocal: false)).evidence.claim(reference)
    #expect(
      claim.verdict == .notMeasuredHere(reason: "the profile has no samples. The number is the published capture's."))
    #expect(claim.measured == published.measured && claim.isPublished)

    let figure = FigureReference(
      capture: "kafka-decode/faulty/cpu",
      parameters: [
        QueryItem(name: "view", value: "peek"), QueryItem(name: "function", value: "FetchResponse.decode"),
      ],
      caption: "", title: "", id: "f")
    let drawn = try evidence.figure(figure)
    #expect(try drawn.body == LabEvidence(library: CaptureLibrary(usesLocal: false)).evidence.figure(figure).body)
    #expect(drawn.flaws.map(\.severity) == [.note])
    #expect(
      try #require(drawn.flaws.first).message.hasPrefix(
        "drawn from the published capture, not from the one made here: "))
  }

  @Test("What cannot be measured on the published capture either is the author's error")
  func authorsErrorsStay() {
    let evidence = LabEvidence(library: library, publishedStandsIn: true).evidence
    #expect(throws: ClaimError.self) { try evidence.claim(share(of: "FetchResponse.decoed")) }
  }

  @Test("Where what was made here is to be told of, nothing stands in for it")
  func runsOfOnesOwn() {
    for evidence in [
      LabEvidence(library: library).evidence, LabEvidence(library: library, localClaimsMustHold: true).evidence,
    ] {
      #expect(throws: ClaimError.emptyProfile) { try evidence.claim(share(of: "FetchResponse.decode")) }
    }
  }
}
