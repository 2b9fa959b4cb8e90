import Foundation
import TestSupport
import Testing

/// The form of the lessons: old links arrive, questions give nothing away, a figure stands near the top, pages are light.
@Suite struct LessonFormTests {
  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  /// The lessons' Markdown, by the names of their files.
  private static func lessons() throws -> [String: String] {
    let folder = root + "/Content/lessons"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) })
  }

  /// The content's own site, from the published captures, built once.
  private static func site() throws -> TemporaryFolder { try built.get() }

  private static let built = Result {
    let folder = try TemporaryFolder()
    let built = try LabCommand.run("build", "--no-run", "--content", root + "/Content", "-o", folder.file("site"))
    try #require(built.status == 0, "\(built.errors)")
    return folder
  }

  /// Addresses that were published once. What has moved since leaves a link in its old place.
  private static let addresses = [
    "index": ["swift-diagnostics-lab", "lessons", "how-to-read-a-lesson"],
    "lessons/1": [
      "profiling", "enabling-pprof", "no-change-at-all-lab-record", "no-code-an-environment-variable", "a-line-of-code",
      "what-it-costs", "what-the-profiler-tells-of-itself", "in-go-in-swift", "your-machine-and-the-published-one",
      "the-program", "what-a-profile-is", "the-fix", "while-it-runs", "your-own-service", "your-turn",
    ],
    "lessons/2": [
      "cpu-profiling", "the-program", "the-capture", "the-whole-program-a-call-graph", "a-part-of-it-focus",
      "the-same-samples-as-a-flame-graph", "top-a-list-and-how-it-misleads", "source-line-by-line",
      "the-same-run-seen-by-two-other-profiles", "the-fix", "what-to-look-for",
      "the-allocator-many-small-allocations", "system-calls-unbuffered-input-and-output",
      "locks-and-task-switches-contention", "labels-who-asked", "in-go-in-swift", "your-turn",
      "your-machine-and-the-published-one",
    ],
    "lessons/3": [
      "heap-profiling", "the-program", "the-capture", "what-is-in-use", "four-questions-one-profile",
      "the-same-run-seen-by-two-other-profiles", "the-fix", "in-go-in-swift", "your-turn",
      "your-machine-and-the-published-one",
    ],
    "lessons/4": [
      "leaks", "something-still-holds-it", "the-capture", "growth-told-apart-from-noise",
      "the-same-as-a-graph-of-differences", "the-same-run-seen-by-two-other-profiles", "the-fix",
      "they-hold-each-other", "asking-the-heap", "the-fix-in-three-forms", "what-it-cannot-tell", "in-go-in-swift",
      "your-turn", "your-machine-and-the-published-one",
    ],
    "lessons/5": [
      "goroutine-profiling", "the-program", "the-capture", "who-made-them", "what-they-do", "goroutineleak",
      "the-same-run-seen-by-two-other-profiles", "the-fix", "in-go-in-swift", "in-your-own-service", "your-turn",
      "your-machine-and-the-published-one",
    ],
    "lessons/6": [
      "block-profiling", "the-program", "the-capture", "who-waits", "waiting-or-ready",
      "the-same-run-seen-by-two-other-profiles", "the-fix", "deadlock", "how-it-is-read", "the-fix-of-the-deadlock",
      "resumed-under-a-lock", "the-fix-of-resuming", "in-go-in-swift", "in-your-own-service", "your-turn",
      "your-machine-and-the-published-one",
    ],
    "lessons/7": [
      "mutex-profiling", "the-program", "one-fault-three-profiles", "the-convoy", "the-fix", "actors",
      "the-fix-of-the-actor", "in-go-in-swift", "in-your-own-service", "your-turn",
      "your-machine-and-the-published-one",
    ],
    "lessons/8": [
      "threadcreate-profiling", "a-queue-for-each-customer", "the-capture", "who-makes-them", "the-fix",
      "pool-starvation", "what-each-profile-shows", "the-fix-of-pool-starvation",
      "what-the-profiler-cannot-know", "a-profile-of-your-own", "the-same-run-seen-by-two-other-profiles",
      "the-fix-of-open-handles", "in-go-in-swift", "in-your-own-service", "your-turn",
      "your-machine-and-the-published-one",
    ],
    "lessons/9": [
      "execution-tracer", "the-program", "release-cascade", "the-fix-of-release-cascade", "merge-sort",
      "why-a-task-costs-so-much", "the-fix", "how-large-should-a-task-be", "in-go-in-swift", "in-your-own-service",
      "your-turn", "your-machine-and-the-published-one",
    ],
    "lessons/10": [
      "user-tasks-and-regions", "why-percentiles-miss-it", "the-fix", "in-go-in-swift", "in-your-own-service",
      "your-turn", "your-machine-and-the-published-one",
    ],
    "lessons/11": [
      "choosing-the-right-tool", "the-program", "every-profile", "the-fix", "a-cpu-profile-and-a-trace",
      "what-to-ask-first", "in-your-own-service", "your-turn", "your-machine-and-the-published-one",
    ],
    "lessons/12": [
      "what-measuring-costs", "how-it-is-measured", "what-samples", "what-records-everything", "beside-go",
      "what-ratios-do-not-show", "in-your-own-service", "your-turn", "your-machine-and-the-published-one",
    ],
    "reference/how-it-is-made": ["how-it-is-made", "a-program-with-a-fault", "a-capture", "claims", "your-machine"],
    "ten-figures": ["the-ten-figures"] + (1...10).map { "figure-\($0)" },
  ]

  @Test func oldLinksArrive() throws {
    let site = try Self.site()
    for (page, ids) in Self.addresses {
      let html = try String(contentsOfFile: site.file("site/\(page).html"), encoding: .utf8)
      for id in ids { #expect(html.contains(" id=\"\(id)\""), "\(page).html#\(id)") }
    }
  }

  /// Whether each option of a question is right, in order.
  private static func questions(in lesson: String) -> [[Bool]] {
    var questions: [[Bool]] = []
    var isInside = false
    for line in lesson.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("!!! predict") {
        questions.append([])
        isInside = true
      } else if isInside, !line.isEmpty, !line.hasPrefix("    ") {
        isInside = false
      } else if isInside, line.contains(#/^    [0-9]+\. /#) {
        questions[questions.count - 1].append(line.contains("[x]"))
      }
    }
    return questions
  }

  @Test("Every question has one right option, and its place tells nothing")
  func rightOptions() throws {
    let questions = try Self.lessons().values.flatMap(Self.questions)
    #expect(questions.count >= 5)
    for options in questions {
      #expect(options.count >= 3)
      #expect(options.count { $0 } == 1)
    }
    let places = questions.compactMap { $0.firstIndex(of: true) }
    #expect(Set(places).count >= 3)
    let last = zip(places, questions).count { $0 == $1.count - 1 }
    #expect(last * 2 < questions.count)
  }

  @Test("Nothing that a reply measures its option by is named before the question, nor in a title or description")
  func nothingIsGivenAway() throws {
    for (name, lesson) in try Self.lessons() {
      guard let question = lesson.firstRange(of: "!!! predict") else { continue }
      let right = try #require(lesson[question.upperBound...].firstRange(of: "[x]"), "\(name)")
      let reply = lesson[right.upperBound...].prefix(1_500)
      let asked = reply.firstMatch(of: #/function=([^&|)]+)/#).map { String($0.1) } ?? "no function is asked about"
      // Code shows what it shows; what the page says of it is the author's.
      let before = lesson[..<question.lowerBound].replacing(#/```[^`]*```/#, with: "")
      for named in ["function=\(asked)", "callout=\(asked)", "`\(asked)"] {
        #expect(!before.contains(named), "\(name) names \(asked) before it asks")
      }
    }
  }

  @Test("Exercises have answers")
  func exercisesAreAnswered() throws {
    for (name, lesson) in try Self.lessons() {
      guard let turn = lesson.firstRange(of: "\n## Your turn") else { continue }
      let section = lesson[turn.upperBound...].split(separator: "\n## ", maxSplits: 1)[0]
      let exercises = section.matches(of: #/\n[0-9]+\. /#).count
      #expect(exercises > 0 && section.matches(of: #/\n    \?\?\? answer "/#).count == exercises, "\(name)")
    }
  }

  private struct Seen: Decodable {
    var firstFigure: Double?
    var page: Int
    var script: Int
    var requests: [String]
  }

  private static let script = """
    import gzip, os
    site = sys.stdin.read().strip()
    seen = {}
    with sync_playwright() as p:
        browser = launch(p)
        for root, _, names in os.walk(site):
            for name in names:
                if not name.endswith('.html') or name == '404.html': continue
                path = os.path.join(root, name)
                page = browser.new_page(viewport={'width': 1440, 'height': 900})
                asked = []
                page.on('request', lambda r: asked.append(r.url) if not r.url.startswith(('file:', 'data:')) else None)
                page.goto('file://' + path)
                first = page.locator('figure.figure').first
                top = first.bounding_box()['y'] if page.locator('figure.figure').count() else None
                seen[os.path.relpath(path, site)] = {
                    'firstFigure': top, 'page': len(gzip.compress(open(path, 'rb').read())),
                    'script': len(gzip.compress(open(site + '/theme/site.js', 'rb').read())), 'requests': asked }
                page.close()
        browser.close()
    print(json.dumps(seen))
    """

  @Test(
    "The first figure stands within two screens, a page has at most 100 kB, its script at most 10",
    .enabled(if: Browser.isThere, Comment(rawValue: Browser.need)))
  func pagesAreLight() throws {
    let site = try Self.site()
    let output = try Browser.run(Self.script, input: site.file("site"))
    let seen = try JSONDecoder().decode([String: Seen].self, from: output)
    #expect(seen.count >= 6)
    for (name, page) in seen {
      // What is for authors has none, nor has a challenge before it is begun, or a list of words.
      if !name.hasPrefix("writing/"), !name.hasPrefix("challenges/"), !name.hasPrefix("walks/"),
        name != "reference/glossary.html"
      {
        let top = try #require(page.firstFigure, "\(name) has no figure")
        #expect(top < 1_800, "\(name)")
      }
      // The part of a trace that goes with a figure is fetched when it is unfolded.
      if !name.hasPrefix("walks/") { #expect(page.page <= 100_000, "\(name)") }
      #expect(page.script <= 10_000)
      #expect(page.requests == [], "\(name)")
    }
  }

  private struct Turned: Decodable {
    /// The stops, and what each shows: its pictures with their widths, its first claim, how many settings are to be seen.
    var stops: [String]
    var pictures: [Double]
    var claims: [String]
    var shown: [Int]
    var figures: [String]
    var failed: [String]
    /// On paper all of them stand.
    var printed: Int
  }

  @Test(
    "From the disk and without a script a lesson's knob turns: figure, caption and claims are those of its value",
    .enabled(if: Browser.isThere, Comment(rawValue: Browser.need)), arguments: ["2", "9"])
  func knobs(lesson: String) throws {
    let script = """
      seen = {key: [] for key in ['stops', 'pictures', 'claims', 'shown', 'figures', 'failed']}
      with sync_playwright() as p:
          page = launch(p).new_context(java_script_enabled=False, viewport={'width': 390, 'height': 800}).new_page()
          page.on('requestfailed', lambda r: seen['failed'].append(r.url))
          page.on('request', lambda r: seen['failed'].append(r.url) if not r.url.startswith(('file:', 'data:')) else None)
          page.goto('file://' + sys.stdin.read().strip())
          for stop in page.locator('.knob .stop').all():
              stop.click()
              seen['stops'].append(stop.inner_text().split('\\n')[-1])
              setting = page.locator('.knob .setting:visible')
              picture = setting.locator('img')
              picture.scroll_into_view_if_needed()
              picture.evaluate('image => image.decode()')
              seen['pictures'].append(picture.evaluate('image => image.naturalWidth'))
              seen['claims'].append(setting.locator('.claim').first.inner_text())
              seen['figures'].append(setting.locator('figcaption .caption').inner_text())
              seen['shown'].append(setting.count())
          page.emulate_media(media='print')
          seen['printed'] = page.locator('.knob .setting:visible').count()
      print(json.dumps(seen))
      """
    let output = try Browser.run(script, input: Self.site().file("site/lessons/\(lesson).html"))
    let turned = try JSONDecoder().decode(Turned.self, from: output)
    #expect(turned.stops == (lesson == "2" ? ["0", "2", "5", "10", "20"] : ["1", "8", "128", "2,048", "16,000"]))
    #expect(turned.shown == [1, 1, 1, 1, 1] && turned.printed == 5 && turned.failed == [])
    // The file for a phone, whose text can be read there.
    #expect(turned.pictures == [360, 360, 360, 360, 360])
    #expect(Set(turned.figures).count == 5 && turned.claims.allSatisfy { $0.contains("times") }, "\(turned.claims)")
  }

  private struct Looked: Decodable {
    var graphs: Int
    /// Functions called out that a phone does not show at first, and figures whose left side it does not.
    var hidden: [String]
    var shifted: [String]
    var brackets: Int
    /// On paper: call-outs that are not below what they call out, graphs that reach beyond the page, labels of sliders.
    var misplaced: [String]
    var cut: [String]
    var sliders: Int
  }

  private static let looking = """
    import os
    site = sys.stdin.read().strip()
    seen = {key: [] for key in ['hidden', 'shifted', 'misplaced', 'cut']} | {'graphs': 0, 'brackets': 0, 'sliders': 0}
    with sync_playwright() as p:
        browser = launch(p)
        phone = browser.new_page(viewport={'width': 390, 'height': 800})
        paper = browser.new_page(viewport={'width': 600, 'height': 900})
        paper.emulate_media(media='print')
        for root, _, names in os.walk(site):
            for name in names:
                path = os.path.join(root, name)
                page = os.path.relpath(path, site)
                if not name.endswith('.html') or page.startswith('walks/'): continue
                phone.goto('file://' + path)
                seen['graphs'] += phone.locator('.graph .n.c').count()
                seen['hidden'] += [page + ': ' + said for said in phone.evaluate('''() => {
                  const beside = (box, frame) => box.left < frame.left - 1 || box.right > frame.right + 1
                  return [...document.querySelectorAll('.graph .n.c')]
                    .filter((n) => beside(n.getBoundingClientRect(), n.closest('.pan').getBoundingClientRect()))
                    .map((n) => n.querySelector('title').textContent) }''')]
                seen['shifted'] += [page + ': ' + said for said in phone.evaluate(
                  "[...document.querySelectorAll('.figure-body')].filter(b => b.scrollLeft > 0).map(b => b.innerText.slice(0, 40))")]
                paper.goto('file://' + path)
                seen['brackets'] += paper.locator('.flame .bracket').count()
                seen['misplaced'] += [page + ': ' + said for said in paper.evaluate('''() =>
                  [...document.querySelectorAll('.flame .bracket')].filter((bracket) => {
                    const rows = [...bracket.parentElement.querySelectorAll('p')]
                    return bracket.getBoundingClientRect().top < rows.at(-1).getBoundingClientRect().bottom - 1
                  }).map((bracket) => bracket.closest('.flame').getAttribute('aria-label').slice(0, 40))''')]
                seen['cut'] += [page + ': ' + said for said in paper.evaluate('''() =>
                  [...document.querySelectorAll('.graph svg')]
                    .filter((svg) => svg.getBoundingClientRect().right > svg.closest('.pan').getBoundingClientRect().right + 1)
                    .map((svg) => svg.textContent.trim().slice(0, 40))''')]
                seen['sliders'] += paper.evaluate('''() => [...document.querySelectorAll('.predict .measured')]
                  .filter((bar) => getComputedStyle(bar, '::after').content.includes('drag')).length''')
        browser.close()
    print(json.dumps(seen))
    """

  @Test(
    "A phone shows at first what a graph calls out; on paper call-outs stay with their frames and nothing is cut",
    .enabled(if: Browser.isThere, Comment(rawValue: Browser.need)))
  func phoneAndPaper() throws {
    let seen = try JSONDecoder().decode(
      Looked.self, from: try Browser.run(Self.looking, input: Self.site().file("site")))
    #expect(seen.graphs >= 7 && seen.brackets >= 10)
    #expect(seen.hidden == [] && seen.shifted == [])
    #expect(seen.misplaced == [] && seen.cut == [] && seen.sliders == 0)
  }
}
