import Testing

@testable import SiteGenerator

/// The small parts a build is made of.
@Suite struct PartTests {
  @Test(arguments: [
    ("2", "10"), ("a2", "a10"), ("a", "b"), ("a1", "a1b"), ("01", "2"), ("lessons/9.md", "lessons/12.md"),
  ])
  func naturalOrder(_ first: String, _ second: String) {
    #expect(NaturalOrder.precedes(first, second))
    #expect(!NaturalOrder.precedes(second, first))
    #expect(!NaturalOrder.precedes(first, first))
  }

  @Test func largeSitesListOnlyNeighbours() {
    let pages = (0..<500).map { PageSource(path: "p\($0).md", page: "p\($0).html", title: "P\($0)", description: "") }
    let navigation = Navigation(pages)
    #expect(navigation.order == Array(0..<500))
    for page in [0, 29, 250, 499] {
      let listed = navigation.list(for: page).flatMap(\.pages)
      #expect(listed.count == Navigation.limit)
      #expect(listed.contains(page))
    }
    #expect(navigation.previous(0) == nil)
    #expect(navigation.next(0) == 1)
    #expect(navigation.next(499) == nil)
  }

  @Test func textBeginsAfterFrontMatterThatIsBroken() {
    let page = PageText(Array("---\ntitle: [\n---\ntext".utf8))
    #expect(page.problem?.line == 3)
    #expect(page.front.firstLine == 4 && page.front.textStart == 17)
  }

  @Test func orderInFrontMatterComesFirst() {
    var pages = ["z.md", "a.md", "index.md", "b/index.md", "a/x.md"].map {
      PageSource(path: $0, page: $0.dropLast(3) + ".html", title: $0, description: "")
    }
    pages[0].order = 1
    pages[3].order = 1
    let navigation = Navigation(pages)
    #expect(navigation.order.map { pages[$0].path } == ["index.md", "z.md", "a.md", "b/index.md", "a/x.md"])
    #expect(navigation.sections.map(\.title) == ["", "b/index.md", "A"])
  }

  @Test func stylesheetsShrink() {
    let css =
      "/* c */\na > b ,\n c:hover { color : red ; content: \"a  /* b */\" ; }\n\n@media (x) { d { e: calc(1px + 2px) } }\n"
    #expect(
      String(decoding: Stylesheet.minified(Array(css.utf8)), as: UTF8.self)
        == "a > b,c:hover{color : red;content: \"a  /* b */\"}@media (x){d{e: calc(1px + 2px)}}\n")
  }

  @Test func contentHashTellsPiecesApart() {
    func hash(_ pieces: [String]) -> String {
      var hash = ContentHash()
      for piece in pieces { hash.add(piece) }
      return hash.hex
    }
    let all = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], [], [""], ["abcdefgh"], ["abcdefgi"], ["abcdefgha"]]
    #expect(Set(all.map(hash)).count == all.count)
    #expect(hash(["abc"]) == hash(["abc"]))
    #expect(hash(["abc"]).count == 32)
  }

  @Test func imageSizes() {
    let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3]
    #expect(ImageSizes.size(in: png) == ImageSizes.Size(width: 258, height: 3))
    #expect(ImageSizes.size(in: Array("GIF89a".utf8) + [4, 1, 5, 0]) == ImageSizes.Size(width: 260, height: 5))
    let jpeg: [UInt8] = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0, 9, 0, 7, 3]
    #expect(ImageSizes.size(in: jpeg) == ImageSizes.Size(width: 7, height: 9))
    #expect(ImageSizes.size(in: Array("<svg width='12px' height=\"8\">".utf8)) == ImageSizes.Size(width: 12, height: 8))
    for cut in [png, jpeg] {
      for length in cut.indices { #expect(ImageSizes.size(in: Array(cut[..<length])) == nil) }
    }
  }

  @Test func searchEntriesAreJSON() {
    var budget = SearchText.Budget(pages: 1)
    budget.section = 7
    var text = SearchText(budget: budget)
    text.begin(section: "a", title: "A \"q\" </script>", level: 2)
    text.endTitle()
    for word in ["ab\n", "cdé"] { Array(word.utf8).withUnsafeBufferPointer { text.add($0) } }
    let page = PageSource(path: "p.md", page: "p.html", title: "P\\", description: "")
    let entry = SearchIndex.entry(for: page, text)
    #expect(
      String(decoding: entry, as: UTF8.self)
        == #"["p.html","P\\",[["a","A \"q\" \u003c/script>","ab cdé"]]]"#)
    let script = SearchIndex.script([entry[...], entry[...]])
    #expect(SearchIndex.entries(in: script).map(Array.init) == [entry, entry])
  }

  @Test func aLargeSitesIndexKeepsEveryHeadingAndTheFirstWords() {
    #expect(SearchText.Budget(pages: 100).page == .max)
    var text = SearchText(budget: SearchText.Budget(pages: 2_500))
    let words = [UInt8](repeating: UInt8(ascii: "a"), count: 400)
    for section in 0..<40 {
      text.begin(section: "s\(section)", title: "Section", level: 2)
      text.endTitle()
      words.withUnsafeBufferPointer { text.add($0) }
    }
    #expect(text.sections.count == 41)
    #expect(text.sections.map(\.text.count).prefix(6) == [0, 280, 280, 280, 160, 0])
  }

  @Test func searchTextIsCutBetweenCharacters() {
    var budget = SearchText.Budget(pages: 1)
    budget.section = 2
    var text = SearchText(budget: budget)
    Array("aé".utf8).withUnsafeBufferPointer { text.add($0) }
    let entry = SearchIndex.entry(for: PageSource(path: "p", page: "p", title: "", description: ""), text)
    #expect(String(decoding: entry, as: UTF8.self) == #"["p","",[["","","a"]]]"#)
  }

  @Test(arguments: [
    ("---\ntitle: T\norder: 3\ndate: 2024-01-02T10:00:00Z\n---\nx", "T", 3, "2024-01-02"),
    ("---\ntitle: 42\ndate:\n  created: 2024-01-02\n---\n", "42", nil, "2024-01-02"),
    ("\u{feff}---\r\ntitle: W\r\n---\r\n", "W", nil, nil),
    ("---\n\ntext that is no front matter", nil, nil, nil),
    ("text\n---\ntitle: x\n---\n", nil, nil, nil),
    ("---\n---\n", nil, nil, nil),
  ])
  func frontMatter(_ text: String, _ title: String?, _ order: Int?, _ date: String?) {
    let page = PageText(Array(text.utf8))
    #expect(page.problem == nil)
    #expect(page.front.title == title)
    #expect(page.front.order == order)
    #expect(page.front.date == date)
  }

  @Test(arguments: [
    ("# A `b` *c* {#d}\n", "A b c"), ("text\n\n```\n# no\n```\n\n# yes\n", "yes"), ("A *b*\n===\n", "A b"),
    ("## no\n", nil),
  ])
  func firstHeading(_ text: String, _ expected: String?) {
    #expect(PageText(Array(text.utf8)).heading() == expected)
  }

  @Test func problemsPrintAsPlaces() {
    #expect(Problem(file: "a.md", line: 4, message: "no such scenario").description == "a.md:4: no such scenario")
    #expect(Problem(file: "a.md", line: 0, message: "m", severity: .warning).description == "a.md: warning: m")
  }
}
