import Foundation
import Testing

@testable import SiteGenerator

/// Whole sites: what is written, what is left alone, what is said to be wrong.
@Suite struct BuildTests {
  /// A small site in a directory of its own.
  private struct Site {
    let directory: TemporaryDirectory
    var strict = false

    init() throws {
      directory = try TemporaryDirectory()
      try directory.write("# Home\n\n[one](lessons/1.md#a)\n", to: "content/index.md")
      try directory.write("---\ndate: 2024-05-06\n---\n# One\n\n## A\n\ntext\n", to: "content/lessons/1.md")
      try directory.write("# Two\n\n![b](kettle.svg)\n", to: "content/lessons/2.md")
      try directory.write("# Ten\n\n![F](figure:kettle/faulty/cpu)\n", to: "content/lessons/10.md")
      try directory.write("<svg viewBox=\"0 0 30 20\"></svg>", to: "content/lessons/kettle.svg")
    }

    func generator(_ evidence: Evidence = .kettle, theme: String = PackagePath.theme) -> SiteGenerator {
      SiteGenerator(
        content: directory.path + "/content", theme: theme, output: directory.path + "/out", evidence: evidence,
        options: SiteGenerator.Options(baseURL: "https://example.org/lab", strict: strict))
    }

    func files() throws -> [String: Data] {
      let root = directory.path + "/out"
      let paths = try FileManager.default.subpathsOfDirectory(atPath: root)
      return Dictionary(
        uniqueKeysWithValues: paths.compactMap { path in
          FileManager.default.contents(atPath: root + "/" + path).map { (path, $0) }
        })
    }

    func problems(_ report: BuildReport) -> [String] {
      report.problems.map { $0.description.replacing(directory.path + "/", with: "") }
    }
  }

  @Test func writesEverything() throws {
    let site = try Site()
    let report = try site.generator().build()
    #expect(site.problems(report) == [])
    #expect(report.written == ["index.html", "lessons/1.html", "lessons/10.html", "lessons/2.html"])
    let files = try site.files()
    #expect(
      Set(files.keys).isSuperset(of: [
        "404.html", "feed.xml", "sitemap.xml", "theme/style.css", "theme/site.js", "theme/search-index.js",
        "lessons/kettle.svg",
      ]))
    let two = try site.directory.read("out/lessons/2.html")
    #expect(two.contains("<a class=\"previous\" rel=\"prev\" href=\"1.html\"><span>Previous</span> One</a>"))
    #expect(two.contains("<a class=\"next\" rel=\"next\" href=\"10.html\"><span>Next</span> Ten</a>"))
    #expect(two.contains("href=\"../theme/style.css?"))
    #expect(two.contains("width=\"30\" height=\"20\""))
    #expect(try site.directory.read("out/sitemap.xml").contains("<loc>https://example.org/lab/lessons/10.html</loc>"))
    #expect(try site.directory.read("out/feed.xml").contains("<updated>2024-05-06T00:00:00Z</updated>"))
    #expect(try site.directory.read("out/404.html").contains("href=\"/lab/theme/style.css?"))
  }

  @Test("The footer speaks of evidence where there is some; code that is cut from its source is none")
  func footers() throws {
    let site = try Site()
    try site.directory.write(
      "# Two\n\n```swift file=Kettle.swift region=faulty\n```\n", to: "content/lessons/2.md")
    _ = try site.generator().build()
    #expect(try site.directory.read("out/lessons/10.html").contains("Every figure here"))
    #expect(try !site.directory.read("out/lessons/2.html").contains("Every figure here"))
  }

  @Test func sameInputSameBytes() throws {
    let (first, second) = (try Site(), try Site())
    _ = try first.generator().build()
    _ = try second.generator().build()
    #expect(try first.files() == second.files())
  }

  @Test func onlyWhatChangedIsMadeAgain() throws {
    let site = try Site()
    _ = try site.generator().build()
    let again = try site.generator().build()
    #expect(again.written == [])
    #expect(again.unchanged == 4)

    try site.directory.write("# Two\n\nother\n", to: "content/lessons/2.md")
    #expect(try site.generator().build().written == ["lessons/2.html"])
    #expect(try site.directory.read("out/theme/search-index.js").contains("other"))
    #expect(try site.directory.read("out/theme/search-index.js").contains("[\"a\",\"A\",\"text\"]"))

    // A title stands in every list, so every page is made again.
    try site.directory.write("# Zwei\n\nother\n", to: "content/lessons/2.md")
    #expect(try site.generator().build().written.count == 4)
  }

  @Test func anIncrementalBuildEqualsAFreshOne() throws {
    let site = try Site()
    _ = try site.generator().build()
    try site.directory.write("# Two\n\nchanged\n", to: "content/lessons/2.md")
    try site.directory.write("# New\n", to: "content/new.md")
    try FileManager.default.removeItem(atPath: site.directory.path + "/content/lessons/10.md")
    _ = try site.generator().build()
    let incremental = try site.files()
    try FileManager.default.removeItem(atPath: site.directory.path + "/out")
    _ = try site.generator().build()
    #expect(try site.files() == incremental)
    #expect(incremental["lessons/10.html"] == nil)
  }

  @Test func evidenceImagesAndThemeAreDependencies() throws {
    let site = try Site()
    _ = try site.generator().build()
    var changed = Evidence.kettle
    changed.fingerprint = { _ in "other" }
    #expect(try site.generator(changed).build().written == ["lessons/10.html"])

    try site.directory.write("<svg viewBox=\"0 0 60 20\"></svg>", to: "content/lessons/kettle.svg")
    #expect(try site.generator(changed).build().written == ["lessons/2.html"])
    #expect(try site.directory.read("out/lessons/2.html").contains("width=\"60\""))

    let theme = site.directory.path + "/theme"
    try FileManager.default.copyItem(atPath: PackagePath.theme, toPath: theme)
    try site.directory.write("p { color: red }", to: "theme/styles/zz.css")
    #expect(try site.generator(changed, theme: theme).build().written.count == 4)
  }

  @Test func damagedOutputIsMadeAgain() throws {
    let site = try Site()
    _ = try site.generator().build()
    let whole = try site.files()
    try site.directory.write("x", to: "out/lessons/1.html")
    try FileManager.default.removeItem(atPath: site.directory.path + "/out/theme/style.css")
    try FileManager.default.removeItem(atPath: site.directory.path + "/out/sitemap.xml")
    #expect(try site.generator().build().written == ["lessons/1.html"])
    #expect(try site.files() == whole)
    try FileManager.default.removeItem(atPath: site.directory.path + "/out/theme/search-index.js")
    _ = try site.generator().build()
    #expect(try site.files() == whole)
  }

  @Test func damagedManifestIsForgotten() throws {
    let site = try Site()
    _ = try site.generator().build()
    let path = site.directory.path + "/.out.cache"
    let manifest = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in stride(from: 0, to: manifest.count, by: 7) {
      try manifest.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(Manifest(at: path) == Manifest())
    }
    #expect(try site.generator().build().written.count == 4)
  }

  @Test func problemsHavePlaces() throws {
    var site = try Site()
    try site.directory.write(
      "# P\n\n[a](1.md#nowhere)\n\n[b](gone.md)\n\n![](kettle.svg)\n\n![x](figure:teapot/a)\n",
      to: "content/lessons/3.md")
    let lint = [
      "content/lessons/3.md:3: warning: no such place in lessons/1.md: #nowhere",
      "content/lessons/3.md:5: warning: no such page: gone.md",
      "content/lessons/3.md:7: warning: image without alt text: kettle.svg",
    ]
    let wrong = "content/lessons/3.md:9: no such scenario"
    #expect(site.problems(try site.generator().build()) == lint + [wrong])
    // Told again when nothing was made again.
    #expect(site.problems(try site.generator().build()) == lint + [wrong])
    let errors = lint.map { $0.replacing("warning: ", with: "") } + [wrong]
    var report = BuildReport()
    report.problems = site.generator().check()
    #expect(site.problems(report) == errors)
    site.strict = true
    #expect(site.problems(try site.generator().build()) == errors)
  }

  @Test func badFrontMatterHasAPlace() throws {
    let site = try Site()
    try site.directory.write("---\ntitle: x\ndate: soon\n---\ntext\n", to: "content/a.md")
    try site.directory.write("---\ntitle: \"x\n---\ntext\n", to: "content/b.md")
    let problems = site.problems(try site.generator().build())
    #expect(problems.first == "content/a.md:3: not a date (YYYY-MM-DD): soon")
    #expect(problems.count == 2)
    #expect(problems.last?.hasPrefix("content/b.md:") == true)
  }

  @Test func contentWithoutIndexGetsOne() throws {
    let directory = try TemporaryDirectory()
    try directory.write("text only", to: "content/some-page.md")
    try directory.write("# B", to: "content/deep/er/b.md")
    let generator = SiteGenerator(
      content: directory.path + "/content", theme: PackagePath.theme, output: directory.path + "/content/out",
      evidence: .kettle)
    _ = try generator.build()
    let index = try directory.read("content/out/index.html")
    #expect(index.contains("<a href=\"some-page.html\">Some page</a>"))
    #expect(index.contains("<a href=\"deep/er/b.html\">B</a>"))
    #expect(try directory.read("content/out/some-page.html").contains("<h1>Some page</h1>"))
    #expect(try generator.build().written == [])
  }

  @Test func capturesAreCopied() throws {
    let site = try Site()
    try site.directory.write("raw", to: "local/a.pb.gz")
    var evidence = Evidence.kettle
    let path = site.directory.path + "/local/a.pb.gz"
    evidence.figure = { _ in RenderedFigure(body: "x", alt: "y", download: path) }
    _ = try site.generator(evidence).build()
    #expect(try site.directory.read("out/captures/kettle-faulty-cpu.pb.gz") == "raw")
    #expect(
      try site.directory.read("out/lessons/10.html").contains("href=\"../captures/kettle-faulty-cpu.pb.gz\" download"))
  }

  @Test("A page that goes with a figure is written, made again if it is gone, and taken away with its figure")
  func walksAreWritten() throws {
    let site = try Site()
    var evidence = Evidence.kettle
    evidence.figure = { reference in
      let walk = RenderedFigure.Walk(name: "5ms-1ms", title: "1 ms of <kettle>", page: "<p>steam</p>")
      return RenderedFigure(body: "x", alt: "y", walk: reference.parameters.isEmpty ? walk : nil)
    }
    _ = try site.generator(evidence).build()
    let file = "out/walks/kettle-faulty-cpu-5ms-1ms.html"
    #expect(try site.directory.read(file) == "<p>steam</p>")
    let page = try site.directory.read("out/lessons/10.html")
    #expect(page.contains("<a href=\"../walks/kettle-faulty-cpu-5ms-1ms.html\">1 ms of &lt;kettle&gt;</a>"))
    #expect(try site.generator(evidence).build().written == [])
    try FileManager.default.removeItem(atPath: site.directory.path + "/" + file)
    #expect(try site.generator(evidence).build().written == ["lessons/10.html"])
    #expect(try site.directory.read(file) == "<p>steam</p>")
    try site.directory.write("# Ten\n\n![F](figure:kettle/faulty/cpu?view=top)\n", to: "content/lessons/10.md")
    _ = try site.generator(evidence).build()
    #expect(!FileManager.default.fileExists(atPath: site.directory.path + "/" + file))
    #expect(try !site.directory.read("out/lessons/10.html").contains("walks/"))
  }

  @Test func aThemeWithoutItsPageIsRefused() throws {
    let site = try Site()
    #expect(throws: Theme.Failure.self) { try site.generator(theme: site.directory.path + "/content").build() }
    #expect(site.generator(theme: site.directory.path + "/content").check().count == 1)
  }
}
