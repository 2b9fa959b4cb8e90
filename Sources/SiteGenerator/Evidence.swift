/// Where the generator gets everything that is not Markdown: figures, checked claims, commands' output, source regions.
///
/// The generator knows neither profiler nor scenarios; whoever runs it hands these closures over. Each throws an error
/// whose description says what is wrong; the generator puts the place in the Markdown (`file:line`) before it.
public struct Evidence: Sendable {
  /// Draws one figure.
  public var figure: @Sendable (FigureReference) throws -> RenderedFigure
  /// Evaluates one claim.
  public var claim: @Sendable (ClaimReference) throws -> CheckedClaim
  /// What a command prints that works from a capture.
  public var output: @Sendable (CommandReference) throws -> String
  /// The lines between `// lesson: begin NAME` and `// lesson: end NAME` of a source file.
  public var source: @Sendable (SourceReference) throws -> SourceRegion
  /// A hash of everything a page's figures and claims depend on, so that an unchanged page need not be made again.
  /// The argument holds all references of the page.
  public var fingerprint: @Sendable ([String]) -> String
  /// How the figures look: a style sheet, which may use the theme's colours.
  public var styles: [UInt8]

  /// Evidence given by the closures.
  public init(
    figure: @escaping @Sendable (FigureReference) throws -> RenderedFigure,
    claim: @escaping @Sendable (ClaimReference) throws -> CheckedClaim,
    output: @escaping @Sendable (CommandReference) throws -> String,
    source: @escaping @Sendable (SourceReference) throws -> SourceRegion,
    fingerprint: @escaping @Sendable ([String]) -> String, styles: [UInt8] = []
  ) {
    self.figure = figure
    self.claim = claim
    self.output = output
    self.source = source
    self.fingerprint = fingerprint
    self.styles = styles
  }
}

/// `![caption](figure:SCENARIO/VARIANT/KIND?view=…&… "Figure 7")`, taken apart.
public struct FigureReference: Sendable, Hashable {
  /// The path after `figure:`, e.g. `kafka-decode/faulty/cpu`.
  public var capture: String
  /// The query, percent-decoded, in the order written.
  public var parameters: [QueryItem]
  /// The caption, plain text.
  public var caption: String
  /// The title, e.g. `Figure 7`; empty if none.
  public var title: String
  /// An id unique on the page, to prefix ids inside the figure with.
  public var id: String
  /// What the caption sets as code, as written.
  public var code: [String]
  /// The claims in the caption and in the section that the figure stands in, in the order written.
  public var claims: [ClaimReference]
  /// Whether it is shown as a picture: as a file of its own, which no style of the page reaches.
  public var isPicture: Bool
  /// What readers answer by clicking in it; nil for a figure that only shows.
  public var question: Question?

  /// A question whose options are functions of the figure.
  public struct Question: Sendable, Hashable {
    /// An option.
    public struct Option: Sendable, Hashable {
      /// Its letter, which is the value of its radio button.
      public var letter: String
      /// The id of that button, for labels.
      public var button: String
      /// What the option sets as code: the functions that stand for it.
      public var functions: [String]
      /// Whether it is the answer.
      public var isRight: Bool
    }

    /// The id of the element that has the question in words.
    public var id: String
    /// Those of its options that name a function, in order.
    public var options: [Option]
  }

  /// A reference to a capture's figure.
  public init(
    capture: String, parameters: [QueryItem], caption: String, title: String, id: String, code: [String] = [],
    claims: [ClaimReference] = [], isPicture: Bool = false
  ) {
    self.capture = capture
    self.parameters = parameters
    self.caption = caption
    self.title = title
    self.id = id
    self.code = code
    self.claims = claims
    self.isPicture = isPicture
  }
}

/// One `name=value` of a reference's query.
public struct QueryItem: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The value, percent-decoded.
  public var value: String

  /// A name and its value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// A figure ready to stand in a page.
public struct RenderedFigure: Sendable, Hashable {
  /// The drawing: inline SVG or HTML that needs no script.
  public var body: String
  /// One sentence that says what the drawing shows, made from the data.
  public var alt: String
  /// The data behind the drawing, as an HTML table.
  public var table: String
  /// The command that makes what it is drawn from, on the reader's machine.
  public var command: String
  /// The command that draws it; empty if there is none.
  public var drawing: String
  /// Provenance, as short `name: value` facts in reading order (date, processor, samples, …).
  public var provenance: [QueryItem]
  /// Where the raw capture lies, to be copied beside the page for download; nil if there is none.
  public var download: String?
  /// The names of the functions that it shows, to be found by the search.
  public var functions: [String]
  /// A page of its own in which more can be done than look at it; nil if there is none.
  public var walk: Walk?
  /// What is wrong with it, though it could be drawn.
  public var flaws: [Flaw]
  /// The same drawing as files of their own, for screens of different widths; empty unless it was asked for as a picture.
  public var pictures: [Picture]

  /// A drawing as an SVG file.
  public struct Picture: Sendable, Hashable {
    /// The file.
    public var svg: String
    /// Its size in pixels.
    public var width: Int
    /// Its size in pixels.
    public var height: Int

    /// A file of the given size.
    public init(svg: String, width: Int, height: Int) {
      (self.svg, self.width, self.height) = (svg, width, height)
    }
  }

  /// A page beside the figure's, which asks for nothing from elsewhere.
  public struct Walk: Sendable, Hashable {
    /// Tells it from others of the same capture, as a part of its file's name.
    public var name: String
    /// What there is to be seen, as a title.
    public var title: String
    /// All of its HTML.
    public var page: String

    /// A page of a name and a title.
    public init(name: String, title: String, page: String) {
      (self.name, self.title, self.page) = (name, title, page)
    }
  }

  /// Something wrong with a figure.
  public struct Flaw: Sendable, Hashable {
    /// What is wrong and what to do about it.
    public var message: String
    /// How much it matters.
    public var severity: Problem.Severity

    /// A flaw of the given words.
    public init(message: String, severity: Problem.Severity) {
      self.message = message
      self.severity = severity
    }
  }

  /// A figure of the given parts.
  public init(
    body: String, alt: String, table: String = "", command: String = "", drawing: String = "",
    provenance: [QueryItem] = [], download: String? = nil, functions: [String] = [], walk: Walk? = nil,
    flaws: [Flaw] = [], pictures: [Picture] = []
  ) {
    self.body = body
    self.alt = alt
    self.table = table
    self.command = command
    self.drawing = drawing
    self.provenance = provenance
    self.download = download
    self.functions = functions
    self.walk = walk
    self.flaws = flaws
    self.pictures = pictures
  }
}

/// `[prose](claim:SCENARIO/VARIANT/KIND?value=…&within=…)`, taken apart.
public struct ClaimReference: Sendable, Hashable {
  /// The path after `claim:`.
  public var capture: String
  /// The query, percent-decoded, in the order written.
  public var parameters: [QueryItem]
  /// The line of the Markdown file that it stands in; 0 if it stands in none.
  public var line: Int

  /// A reference to a capture and a query on it.
  public init(capture: String, parameters: [QueryItem], line: Int = 0) {
    self.capture = capture
    self.parameters = parameters
    self.line = line
  }
}

/// What became of a claim.
public struct CheckedClaim: Sendable, Hashable {
  /// The ways a claim can come out.
  public enum Verdict: Sendable, Hashable {
    /// The measured value lies within the bound.
    case holds
    /// It does not, on a capture made on this machine: the page says so and why that may be.
    case differsHere(reason: String)
    /// A capture made on this machine cannot tell, and the value is the published one's: the page says so and why.
    case notMeasuredHere(reason: String)
    /// It does not, on a published capture: an error.
    case fails
  }
  /// How it came out.
  public var verdict: Verdict
  /// The measured value for people, e.g. `43 %`.
  public var measured: String
  /// How far it may be off by chance, e.g. `± 6`; empty where nothing is left to chance.
  public var uncertainty: String
  /// The bound for people, e.g. `35 % to 65 %`.
  public var bound: String
  /// What was asked, in a sentence, e.g. `share of samples with RecordBatch.decode on the stack`.
  public var question: String
  /// The command that evaluates it on the reader's machine.
  public var command: String
  /// The measured value as a number, if people say it as one.
  public var number: MeasuredNumber?
  /// Whether it was measured on a published capture: the one that the author of the prose had before them.
  public var isPublished: Bool

  /// A claim that came out as given.
  public init(
    verdict: Verdict, measured: String, uncertainty: String = "", bound: String, question: String, command: String,
    number: MeasuredNumber? = nil, isPublished: Bool = true
  ) {
    self.verdict = verdict
    self.measured = measured
    self.uncertainty = uncertainty
    self.bound = bound
    self.question = question
    self.command = command
    self.number = number
    self.isPublished = isPublished
  }
}

/// A measured value among those that its claim allows, as people say them: shares in percent.
public struct MeasuredNumber: Sendable, Hashable {
  /// The measured value.
  public var value: Double
  /// How far the true value may lie from it, 19 times out of 20; nil if it was counted, not sampled.
  public var margin: Double?
  /// The least value allowed; nil if there is none.
  public var least: Double?
  /// The greatest value allowed; nil if there is none.
  public var greatest: Double?
  /// What follows the number: ` %`, `×`, or nothing.
  public var sign: String

  /// A number and its bound.
  public init(_ value: Double, margin: Double? = nil, least: Double?, greatest: Double?, sign: String = "") {
    self.value = value
    self.margin = margin
    self.least = least
    self.greatest = greatest
    self.sign = sign
  }
}

/// A command in a fence whose info string says `from=SCENARIO/VARIANT/KIND`.
public struct CommandReference: Sendable, Hashable {
  /// The capture that the command makes or reads.
  public var capture: String
  /// The command, as a reader types it.
  public var command: String

  /// A reference to what a command prints of a capture.
  public init(capture: String, command: String) {
    self.capture = capture
    self.command = command
  }
}

/// A fence whose info string names a file and a region.
public struct SourceReference: Sendable, Hashable {
  /// Path from the package's root.
  public var file: String
  /// The region's name; nil means the whole file.
  public var region: String?

  /// A reference to a region of a file.
  public init(file: String, region: String?) {
    self.file = file
    self.region = region
  }
}

/// Lines of a source file.
public struct SourceRegion: Sendable, Hashable {
  /// The text, common indentation removed.
  public var text: String
  /// The number of its first line in the file.
  public var firstLine: Int

  /// Lines that begin at `firstLine`.
  public init(text: String, firstLine: Int) {
    self.text = text
    self.firstLine = firstLine
  }
}
