/// Makes a site of a directory of Markdown: pages, search index, sitemap, feed; figures and claims from `Evidence`.
///
/// Any directory will do: pages are ordered by `order` in their front matter, then by name; directories become
/// sections; what is not Markdown is copied. Where a `mkdocs.yml` lies beside it, its `nav` orders and names the pages. The same content, theme and evidence give the same bytes.
///
/// ## The dialect
/// CommonMark, and what MkDocs Material adds: front matter (`title`, `number`, `description`, `date`, `order`, `draft`),
/// admonitions (`!!! kind "Title"`, folded `???`, open `???+`, their bodies indented by four), `/// blocks`,
/// `<figure markdown>` and any other element whose content is Markdown, captions, pipe tables, definition lists, task
/// lists, footnotes, tabs (`=== "Title"`), attribute lists (`{ #id .class key=value }`), abbreviations, snippets
/// (`--8<-- "file"`), notes on lines of code (`# (1)!`), `~~struck~~`, `==marked==`, `++ctrl+c++`, `:tada:`, addresses
/// as links, and `title=`, `hl_lines=`, `linenums=` on fences. Links between Markdown files become links between pages,
/// and are checked. What is not drawn (icons, mathematics, diagrams) is shown as its labelled source, and reported.
///
/// Seven things are the lab's own, each valid CommonMark:
/// - **Code from the source that runs**: a fence whose info string names a file and a region, its body empty or a
///   fallback. `linenums` shows the file's own line numbers; `diff` shows what changes from this region to another one,
///   `REGION` of the same file or `FILE#REGION`.
///
///       ```swift file=Sources/Scenarios/KafkaDecode.swift region=decode linenums
///       ```
///       ```swift file=Sources/Scenarios/KafkaDecode.swift region=eager diff=lazy
///       ```
/// - **Output of commands**: a fence of commands that names a capture; what they print is made from it. `lines` shows a
///   part of it.
///
///       ```console from=kafka-decode/faulty/cpu lines="1-12"
///       $ ./lab pprof -top kafka.pb.gz
///       ```
/// - **Figures**: an image alone in its paragraph, `![caption](figure:SCENARIO/VARIANT/KIND?view=graph "Figure 1")`.
///   It is given the claims of its section and the code of its caption, so that it can show what they are about.
/// - **Claims**: a link, `[60 % ± 6](claim:SCENARIO/VARIANT/KIND?value=share&function=f&within=45%25..75%25)`. A number
///   that its prose begins with is the measured one: the page says it in the place of the written one, which `check`
///   holds against the published capture. Such a claim has both bounds, and ± if it was sampled. Other prose is left
///   as it is: `[more than half](claim:…&within=50%25..)`.
/// - **Questions**: an admonition `predict` with the options, each with the reply to whoever chooses it; `[x]` is the
///   right one. After them stands what those see who would rather look.
///
///       !!! predict "Which takes the most time?"
///
///           1. The checksum
///
///               You chose the checksum. It touches every byte, yet it takes [10 % ± 4](claim:…).
///
///           2. [x] The dictionary
///
///               You chose the dictionary, and so does the profile: [60 % ± 6](claim:…).
///
///           The dictionary does.
///
///   A flame graph before the options is answered by a click: frames of functions that options set as code choose them.
/// - **Terms**: a link `[continuations](term:)`, or `[resumed](term:continuation)`, to what the page `glossary.md` says of it.
/// - **Knobs**: an admonition `knob` with the values of a parameter, each with the figure and the words that the page shows
///   when it is chosen; `[x]` is chosen at first.
///
///       !!! knob "Headers on a record"
///
///           1. 0
///
///               It takes [0.9 times](claim:…) as long.
///
///               ![caption](figure:…)
///
/// `!!! shown "Title"` shows Markdown, and below it what becomes of it.
public struct SiteGenerator: Sendable {
  /// What is said of the site as a whole.
  public struct Options: Sendable {
    /// Where the site will stand, with a `/` at its end; only sitemap, feed, 404 page and previews need it.
    public var baseURL: String
    /// The site's name.
    public var title: String
    /// A sentence about the site, for pages that have none of their own.
    public var description: String
    /// The language of its pages, as HTML names it.
    public var language = "en"
    /// What a page's path is appended to to link to its source; nil for no link.
    public var sourceURL: String?
    /// What a page's path is appended to to link to where it is edited; nil for no link.
    public var editURL: String?
    /// The licence of the content, and where it stands; nil to say nothing of it.
    public var licence: (name: String, url: String)?
    /// Whether pages with a figure name a picture of it for previews, `SocialPicture.path(of:)`, which somebody draws.
    public var hasPictures = false
    /// Directories and files of the content that are neither rendered nor copied.
    public var excluded: [String]
    /// Whether warnings are errors in `build` too, as they are in `check`.
    public var strict: Bool
    /// Where to remember what was built; nil for a file beside the output directory.
    public var cache: String?

    /// Options, all of which have a sensible value.
    public init(
      baseURL: String = "http://localhost:8000/", title: String = "Swift Diagnostics Lab", description: String = "",
      sourceURL: String? = nil, excluded: [String] = [], strict: Bool = false, cache: String? = nil
    ) {
      self.baseURL = baseURL.hasSuffix("/") ? baseURL : baseURL + "/"
      self.title = title
      self.description = description
      self.sourceURL = sourceURL
      self.excluded = excluded
      self.strict = strict
      self.cache = cache
    }
  }

  let content: String
  let theme: String
  let output: String
  let evidence: Evidence
  let options: Options

  /// A generator for the Markdown in `content`, in the look of `theme`, writing to `output`.
  public init(content: String, theme: String, output: String, evidence: Evidence, options: Options = Options()) {
    func trimmed(_ path: String) -> String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }
    self.content = trimmed(content)
    self.theme = trimmed(theme)
    self.output = trimmed(output)
    self.evidence = evidence
    self.options = options
  }

  /// Writes the pages that changed since the last build and everything that goes with them.
  ///
  /// Problems in the content do not stop the build: each is in the report, and the page says what is missing.
  /// Throws if the theme is unusable or the disk refuses.
  public func build() throws -> BuildReport {
    var build = SiteBuild(self, writes: true)
    return try build.run()
  }

  /// What the `mkdocs.yml` of a directory of Markdown says of the site as a whole: its name, `title` if it says none,
  /// a sentence, its address and its language.
  public static func options(of content: String, title: String) -> Options {
    let settings = MkDocsSettings(of: content)
    var options = Options(title: settings.siteName ?? title, description: settings.siteDescription ?? "")
    if let url = settings.siteURL { options.baseURL = url.hasSuffix("/") ? url : url + "/" }
    if let language = settings.language, !language.isEmpty { options.language = language }
    return options
  }

  /// What a Markdown file calls itself in its front matter or its heading; nil if it cannot be read.
  public static func title(ofPage file: String) -> String? {
    guard let bytes = try? Files.read(file) else { return nil }
    return PageSource(path: file, page: file, text: PageText(bytes, of: file)).title
  }

  /// Everything that is wrong with the content, warnings as errors. Renders every page, writes nothing.
  public func check() -> [Problem] {
    var build = SiteBuild(self, writes: false)
    do {
      return try build.run().problems
    } catch {
      return [Problem(file: content, line: 0, message: "\(error)")]
    }
  }
}

/// What a build did.
public struct BuildReport: Sendable {
  /// The pages that were written, by their path in the site.
  public var written: [String] = []
  /// How many pages were left as they were.
  public var unchanged = 0
  /// What is wrong, in the order of files and lines.
  public var problems: [Problem] = []
}
