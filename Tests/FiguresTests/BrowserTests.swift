import Analysis
import Foundation
import Pprof
import TestSupport
import Testing

@testable import Figures

/// What only a browser knows: whether text stays in its place with real fonts, and whether it can be read.
@Suite(
  .enabled(if: Tool("chromium") != nil && Tool("dot") != nil, "needs chromium and graphviz: apt-get install"),
  .serialized)
struct BrowserTests {
  /// Runs a script in a page that shows the figures at three widths, and gives the lines it returns.
  private func complaints(
    _ figures: [Figure], widths: [Int] = [358, 672, 1400], theme: String = "light", withSiteScript: Bool = false,
    script: String
  ) throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let siteScript = try String(contentsOf: root.appendingPathComponent("Site/scripts/figures.js"), encoding: .utf8)
    let bodies = widths.map { width in
      "<div style='width:\(width)px'>\(figures.map(\.body).joined())</div>"
    }
    let page = """
      <!doctype html><html data-theme="\(theme)"><meta charset="utf-8"><style>\(FigureStyle.css)</style>
      <body style="background:var(--bg);color:var(--text)">\(bodies.joined())
      <script>\(withSiteScript ? siteScript : "")</script><script>
      const name = (e) => (e.title || e.textContent || e.outerHTML).slice(0, 60);
      const all = (query) => [...document.querySelectorAll(query)];
      const found = (() => { \(script) })();
      document.body.textContent = '[[[' + found.join('\\n') + ']]]';
      </script></body></html>
      """
    let folder = try TemporaryFolder()
    let file = folder.file("page.html")
    try Data(page.utf8).write(to: URL(fileURLWithPath: file))
    let dom = try #require(Tool("chromium")).run([
      "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.file("browser"))", "--dump-dom",
      "file://\(file)",
    ])
    // The script's own text stands in the page too, so the answer is what follows the last opening.
    let answer = try #require(dom.components(separatedBy: "[[[").last?.components(separatedBy: "]]]").first)
    return answer.split(separator: "\n").prefix(8).map(String.init)
  }

  private func figures() throws -> [Figure] {
    func draw(
      _ kind: FigureKind, _ profile: Profile, _ items: [(String, String)] = [], baseline: Profile? = nil
    ) throws -> Figure {
      let options = try FigureOptions(items.map { (name: $0.0, value: $0.1) })
      return try kind.draw(
        FigureInput(profile: profile, baseline: baseline, options: options) { _ in
          (1...90).map { "let n\($0) = a[\($0)]" }.joined(separator: "\n")
        })
    }
    return try [
      try draw(.flame, .kafka), try draw(.flame, .hostile), try draw(.flame, .tree(frames: 400)),
      try draw(.flame, .kafka, [("colour", "heat")]), try draw(.flame, .kafkaFixed, baseline: .kafka),
      try draw(.graph, .kafka), try draw(.graph, .hostile), try draw(.graph, .tree(frames: 60)),
      try draw(.graph, .kafkaFixed, baseline: .kafka), try draw(.top, .kafka), try draw(.top, .hostile),
      try draw(.top, .kafkaFixed, baseline: .kafka), try draw(.peek, .kafka, [("function", "decode")]),
      try draw(.source, .kafka, [("function", "decode")]),
      try draw(.source, .kafka, [("function", "decode"), ("callout", "let n33"), ("says", "assigns a second time.")]),
      try draw(.peek, .kafka, [("function", "decode")] + Self.callout),
      try draw(.flame, .kafka, Self.callout), try draw(.graph, .kafka, Self.callout),
      try draw(.top, .kafka, Self.callout),
      try draw(.flame, .kafkaFixed, [("callout", "malloc")], baseline: .kafka),
    ] + ofCaptures()
  }

  private static let callout = [
    ("callout", "Dictionary*"), ("says", "makes a dictionary for each record, and drops it."),
  ]

  /// Figures of what only captures have.
  private func ofCaptures() throws -> [Figure] {
    let captures = SampleCaptures()
    func draw(_ kind: FigureKind, _ name: String, compare: String? = nil) throws -> Figure {
      let capture = try captures.named(CaptureName(scenario: "s", variant: "faulty", kind: name))
      let other = try compare.map { try captures.named(capture.name.compared(to: $0)) }
      var options = FigureOptions()
      if kind == .pair { (options.function, options.callout) = ("decode|keep", "decode") }
      return try kind.draw(FigureInput(capture, compared: other, captures: captures, options: options))
    }
    return [
      try draw(.pair, "heap-5", compare: "fixed"), try draw(.growth, "heap-5"), try draw(.cycle, "leaks"),
      try draw(.graph, "heap-5", compare: "2"), try draw(.waitfor, "waitfor"),
    ]
  }

  @Test func textStaysInItsPlace() throws {
    let found = try complaints(
      figures(),
      script: """
        const bad = [];
        for (const box of all('.graph .n, .waitfor .n')) {
          const outer = box.querySelector('rect').getBoundingClientRect();
          for (const text of box.querySelectorAll('text')) {
            const inner = text.getBoundingClientRect();
            if (inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 2 ||
              inner.bottom > outer.bottom + 2) bad.push('text leaves its box: ' + name(text));
          }
        }
        for (const row of all('.flame .rows p')) {
          const outer = row.getBoundingClientRect();
          for (const frame of row.children) {
            const inner = frame.getBoundingClientRect();
            if (inner.height < 16) bad.push('low frame: ' + name(frame));
            if (inner.left < outer.left - 1 || inner.right > outer.right + 1) bad.push('frame leaves its row: ' + name(frame));
            const range = document.createRange();
            range.selectNodeContents(frame);
            const shows = frame.textContent !== '' && range.getBoundingClientRect().left < inner.right;
            if (!shows && frame.textContent !== '' && inner.width > 31) bad.push('a name hidden: ' + name(frame));
            if (shows && inner.width < 30) bad.push('a name where there is no room: ' + name(frame));
          }
        }
        for (const box of all('.graph .say')) {
          const outer = box.querySelector('rect').getBoundingClientRect();
          for (const text of box.querySelectorAll('text')) {
            const inner = text.getBoundingClientRect();
            if (inner.left < outer.left || inner.right > outer.right) bad.push('words leave their box: ' + name(text));
          }
        }
        // Text of a drawing covers no other text, and no box but its own.
        for (const drawing of all('.cycle svg, .growth > svg, .graph svg, .waitfor svg')) {
          const texts = [...drawing.querySelectorAll('text')].map((text) => [text, text.getBoundingClientRect()]);
          const edge = drawing.getBoundingClientRect();
          texts.forEach(([text, a], index) => {
            if (a.left < edge.left - 1 || a.right > edge.right + 1) bad.push('text leaves the drawing: ' + name(text));
            for (const [other, b] of texts.slice(index + 1)) {
              const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (width > 1 && height > 5) bad.push('texts overlap: ' + name(text) + ', ' + name(other));
            }
          });
        }
        // The bracket below a flame graph is as wide as the frame called out, and below all others.
        for (const bracket of all('.flame .bracket')) {
          const rows = bracket.parentElement;
          const called = rows.querySelector('i.c').getBoundingClientRect();
          const lines = getComputedStyle(bracket, '::before');
          const frame = bracket.getBoundingClientRect();
          if (Math.abs(parseFloat(lines.left) + frame.left - called.left) > 1.5) bad.push('bracket off: ' + lines.left);
          if (Math.abs(parseFloat(lines.width) - called.width) > 2) bad.push('bracket not as wide as its frame');
          for (const frame of rows.querySelectorAll('i')) {
            if (frame.getBoundingClientRect().bottom > bracket.getBoundingClientRect().top + 1) bad.push('below the bracket: ' + name(frame));
          }
        }
        for (const figure of all('.flame, .graph, .top, .peek, .source, .pair, .growth, .cycles, .waitfor')) {
          const outer = figure.parentElement.getBoundingClientRect();
          if (figure.getBoundingClientRect().right > outer.right + 1) bad.push('wider than the page: ' + figure.className);
        }
        return bad.concat(all('.graph .n, .waitfor .n').length > 100 && all('.flame i').length > 1000 ? [] : ['too little drawn']);
        """)
    #expect(found == [])
  }

  @Test("Text has at least 11 pixels on a screen of 360")
  func textIsLargeEnoughOnAPhone() throws {
    let found = try complaints(
      figures(), widths: [324],
      script: """
        const bad = [], seen = new Set();
        for (const text of all('.flame *, .graph *, .top *, .peek *, .source *, .pair *, .growth *, .cycles *, .waitfor *')) {
          if (![...text.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
          if (text.closest('title, style, desc')) continue;
          const drawing = text.closest('svg');
          const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
          const size = parseFloat(getComputedStyle(text).fontSize) * scale;
          seen.add(text.tagName);
          if (size < 10.99) bad.push(size.toFixed(2) + ' px: ' + name(text));
        }
        return [...new Set(bad)].concat(seen.size > 6 ? [] : ['only ' + seen.size + ' kinds seen']);
        """)
    #expect(found == [])
  }

  @Test(arguments: ["light", "dark"]) func textCanBeRead(theme: String) throws {
    let found = try complaints(
      figures(), theme: theme,
      script: """
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const colour = (css, under) => {
          canvas.fillStyle = under ? 'rgb(' + under + ')' : '#fff';
          canvas.fillRect(0, 0, 1, 1);
          canvas.fillStyle = css;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const light = (c) => c.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
        const contrast = (a, b) => {
          const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
          return (x + .05) / (y + .05);
        };
        const page = colour(getComputedStyle(document.body).backgroundColor);
        const ground = (e) => {
          if (!e || e === document.body) return page;
          return colour(getComputedStyle(e).backgroundColor, ground(e.parentElement));
        };
        const bad = new Set(), seen = new Set();
        const check = (text, css, opacity, back, what) => {
          const raw = colour(css, back);
          const front = raw.map((v, i) => v * opacity + back[i] * (1 - opacity));
          seen.add(what);
          const ratio = contrast(front, back);
          if (ratio < 4.5) bad.add(what + ' has ' + ratio.toFixed(2));
        };
        for (const frame of all('.flame .rows i')) {
          const style = getComputedStyle(frame);
          check(frame, style.color, 1, ground(frame), 'flame ' + frame.className);
        }
        for (const text of all('.graph :is(.n, .say) text, .cycle text:is(.title, .field), .waitfor .n text')) {
          const style = getComputedStyle(text);
          const box = text.closest('.n, .say') ?? text.parentElement;
          const back = colour(getComputedStyle(box.querySelector('rect')).fill, page);
          check(text, style.fill, +style.opacity, back, 'graph ' + box.getAttribute('class') + ' ' + text.getAttribute('class'));
        }
        for (const text of all('.key span, .facts, .facts li, td, th, small, code, .missing, .figure-title, .callout, .pair span, .growth li, .cycle p, .waitfor p, .harness *')) {
          const style = getComputedStyle(text);
          check(text, style.color, +style.opacity, ground(text), text.tagName + ' in ' + text.parentElement.className);
          // A bar may lie behind part of the text.
          const cell = text.closest('.bar');
          if (!cell) continue;
          for (const fill of ['--fill', '--stripe']) {
            const probe = document.createElement('b');
            probe.style.background = 'var(' + fill + ')';
            cell.append(probe);
            check(text, style.color, +style.opacity, colour(getComputedStyle(probe).backgroundColor), 'text over ' + fill);
            probe.remove();
          }
        }
        return [...bad].concat(seen.size > 25 ? [] : ['only ' + seen.size + ' kinds seen']);
        """)
    #expect(found == [])
  }

  @Test func theScriptZoomsSearchesAndKeepsOneTabStop() throws {
    let figures = [
      try FigureKind.flame.draw(FigureInput(profile: .kafka)), try FigureKind.graph.draw(FigureInput(profile: .kafka)),
      try FigureKind.flame.draw(FigureInput(profile: .kafka, options: FigureOptions(Self.callout))),
    ]
    let found = try complaints(
      figures, widths: [672], withSiteScript: true,
      script: """
        const bad = [];
        const expect = (holds, what) => { if (!holds) bad.push(what) };
        const [flame, graph] = [all('.flame')[0], all('.graph')[0]];
        const rows = flame.querySelector('.rows');
        const frame = (name) => [...rows.querySelectorAll('i')].find((f) => f.title.startsWith(name));
        const press = (key) => document.activeElement.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const told = () => flame.querySelector('.told').textContent;
        frame('RecordBatch').click();
        expect(rows.style.getPropertyValue('--t') === '26', 'a click zooms');
        expect(frame('read').hidden && !frame('malloc').hidden, 'what is beside is hidden');
        expect(document.activeElement === frame('RecordBatch'), 'the frame clicked has the focus');
        press('ArrowDown');
        expect(document.activeElement === frame('Dictionary'), 'down goes to the heaviest callee');
        press('ArrowRight');
        expect(document.activeElement === frame('swift_release'), 'right goes to the sibling');
        expect(told().startsWith('swift_release · 30ms'), 'the line says what is focused: ' + told());
        press('ArrowUp');
        expect(document.activeElement === frame('RecordBatch'), 'up goes to the caller');
        press('Escape');
        expect(rows.style.getPropertyValue('--t') === '32' && !frame('read').hidden, 'Escape shows all again');
        expect(rows.querySelectorAll('[tabindex="0"]').length === 1, 'a flame graph is one tab stop');
        const arguing = all('.flame')[1];
        const words = arguing.querySelector('.callout');
        const other = [...arguing.querySelectorAll('.rows i')].find((f) => f.title.startsWith('read'));
        other.click();
        expect(words.hidden, 'what is said of a frame goes with it');
        press('Escape');
        expect(!words.hidden, 'and comes back with it');
        rows.querySelector('[tabindex="0"]').focus();
        press('/');
        const search = flame.querySelector('input');
        expect(document.activeElement === search, 'a slash leads to the search');
        search.value = 'SWIFT_';
        search.dispatchEvent(new Event('input'));
        expect(told() === '2 frames, 31.25% of the graph', 'the search counts: ' + told());
        expect(rows.querySelectorAll('.hit').length === 2, 'the search marks');
        const boxes = [...graph.querySelectorAll('.n')];
        expect(graph.querySelectorAll('[tabindex="0"]').length === 1, 'a call graph is one tab stop');
        const start = graph.querySelector('[tabindex="0"]');
        start.focus();
        expect(graph.querySelector('.told').textContent.startsWith('main · '), 'a box says what it is');
        press('ArrowDown');
        expect(document.activeElement !== start && boxes.includes(document.activeElement), 'down goes to a box');
        expect(graph.querySelectorAll('[tabindex="0"]').length === 1, 'and stays one tab stop');
        expect(graph.querySelectorAll('.e.on').length > 0, 'its calls stand out');
        return bad;
        """)
    #expect(found == [])
  }
}
