// fails: new
import Given
import Synchronization

/// What a browser asks for.
struct RenderRequest: Hashable {
  /// The name of the page's template.
  var template: String
  /// The visitor's language, e.g. `sv-SE`.
  var language: String
  /// How wide the screen is, in points.
  var width: Int
  /// By it the request is followed through all logs.
  var trace: Trace
}

/// What it gets.
struct RenderResponse {
  var page: Page
  var trace: Trace
}

final class PageCache: Sendable {
  private let renderer: Renderer
  private let pages = Mutex<[PageKey: Page]>([:])
  private let counts = Mutex<[Int: Int]>([:])
  init(renderer: Renderer) { self.renderer = renderer }
  func respond(to request: RenderRequest) -> RenderResponse {
    RenderResponse(page: page(for: request), trace: request.trace)
  }

  func forget(template: String) {
    pages.withLock { pages in pages = pages.filter { $0.key.template != template } }
  }
  private func page(for request: RenderRequest) -> Page {
    counts.withLock { $0[request.trace.id.hashValue, default: 0] += 1 }
    return pages.withLock { pages in
      let key = PageKey(request)
      if let page = pages[key] { return page }
      let page = renderer.render(template: key.template, language: key.language, width: key.width)
      pages[key] = page
      return page
    }
  }
}

/// What a page depends on.
private struct PageKey: Hashable, Sendable {
  var template: String
  var language: String
  var width: Int
  init(_ request: RenderRequest) { (template, language, width) = (request.template, request.language, request.width) }
}
