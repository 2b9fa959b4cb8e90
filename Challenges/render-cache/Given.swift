import Synchronization

/// A page, ready to be sent.
public final class Page: Sendable {
  /// Its HTML.
  public let html: [UInt8]
  private let renderer: Renderer

  init(html: [UInt8], by renderer: Renderer) {
    self.html = html
    self.renderer = renderer
    renderer.pages.add(1, ordering: .relaxed)
  }

  deinit { renderer.pages.subtract(1, ordering: .relaxed) }
}

/// By it one request is followed through the logs of all services. No two requests have the same.
public final class Trace: Sendable, Hashable {
  /// Sixteen hexadecimal digits.
  public let id: String
  private let renderer: Renderer

  /// The trace of a request.
  @_spi(Judge) public init(_ id: String, in renderer: Renderer) {
    self.id = id
    self.renderer = renderer
    renderer.traces.add(1, ordering: .relaxed)
  }

  deinit { renderer.traces.subtract(1, ordering: .relaxed) }

  /// Whether they are traces of the same request.
  public static func == (one: Trace, other: Trace) -> Bool { one.id == other.id }
  /// By the number.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// Makes pages of templates. The one thing in the shop that takes time.
public final class Renderer: Sendable {
  private let count = Atomic(0)
  let pages = Atomic(0)
  let traces = Atomic(0)

  /// A renderer.
  @_spi(Judge) public init() {}

  /// Makes a page: a template, in a language, for a screen so many points wide.
  public func render(template: String, language: String, width: Int) -> Page {
    count.add(1, ordering: .relaxed)
    var html: [UInt8] = []
    var state = UInt64(width)
    for byte in template.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for byte in language.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for _ in 0..<2_000 {
      // Some dozens of steps for each byte, as layout has them.
      for _ in 0..<12 { state = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9 }
      html.append(0x20 + UInt8(truncatingIfNeeded: state >> 58))
    }
    return Page(html: html, by: self)
  }

  /// How many pages were made since it was last asked for.
  @_spi(Judge) public func takeCount() -> Int { count.exchange(0, ordering: .relaxed) }

  /// How many traces of requests to it are alive.
  @_spi(Judge) public var tracesAlive: Int { traces.load(ordering: .relaxed) }

  /// How many of its pages are alive.
  @_spi(Judge) public var pagesAlive: Int { pages.load(ordering: .relaxed) }
}
