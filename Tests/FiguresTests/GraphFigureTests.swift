import Analysis
import Foundation
import Pprof
import TestSupport
import Testing

@testable import Figures

@Suite(.enabled(if: Tool("dot") != nil, "Graphviz is not installed: apt-get install graphviz"))
struct GraphFigureTests {
  private func draw(
    _ profile: Profile, baseline: Profile? = nil, _ items: [(name: String, value: String)] = []
  ) throws -> Figure {
    try FigureKind.graph.draw(FigureInput(profile: profile, baseline: baseline, options: FigureOptions(items)))
  }

  @Test func drawsEveryFunctionAndCall() throws {
    let figure = try draw(.kafka)
    #expect(xmlError(figure.body) == nil)
    for function in Profile.kafka.functions { #expect(figure.body.contains("<title>\(escaped(function.name))\n")) }
    #expect(figure.body.split(separator: "<g class=\"n ").count - 1 == Profile.kafka.functions.count)
    #expect(figure.body.split(separator: "<g class=\"e ").count - 1 == 10)
    #expect(
      figure.alt == "Call graph of 320ms: RecordBatch.decode(from:) takes 81%%%±%14; ".nonBreaking
        + "RecordBatch.decode(from:) the most in itself, 160ms (50%%%±%17).".nonBreaking)
    #expect(figure.table.rows.count == Profile.kafka.functions.count)
  }

  @Test func marksTheHotPath() throws {
    let figure = try draw(.kafka)
    let hot = figure.body.components(separatedBy: "<g class=").filter { $0.contains(" hot\" transform") }
    #expect(hot.count == 4)
    for name in ["main", "Consumer.poll(timeout:)", "FetchResponse.decode(from:)", "RecordBatch.decode(from:)"] {
      #expect(hot.contains { $0.contains("<title>\(name)\n") })
    }
  }

  @Test("Where the hot path ends in the busiest function, the way to it is told, at most its last eight functions")
  func saysTheHotPath() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;decode;string;allocate", 3)
    builder.add("main;decode;append", 1)
    #expect(
      try draw(builder.profile).alt
        == "Call graph of 4: the hottest path is main → decode → string → allocate, 75%%, all in itself.".nonBreaking)
    var deep = ProfileBuilder("samples/count")
    deep.add((0..<12).map { "f\($0)" }.joined(separator: ";"), 1)
    #expect(
      try draw(deep.profile).alt.contains("path is … → f4 → f5 → f6 → f7 → f8 → f9 → f10 → f11, 100%%".nonBreaking))
  }

  @Test func saysWhatGrewAndShrank() throws {
    let figure = try draw(.kafkaFixed, baseline: .kafka)
    #expect(xmlError(figure.body) == nil)
    #expect(figure.alt.contains("HeaderTable.lookup(_:) grew the most, by 20ms"))
    #expect(figure.alt.contains("malloc shrank the most, by 70ms"))
    #expect(figure.body.contains("class=\"n l"))
    #expect(figure.body.contains(">+20ms (+6%%%±%9)<".nonBreaking))
    #expect(figure.body.contains(">−70ms (−22%%%±%16)<".nonBreaking))
    #expect(figure.body.contains("<li>Percent of all that was measured before, 320ms</li>"))
    #expect(!figure.body.contains("accounting for") && !figure.body.contains(">-"))
    #expect(!figure.body.contains(" hot\""))
    let row = try #require(figure.table.rows.first { $0.first == "malloc" })
    let share = "−22%%%±%16".nonBreaking
    #expect(Array(row[1...4]) == ["−70ms", share, "−70ms", share])
  }

  @Test("Bytes of a graph are in one unit, the largest that tells the smallest from nothing")
  func writesLargeUnits() throws {
    func body(_ small: Int64, _ large: Int64) throws -> String {
      var builder = ProfileBuilder("inuse_space/bytes")
      builder.add("main;keep", large)
      builder.add("main;cache", small)
      return try draw(builder.profile, [("nodefraction", "0")]).body
    }
    let megabytes = try body(545 << 10, 25 << 20)
    #expect(megabytes.contains(">25MB (98%%)<".nonBreaking) && megabytes.contains(">0.53MB ("))
    #expect(try body(3 << 10, 25 << 20).contains(">25600kB ("))
    var (before, after) = (ProfileBuilder("inuse_space/bytes"), ProfileBuilder("inuse_space/bytes"))
    before.add("main;cache", 2 << 20)
    after.add("main;cache", 1 << 20)
    after.add("main;keep", 3 << 20)
    let change = try draw(after.profile, baseline: before.profile).body
    #expect(change.contains(">+3MB (+150%%)<".nonBreaking) && change.contains(">−1MB (−50%%)<".nonBreaking))
    #expect(change.contains(">0 of +2MB (+100%%)<".nonBreaking))
  }

  @Test("What is named beside a figure is a node of it, and connected, whatever is left out")
  func keepsWhatIsNamed() throws {
    var options = try FigureOptions([("nodecount", "2"), ("edgefraction", "0.9")])
    let names = ["Consumer.poll(timeout:)", "Consumer.dispatch(_:)"]
    let without = try FigureKind.graph.draw(FigureInput(profile: .kafka, options: options))
    #expect(without.functions.count == 2 && !without.functions.contains(names[1]))
    options.kept = [Set(names), [names[1]], ["no such function"]]
    let figure = try FigureKind.graph.draw(FigureInput(profile: .kafka, options: options))
    #expect(Set(figure.functions) == Set(without.functions + names))
    for name in names { #expect(figure.body.contains("<title>\(escaped(name))\n")) }
    #expect(figure.body.contains("→ Consumer.dispatch(_:)\n"))
  }

  @Test("What is called out has its words in a box beside it, and the way to it is lit")
  func callsOut() throws {
    let figure = try draw(.kafka, [("callout", "malloc"), ("says", "One object for each header.")])
    #expect(xmlError(figure.body) == nil)
    #expect(figure.alt.hasSuffix(" Called out: 22%%%±%14 in malloc.".nonBreaking))
    #expect(figure.body.contains("<g class=\"n h5 c hot\"") || figure.body.contains(" c hot\" transform"))
    let lit = figure.body.components(separatedBy: "<g class=\"e ").filter { $0.contains(" hot\" data-e") }
    #expect(lit.count == 6 && lit.contains { $0.contains("swift_allocObject → malloc") })
    let say = try #require(figure.body.components(separatedBy: "<g class=\"say\"").last)
    #expect(say.contains(">22%%%±%14<".nonBreaking) && say.contains(">One object"))
    #expect(figure.body.components(separatedBy: "<path class=\"lead\"").count == 2)
  }

  @Test("The words of a call-out stand beside their box, on no box and no line, and what ties them crosses no box")
  func wordsOverlapNothing() throws {
    for (profile, expected) in [(Profile.kafka, 1.0), (.tree(frames: 60, width: 3), 0.9)] {
      let drawing = try FigureInput(profile: profile).report(.dot).shownGraph()
      let count = drawing.nodes.count
      let links = drawing.edges.map {
        GraphLayout.Link(source: $0.source, destination: $0.destination ?? 0, weight: 1, arrow: 6)
      }
      let layout = try GraphLayout(sizes: Array(repeating: (110, 40), count: count), links: links)
      var found = 0
      for node in 0..<count {
        var room = FreeRoom(layout)
        guard let place = room.placeCallout(besideBox: node, width: 150, height: 60) else { continue }
        found += 1
        #expect(!layout.boxes.contains { $0.overlaps(place.box) })
        for (index, box) in layout.boxes.enumerated() where index != node {
          #expect(!box.isMet(byLineFrom: place.lead.start, to: place.lead.end))
        }
        for path in room.paths {
          #expect(!zip(path, path.dropFirst()).contains { place.box.isMet(byLineFrom: $0, to: $1) })
        }
        #expect(!room.isFree(place.box), "others may take it")
      }
      #expect(Double(found) >= Double(count) * expected)
    }
  }

  @Test("A call-out that has its place within the graph makes it no wider")
  func wordsKeepToTheGraph() throws {
    let layout = try GraphLayout(
      sizes: [(60, 40), (60, 40), (400, 40)],
      links: [(0, 1), (0, 2)].map { GraphLayout.Link(source: $0.0, destination: $0.1, weight: 1, arrow: 6) })
    var room = FreeRoom(layout)
    let found = room.placeCallout(besideBox: 0, width: 80, height: 36)
    let place = try #require(found).box
    #expect(place.left >= 0 && place.right <= layout.width)
  }

  @Test("A broken line is as wide as its weight: its dashes and gaps grow with it")
  func brokenLines() throws {
    let figure = try draw(.kafka, [("hide", "FetchResponse|Dictionary")])
    let broken = figure.body.matches(of: #/stroke-width="([0-9.]+)" stroke-dasharray="([0-9.]+) ([0-9.]+)"/#)
      .compactMap { match in [match.1, match.2, match.3].compactMap { Double($0) } }
    #expect(broken.isEmpty, "what is hidden is not left out")
    let few = try draw(.kafka, [("nodecount", "3")]).body
      .matches(of: #/stroke-width="([0-9.]+)" stroke-dasharray="([0-9.]+) ([0-9.]+)"/#)
      .map { match in [match.1, match.2, match.3].compactMap { Double($0) } }
    #expect(!few.isEmpty)
    for line in few { #expect(line[1] > line[0] && line[2] > line[0]) }
  }

  @Test func keepsToTheFocus() throws {
    let figure = try draw(.kafka, [("focus", "FetchResponse.decode(from:)"), ("nodecount", "3")])
    #expect(figure.body.split(separator: "<g class=\"n ").count - 1 == 3)
    #expect(figure.body.contains("Active filters:"))
    #expect(!figure.body.contains("Consumer.dispatch"))
  }

  @Test func isWellFormedWhateverTheNames() throws {
    for profile in [Profile.hostile, .full, .recursion(depth: 1_000)] {
      let figure = try draw(profile)
      #expect(xmlError(figure.body) == nil)
      #expect(!figure.body.contains("<script"))
    }
  }

  @Test func drawsNothingMeasured() throws {
    let figure = try draw(Profile(sampleTypes: [ValueType(type: "cpu", unit: "nanoseconds")]))
    #expect(xmlError(figure.body) == nil)
    #expect(figure.alt == "A call graph without functions: nothing was measured.")
  }

  @Test func showsLabelsInBoxesOfTheirOwn() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add("main;work", 3, labels: ["client": ["alice"]])
    builder.add("main;work", 1, labels: ["client": ["bob"]])
    let figure = try draw(builder.profile)
    #expect(figure.body.contains("client:alice"))
    #expect(figure.body.split(separator: "<g class=\"n tag").count - 1 == 2)
  }

  @Test("The way to what is called out goes straight down, though labels and other functions pull at it")
  func hotPathIsStraight() throws {
    var builder = ProfileBuilder("inuse_space/bytes")
    builder.add("main;topic;partition;name", 55 << 20, labels: ["type": ["String"]])
    builder.add("main;topic;partition", 11 << 20, labels: ["type": ["Array of String"]])
    builder.add("main;topic", 7 << 20, labels: ["type": ["Array of Partition"]])
    builder.add("main;topic;name", 1 << 20, labels: ["type": ["String"]])
    let figure = try draw(builder.profile, [("callout", "name")])
    let places = figure.body.matches(of: #/<g class="n[^"]* hot" transform="translate\(([-0-9.]+)/#)
      .compactMap { Double($0.1) }
    #expect(places.count == 4)
    let middle = try #require(places.first)
    #expect(places.allSatisfy { abs($0 - middle) < 3 }, "\(places)")
  }

  @Test func givesTheSameBytesAgain() throws {
    #expect(try draw(.tree(frames: 60)) == draw(.tree(frames: 60)))
  }

  @Test func textStaysInItsBoxAndLabelsApart() throws {
    for profile in [Profile.kafka, .hostile, .tree(frames: 90, width: 3)] {
      let report = try FigureInput(profile: profile).report(.dot)
      let drawing = report.shownGraph()
      let sums = report.functionSums()
      let boxes = drawing.nodes.map { GraphBox($0, in: drawing, sums: sums) }
      for box in boxes {
        for line in box.lines { #expect(TextWidth.of(line.text, size: line.size) <= box.width - 10) }
        #expect(box.lines.reduce(0) { $0 + $1.size * 1.2 } <= box.height - 8)
      }
      let links = drawing.edges.map {
        GraphLayout.Link(source: $0.source, destination: $0.destination ?? 0, weight: 1, arrow: 6)
      }
      let layout = try GraphLayout(sizes: boxes.map { ($0.width, $0.height) }, links: links)
      for (index, box) in layout.boxes.enumerated() {
        #expect(!layout.boxes[..<index].contains { $0.overlaps(box) })
      }
      var labels = FreeRoom(layout)
      let places = links.indices.compactMap { labels.placeLabel(ofLine: $0, width: 30, height: 9, lineWidth: 1) }
      #expect(Double(places.count) >= Double(links.count) * 0.8)
      for (index, place) in places.enumerated() {
        #expect(!places[..<index].contains { $0.overlaps(place) })
        #expect(!layout.boxes.contains { $0.overlaps(place) })
        for curve in layout.curves {
          let path = curve?.samples(each: 6) ?? []
          #expect(!zip(path, path.dropFirst()).contains { place.isMet(byLineFrom: $0, to: $1) })
        }
      }
    }
  }
}

/// Text as it stands in a figure.
func escaped(_ text: String) -> String {
  var out = Markup()
  out.text(text)
  return out.string
}
