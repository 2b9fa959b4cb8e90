import Testing

@testable import SiteGenerator

/// Rare forms that are rendered as Material has them, or named with their place: none is passed over in silence.
@Suite struct RareMarkTests {
  private func page(_ markdown: String) -> (html: String, notes: [String]) {
    var dialect = Dialect(extensions: ["pymdownx.smartsymbols", "pymdownx.keys"])
    dialect.isMkDocs = true
    let page = rendered(markdown, dialect: dialect)
    return (String(decoding: page.html, as: UTF8.self), page.problems.map(\.description))
  }

  /// The code points are those that `pymdownx.twemoji_db` has for the names.
  @Test(arguments: [
    ("handshake_tone2_tone5", "1faf1-1f3fc-200d-1faf2-1f3ff"),
    ("handshake_light_skin_tone_medium_dark_skin_tone", "1faf1-1f3fb-200d-1faf2-1f3fe"),
    ("men_holding_hands_tone3_tone5", "1f468-1f3fd-200d-1f91d-200d-1f468-1f3ff"),
    ("woman_and_man_holding_hands_tone5_tone2", "1f469-1f3ff-200d-1f91d-200d-1f468-1f3fc"),
    ("couple_with_heart_woman_man_tone5_tone3", "1f469-1f3ff-200d-2764-fe0f-200d-1f468-1f3fd"),
    ("kiss_man_man_medium_skin_tone_dark_skin_tone", "1f468-1f3fd-200d-2764-fe0f-200d-1f48b-200d-1f468-1f3ff"),
    ("kiss_woman_woman_tone4", "1f469-1f3fe-200d-2764-fe0f-200d-1f48b-200d-1f469-1f3fe"),
    ("people_holding_hands_tone1", "1f9d1-1f3fb-200d-1f91d-200d-1f9d1-1f3fb"), ("kiss_tone1", "1f48f-1f3fb"),
    ("person_tone3_bald", "1f9d1-1f3fd-200d-1f9b2"), ("tuxedo_tone4", "1f935-1f3fe"),
    ("woman_medium_light_skin_tone_beard", "1f9d4-1f3fc-200d-2640-fe0f"),
    ("couple_with_heart_tone1", "1f491-1f3fb"), ("women_holding_hands_tone2", "1f46d-1f3fc"),
  ])
  func twoSkinTones(_ name: String, _ points: String) {
    let found = Emoji.named(name)?.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: "-")
    #expect(found == points)
  }

  @Test func skinTonesOfNobodyAreToldOf() {
    let (html, notes) = page("a :kettle_tone1_tone2: b\n")
    #expect(html.contains("title=\":kettle_tone1_tone2:\">kettle tone1 tone2</span> b"))
    #expect(notes == ["page.md:1: note: emoji not known, shown as its name: :kettle_tone1_tone2:"])
  }

  @Test(arguments: [
    ("1st 2nd 3rd 4th 11th 112th", "st nd rd th th th"), ("1th 2st a1st 1sts 1,001st 2ND 01st", ""),
    ("x-21st 3rd.", "st rd"), ("`1st` [4th](https://e.org)", "th"),
  ])
  func endingsOfNumbersAreRaised(_ markdown: String, _ raised: String) {
    #expect(
      page(markdown).html.matches(of: #/<sup>(\w+)</sup>/#).map { String($0.1) }.joined(separator: " ") == raised)
    #expect(!html(markdown).contains("<sup>"))
  }

  @Test func signsOfSmartSymbols() {
    #expect(page("c/o me, 2/3, 5/8, abc/o, 1/3/2024").html == "<p>℅ me, ⅔, ⅝, abc/o, 1/3/2024</p>\n")
    #expect(html("c/o me, 2/3") == "<p>c/o me, 2/3</p>\n")
  }

  @Test(arguments: [
    ("a\n\n- item { #li }", "3", "{ #li }"), ("[x]{ .y } a", "1", "{ .y }"), ("text {: .z a=b }", "1", "{: .z a=b }"),
    ("*c* { .d } end", "1", "{ .d }"), ("a word{ .x }", "1", "{ .x }"), ("a<br>{ .x }", "1", "{ .x }"),
    ("> quote { .q }", "1", "{ .q }"), ("x\n\n{ .alone }", "3", "{ .alone }"),
    ("| a |\n|---|\n| d{.e} |", "3", "{.e}"), ("a { title=\"b\" } c", "1", "{ title=\"b\" }"),
    ("![i](https://e.org/a.png) { width=300 }", "1", "{ width=300 }"),
    ("a { width=50% height=2em }", "1", "{ width=50% height=2em }"),
    ("a[^1] { .x }\n\n[^1]: n", "1", "{ .x }"), ("a[^1]\n\n[^1]: n { .z }", "3", "{ .z }"),
  ])
  func attributesOfNothingAreToldOf(_ markdown: String, _ line: String, _ source: String) {
    let (html, notes) = page(markdown)
    #expect(html.replacing("&quot;", with: "\"").contains(source), "\(html)")
    #expect(notes == ["page.md:\(line): note: attributes that belong to nothing, shown as written: \(source)"])
  }

  @Test func footnoteMarksTakeAttributes() {
    let html = page("a[^1]{ .x #here title=t } b[^1]\n\n[^1]: n\n").html
    let marks = html.matches(of: #/<sup.*?<a.*? href/#).map { String($0.0) }
    #expect(
      marks == [
        "<sup id=\"fnref:1\" class=\"footnote-mark x\" title=\"t\"><a id=\"here\" href",
        "<sup id=\"fnref2:1\" class=\"footnote-mark\"><a href",
      ])
  }

  @Test(arguments: [
    "`{ .a }` { } {a} {.} {1, 2} {x: 1} {...} ${HOME} {a=1} { hidden } { a = 1 } {job=x} { 1=2 } { x=1, y=2 }",
    "```\n{ .a } [[b]] {# c #}\n```",
    "*a*{ .b } `c`{ .d } ++ctrl++{ .e } :tada:{ .f }", "# T { #t }", "term { .t }\n:   def",
    "a[^1]{ .x }\n\n[^1]: n", "[[1, 2], [3]] [[]] [[a]](https://e.org)",
  ])
  func whatIsUnderstoodOrIsNoMarkIsNot(_ markdown: String) {
    #expect(page(markdown).notes == [], "\(page(markdown).html)")
  }

  @Test func marksOfOthersAreLabels() {
    let (html, notes) = page(
      "[[A page|x]] {# a #} {% tag {} %} {%- c -%} {{ f({}) }}\n\n`[[x]]` {# d\ne #}\n\n{#\n\nf {#g}\n")
    let labels = html.matches(of: #/<span class="icon">(.*?)</span>/#).map { String($0.1) }
    #expect(html.hasPrefix("<p>[[A page|x]] <span") && html.contains("<code>[[x]]</code>"))
    #expect(labels == ["{# a #}", "{% tag {} %}", "{%- c -%}", "{{ f({}) }}", "{# d e #}"])
    #expect(
      notes == [
        "page.md:1: note: link of a wiki, shown as written: [[A page|x]]",
        "page.md:1: note: comment that a plugin takes away, shown as written: {# a #}",
        "page.md:1: note: macro that a plugin fills in, shown as written: {% tag {} %}",
        "page.md:1: note: macro that a plugin fills in, shown as written: {%- c -%}",
        "page.md:1: note: macro that a plugin fills in, shown as written: {{ f({}) }}",
        "page.md:3: note: comment that a plugin takes away, shown as written: {# d e #}",
        "page.md:6: note: comment that a plugin takes away, shown as written: {#",
        "page.md:8: note: attributes that belong to nothing, shown as written: {#g}",
      ])
  }

  @Test func definitionsOfNothingAreToldOf() {
    #expect(page("- a\n\n: x\n").notes == ["page.md:3: note: definition of nothing, shown as written: : x"])
  }

  @Test(arguments: [
    ("- li\n: x", "<ul><li><dl><dt>li</dt><dd>x</dd></dl></li></ul>"),
    (
      "- a\n- b\n: x\n: y\n\n    more\n- c",
      "<ul><li>a</li><li><dl><dt>b</dt><dd>x</dd><dd>y</dd></dl>more</li><li>c</li></ul>"
    ),
    ("1. a\n   b\n   : x", "<ol><li><dl><dt>a</dt><dt>b</dt><dd>x</dd></dl></li></ol>"),
    ("- a\n    - b\n    : x\n\n        y", "<li>a<ul><li><dl><dt>b</dt><dd>x</dd></dl>y</li></ul></li>"),
    ("- a\n:x", "<ul><li>a:x</li></ul>"), ("- a\n\n: x", "<ul><li>a</li></ul>: x"),
  ])
  func listItemsMayHoldDefinitions(_ markdown: String, _ expected: String) {
    let found = page(markdown).html.replacing(#/\n|</?p>/#, with: "")
    #expect(found.contains(expected), "\(found)")
  }

  @Test func placesInCopiedFilesAreChecked() throws {
    let directory = try TemporaryDirectory()
    try directory.write("<p id=\"a\"><a name=b>x</a><!-- <p id=\"c\"> -->", to: "content/x.html")
    try directory.write("<script src=\"x.js\"></script>", to: "content/api.HTM")
    try directory.write(
      "[a](x.html#a) [b](x.html#b) [top](x.html#top) [c](x.html#c)\n\n<a href=\"x.html#d\">d</a> [e](api.HTM#e) [f](api.HTM#/f) [x](x.html)\n",
      to: "content/index.md")
    let generator = SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/out",
      evidence: .kettle)
    for _ in 0..<2 {
      #expect(
        try generator.build().problems.map { $0.description.replacing(directory.path + "/content/", with: "") } == [
          "index.md:1: warning: no such place in x.html: #c",
          "index.md:3: note: no such place in api.HTM, unless a script makes it: #e",
          "index.md:3: warning: no such place in x.html: #d",
        ])
    }
  }
}
