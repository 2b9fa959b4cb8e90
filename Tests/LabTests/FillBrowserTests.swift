import Foundation
import TestSupport
import Testing

/// Figures on paper and in forced colours: what is told by a fill can still be seen.
@Suite(.enabled(if: Browser.isThere && Tool("dot") != nil, Comment(rawValue: Browser.need + ", and graphviz")))
struct FillBrowserTests {
  private struct Seen: Decodable {
    /// By medium and selector: how many elements there are, and which ones have no fill of their own.
    var fills: [String: [String: [String]]]
    /// Text that cannot be told from its ground in forced colours: contrast below 3.
    var faint: [String]
    /// Colours that fill something in the printed file, as `#rrggbb`.
    var printed: [String]
    /// The fills of frames and boxes on the screen.
    var onScreen: [String]
  }

  /// What is looked at, and where its fill is.
  private static let places = [
    ".flame .rows i": "", ".flame .key i:not(.a)": "", ".graph .n rect": "", ".meter .bar": "", ".pair-bar > i": "",
    ".pair-bar > s": "", ".pair-key .pair-before": "::before", ".pair-key .pair-after": "::before", ".growth .fit": "",
    ".growth .dot:not(.uncounted)": "", ".growth .band": "", ".cycle rect": "", ".cycle .way": "", ".cycle .tip": "",
    ".flame .col": "", ".flame .bracket": "::before", ".flame .bracket[data-whisker]": "::after", ".graph .lead": "",
    ".source .h7 td": "", ".source .h1 td": "",
  ]

  private static let script = """
    import re, zlib
    asked = json.loads(sys.stdin.read())
    # An element is filled if it is painted in another colour than what it stands on.
    look = '''(places) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const paint = (css, under) => {
        canvas.fillStyle = under ? 'rgb(' + under + ')' : '#fff'; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const ground = (e) => e ? paint(getComputedStyle(e).backgroundColor, ground(e.parentElement)) : [255, 255, 255];
      const result = {};
      for (const [selector, part] of Object.entries(places)) {
        const bad = [];
        const all = [...document.querySelectorAll(selector)];
        for (const e of all) {
          const style = getComputedStyle(e, part || null);
          const under = ground(part ? e : e.parentElement);
          const fill = e instanceof SVGElement ? (style.fill === 'none' ? style.stroke : style.fill) : style.backgroundColor;
          const same = String(paint(fill, under)) === String(under);
          const adjusts = style.printColorAdjust === 'exact' || e instanceof SVGElement;
          if ((same && style.backgroundImage === 'none') || (matchMedia('print').matches && !adjusts))
            bad.push((e.className.baseVal ?? e.className) + ': ' + fill + ' ' + style.printColorAdjust);
        }
        result[selector] = [String(all.length), ...bad.slice(0, 5)];
      }
      return result;
    }'''
    faint = '''() => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const paint = (css, under) => {
        canvas.fillStyle = 'rgb(' + under + ')'; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const root = paint('Canvas', [255, 255, 255]);
      const ground = (e) => {
        if (!e) return root;
        if (e.matches('.n text')) return paint(getComputedStyle(e.parentElement.querySelector('rect')).fill, root);
        return paint(getComputedStyle(e).backgroundColor, ground(e.parentElement));
      };
      const light = (c) => c.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const bad = [];
      for (const e of document.querySelectorAll('.figure-body :is(i, text, td, th, small, code, li, p, span)')) {
        if (!e.textContent.trim() || e.matches('.rows p, .pair-bar')) continue;
        const under = ground(e.matches('.rows i') ? e : e);
        const style = getComputedStyle(e);
        const over = paint(e instanceof SVGElement ? style.fill : style.color, under);
        const [x, y] = [light(over), light(under)].sort((a, b) => b - a);
        if ((x + .05) / (y + .05) < 3) bad.push(e.tagName + ' ' + e.textContent.slice(0, 30) + ' ' + over + ' on ' + under);
      }
      return bad.slice(0, 5);
    }'''
    seen = {'fills': {}, 'faint': [], 'printed': [], 'onScreen': []}
    with sync_playwright() as p:
        browser = launch(p)
        page = browser.new_page()
        page.goto('file://' + asked['page'])
        seen['onScreen'] = page.evaluate('''() => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const hex = (css) => {
            canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
            const bytes = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
            return '#' + bytes.map((v) => v.toString(16).padStart(2, '0')).join('');
          };
          return [...new Set([...[...document.querySelectorAll('.flame .rows i.r, .flame .rows i.s')]
            .map((e) => hex(getComputedStyle(e).backgroundColor)),
            ...[...document.querySelectorAll('.graph .n rect')].map((e) => hex(getComputedStyle(e).fill))])]
        }''')
        for name, media in asked['media'].items():
            page.emulate_media(**{'media': 'screen', 'color_scheme': 'light', 'forced_colors': 'none', **media})
            seen['fills'][name] = page.evaluate(look, asked['places'])
            if media.get('forced_colors'): seen['faint'] += page.evaluate(faint)
        page.emulate_media(media='print', color_scheme='light', forced_colors='none')
        data = page.pdf(print_background=False)
        browser.close()
    for stream in re.findall(rb'stream\\r?\\n(.*?)endstream', data, re.S):
        try: text = zlib.decompress(stream)
        except zlib.error: continue
        for found in re.findall(rb'([0-9.]+) ([0-9.]+) ([0-9.]+) (?:rg|scn?)\\b', text):
            seen['printed'].append('#' + ''.join('%02x' % round(float(part) * 255) for part in found))
    seen['printed'] = sorted(set(seen['printed']))
    print(json.dumps(seen))
    """

  private struct Asked: Encodable {
    var page: String
    var places: [String: String]
    var media: [String: [String: String]]
  }

  private static let page = """
    # Figures

    ![a](figure:kafka-decode/faulty/cpu?view=flame)

    ![b](figure:kafka-decode/fixed/cpu?view=flame&compare=faulty)

    ![c](figure:kafka-decode/faulty/cpu?view=flame&colour=heat)

    ![d](figure:kafka-decode/faulty/cpu?view=graph&nodecount=12)

    ![e](figure:kafka-decode/fixed/cpu?view=graph&compare=faulty&nodecount=12)

    ![f](figure:kafka-decode/faulty/cpu?view=top)

    ![g](figure:kafka-decode/fixed/cpu?view=top&compare=faulty)

    ![h](figure:kafka-decode/faulty/cpu?view=peek&function=HeaderDictionary.init)

    ![i](figure:kafka-decode/faulty/cpu?view=source&function=HeaderDictionary.init|RecordBatch.decode)

    ![j](figure:kafka-decode/faulty/cpu?view=pair&compare=fixed)

    ![k](figure:leaky-producers/faulty/heap-6?view=growth)

    ![l](figure:retain-cycles/faulty/leaks?view=cycle)

    ![m](figure:kafka-decode/faulty/cpu?view=flame&callout=HeaderDictionary.init&says=too%20much)

    ![n](figure:kafka-decode/faulty/cpu?view=graph&nodecount=8&callout=HeaderDictionary.init&says=too%20much)

    """

  @Test func fillsAreSeenInEveryMedium() throws {
    let folder = try TemporaryFolder()
    let content = folder.file("content")
    try FileManager.default.createDirectory(atPath: content, withIntermediateDirectories: true)
    try Self.page.write(toFile: content + "/index.md", atomically: true, encoding: .utf8)
    let built = try LabCommand.run("build", "--no-run", "--content", content, "-o", folder.file("site"))
    #expect(built.status == 0, "\(built.errors)")
    let media = [
      "screen": ["media": "screen"], "dark": ["color_scheme": "dark"], "print": ["media": "print"],
      "print in dark": ["media": "print", "color_scheme": "dark"],
      "forced": ["media": "screen", "forced_colors": "active"],
      "forced in dark": ["media": "screen", "forced_colors": "active", "color_scheme": "dark"],
    ]
    let asked = Asked(page: folder.file("site/index.html"), places: Self.places, media: media)
    let output = try Browser.run(Self.script, input: String(decoding: JSONEncoder().encode(asked), as: UTF8.self))
    let seen = try JSONDecoder().decode(Seen.self, from: output)
    for name in media.keys {
      let fills = try #require(seen.fills[name])
      for (place, found) in fills {
        #expect(found.first != "0" || place == ".source .h7 td" || place == ".source .h1 td", "\(place) is nowhere")
        #expect(found.dropFirst() == [], "\(name): \(place)")
      }
    }
    #expect(seen.faint == [])
    // The file that is printed has the colours of the screen, all of them.
    #expect(seen.onScreen.count >= 5)
    #expect(Set(seen.onScreen).subtracting(seen.printed) == [], "\(seen.printed)")
  }
}
