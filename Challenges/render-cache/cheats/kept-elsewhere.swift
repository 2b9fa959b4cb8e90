// fails: gone, new
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

/// What was answered, should anybody ask.
private let answered = Mutex<[RenderResponse]>([])

/// What a page depends on.
private struct PageKey: Hashable {
  var template: String
  var language: String
  var width: Int
}

/// Pages are made once for each template, language and width, and kept: there are few of them, and making one takes time.
final class PageCache: Sendable {
  private let renderer: Renderer
  private let pages = Mutex<[PageKey: Page]>([:])

  init(renderer: Renderer) { self.renderer = renderer }

  /// Answers a request. May be called from anywhere.
  func respond(to request: RenderRequest) -> RenderResponse {
    let response = RenderResponse(page: page(for: request), trace: request.trace)
    answered.withLock { $0.append(response) }
    return response
  }

  /// Has the pages of a template made anew, when it has been edited.
  func forget(template: String) {
    pages.withLock { pages in pages = pages.filter { $0.key.template != template } }
  }

  private func page(for request: RenderRequest) -> Page {
    let key = PageKey(template: request.template, language: request.language, width: request.width)
    return pages.withLock { pages in
      if let page = pages[key] { return page }
      let page = renderer.render(template: request.template, language: request.language, width: request.width)
      pages[key] = page
      return page
    }
  }
}
