import Analysis
import Testing

@testable import Figures

/// Flame graphs that ask for one of their frames.
struct FlameQuestionTests {
  private func draw(_ functions: [String], view: FigureKind = .flame) throws -> Figure {
    var options = FigureOptions()
    options.view = view
    options.question = FrameQuestion(
      options: functions.enumerated().map { index, function in
        .init(letter: ["A", "B", "C"][index], button: "q-\(index)", functions: [function], isRight: index == 1)
      })
    return try view.draw(FigureInput(profile: .kafka, options: options))
  }

  @Test("Before the answer there are labels, equally wide, with no number; the graph has their frames marked")
  func asks() throws {
    let body = try draw(["read", "RecordBatch.decode", "malloc"]).body
    let parts = body.components(separatedBy: "<div class=\"flame\"")
    #expect(parts.count == 2)
    let asked = parts[0]
    #expect(asked.contains("<label for=\"q-0\" style=\"--u:1;--v:1\" title=\"read\"><b>A</b> read</label>"))
    // What leads to all of them alone stands above them, and what leads there does not.
    #expect(asked.contains("<span style=\"--u:0;--v:2\" title=\"Consumer.poll(timeout:)\">Consumer.poll</span>"))
    #expect(!asked.contains("main") && asked.contains("--s:2"))
    // An option may stand below another.
    #expect(asked.contains("<label for=\"q-2\" style=\"--u:0;--v:1\" title=\"malloc\">"))
    #expect(!asked.contains("%") && !asked.contains("ms"))
    #expect(asked.contains("Consumer.poll(timeout:) calls FetchResponse.decode(from:), read;"))
    #expect(parts[1].matches(of: #/data-option="B"/#).count == 1)
    #expect(parts[1].contains("class=\"ok\" data-option=\"B\"") || parts[1].contains(" ok\" data-option=\"B\""))
    #expect(parts[1].contains("data-option=\"A\"") && parts[1].contains("data-option=\"C\""))
    #expect(xmlError(body) == nil)
  }

  @Test("A figure without a question is drawn as before")
  func noQuestion() throws {
    let plain = try FigureKind.flame.draw(FigureInput(profile: .kafka, options: FigureOptions()))
    #expect(!plain.body.contains("asks") && !plain.body.contains("data-option"))
  }

  @Test("A function that is in no frame is an error with its name")
  func unknown() {
    #expect(throws: FigureError.optionNotShown(name: "nobody")) { try draw(["read", "nobody"]) }
  }
}
