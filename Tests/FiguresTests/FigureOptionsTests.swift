import Testing

@testable import Figures

@Suite struct FigureOptionsTests {
  @Test func readsEveryName() throws {
    let options = try FigureOptions([
      ("view", "peek"), ("sample", "cpu"), ("focus", "a"), ("ignore", "b"), ("hide", "c"), ("show", "d"),
      ("show_from", "e"), ("tagfocus", "f"), ("tagignore", "g"), ("nodecount", "12"), ("nodefraction", "0.5"),
      ("edgefraction", "0.25"), ("inverted", ""), ("colour", "heat"), ("compare", "x/y"), ("function", "h"),
      ("title", "i"), ("width", "640"), ("standalone", "1"), ("keep", "j|k"), ("keep", "l"),
    ])
    #expect(options.view == .peek && options.sampleType == "cpu" && options.focus == "a" && options.ignore == "b")
    #expect(options.hide == "c" && options.show == "d" && options.showFrom == "e" && options.tagFocus == "f")
    #expect(options.tagIgnore == "g" && options.nodeCount == 12 && options.nodeFraction == 0.5)
    #expect(options.edgeFraction == 0.25 && options.isInverted && options.colour == .heat)
    #expect(options.compare == "x/y" && options.function == "h" && options.title == "i" && options.width == 640)
    #expect(options.standsAlone && options.kept == [["j", "k"], ["l"]])
  }

  @Test func readsWhatIsCalledOut() throws {
    let options = try FigureOptions([
      ("view", "flame"), ("says", "too much"), ("callout", "decode"), ("by", "client"), ("harness", ""),
    ])
    #expect(options.callout == "decode" && options.says == "too much" && options.byLabel == "client")
    #expect(options.showsHarness)
    #expect(throws: FigureError.noCallout) { try FigureOptions([("view", "flame"), ("says", "too much")]) }
  }

  @Test("Comparisons have names of their own")
  func comparisons() throws {
    let pair = try FigureOptions([("view", "pair"), ("compare", "fixed"), ("function", "a|b"), ("width", "700")])
    #expect(pair.view == .pair && pair.compare == "fixed" && pair.functions == ["a", "b"] && pair.sampleType == nil)
    #expect(try FigureOptions([("view", "cycle"), ("through", "Message")]).through == "Message")
  }

  @Test func refusesUnknownNames() {
    #expect(throws: FigureError.unknownOption(name: "focsu")) { try FigureOptions([("focsu", "a")]) }
    #expect(throws: FigureError.unknownOption(name: "nothing")) {
      try FigureOptions([("view", "top"), ("nothing", "1")])
    }
  }

  @Test(
    "A name of another kind is refused, wherever the query says its view",
    arguments: [
      ("pair", "focus"), ("machines", "focus"), ("growth", "compare"), ("cycle", "title"), ("top", "through"),
      ("top", "by"), ("growth", "callout"), ("pair", "keep"), ("source", "by"),
    ])
  func refusesNamesOfOtherKinds(view: String, name: String) throws {
    let kind = try #require(FigureKind(rawValue: view))
    for items in [[("view", view), (name, "x")], [(name, "x"), ("view", view)]] {
      #expect(throws: FigureError.otherKindsOption(name: name, kind: kind)) { try FigureOptions(items) }
    }
    #expect(FigureError.otherKindsOption(name: name, kind: kind).description.contains("it takes view, "))
  }

  @Test(arguments: [
    ("view", "pie"), ("nodecount", "0"), ("nodecount", "x"), ("nodefraction", "2"), ("nodefraction", "nan"),
    ("inverted", "maybe"), ("colour", "red"), ("focus", ""), ("width", "5"),
    ("callout", ""), ("keep", "|"), ("harness", "x"),
  ]) func refusesValuesThatMeanNothing(name: String, value: String) throws {
    let error = try #require(throws: FigureError.self) { try FigureOptions([(name, value)]) }
    #expect(error.description.hasPrefix("\(name)=\(value) is not "))
  }
}
