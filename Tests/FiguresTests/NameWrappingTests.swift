import Testing

@testable import Figures

@Suite struct NameWrappingTests {
  @Test(arguments: [
    ("main", ["main"]),
    ("FetchResponse.decode(from:)", ["FetchResponse.", "decode(from:)"]),
    ("FetchResponse.Partition.init(from:version:)", ["FetchResponse.", "Partition.", "init(from:version:)"]),
    ("closure #1 in Consumer.run(_:)", ["closure #1 in", "Consumer.run(_:)"]),
    ("github.com/acme/kafka.(*Batch).Decode", ["github.com/acme/", "kafka.(*Batch).", "Decode"]),
  ]) func breaksAtJoints(name: String, lines: [String]) {
    #expect(wrapName(name, width: 90, size: 8, lines: 5) == lines)
  }

  @Test func neverIsWiderThanAllowed() {
    let names = [
      String(repeating: "x", count: 5_000), String(repeating: "Very", count: 300) + "()",
      "日本語の関数名はとても長いので折り返される",
      "Cache<Dictionary<String, Array<Optional<Header>>>, Result<Never, any Error>>.value(forKey:default:)",
    ]
    for name in names {
      let lines = wrapName(name, width: 100, size: 10, lines: 4)
      #expect((1...4).contains(lines.count))
      for line in lines { #expect(TextWidth.of(line, size: 10) <= 125) }
    }
  }

  @Test func endsInAnEllipsisWhenCut() {
    #expect(wrapName("a.b.c.d.e.f", width: 8, size: 8, lines: 2).last?.hasSuffix("…") ?? false)
    #expect(cut("withUnsafeTemporaryAllocation", width: 60, size: 10).hasSuffix("…"))
    #expect(TextWidth.of(cut("withUnsafeTemporaryAllocation", width: 60, size: 10), size: 10) <= 60)
  }

  @Test func losesNothing() {
    let name = "Dictionary<String, ByteBuffer>.init(headers:count:) + more"
    let lines = wrapName(name, width: 60, size: 8, lines: 20)
    #expect(lines.joined().filter { $0 != " " } == name.filter { $0 != " " })
  }
}
