import Figures
import LocalServer

/// What the web views of profiles and of traces answer alike.
///
/// One request is answered after the other. The pages that were asked for last are kept, for the way back.
struct ViewPages {
  private var kept: [(target: String, html: String)] = []
  private let most: Int

  /// - Parameter most: How many pages are kept.
  init(keeping most: Int) { self.most = most }

  /// Lets go of all pages: what they show has changed.
  mutating func forget() { kept = [] }

  /// The page of an address, as it was kept; nil if it was not.
  subscript(target: String) -> Response? {
    kept.first { $0.target == target }.map { .html($0.html, policy: ViewPage.policy) }
  }

  /// A page that was made.
  mutating func response(_ page: ViewPage, of target: String, isKept: Bool = true) -> Response {
    guard page.problem.isEmpty else { return .html(page.html, status: 400, policy: ViewPage.policy) }
    let html = page.html
    if isKept { kept = kept.suffix(most - 1) + [(target, html)] }
    return .html(html, policy: ViewPage.policy)
  }

  /// Answers a request: views are read, nothing is sent to them; who has given up waiting, since something else was asked
  /// for meanwhile, is passed over; and what cannot be shown is said in words.
  /// - Parameters:
  ///   - words: what an error says.
  ///   - answer: what there is at a path without its first slash; nil if nothing is.
  static func response(
    to asked: Request, words: (any Error) -> String = { "\($0)" }, _ answer: (_ path: String) throws -> Response?
  ) -> Response {
    guard asked.method != .post else {
      var response = Response.text("Nothing can be sent here.\n", status: 405)
      response.headers.append(Response.Header("Allow", "GET, HEAD"))
      return response
    }
    if Task.isCancelled { return .text("", status: 503) }
    let path = String(asked.path.drop { $0 == "/" })
    do {
      return try answer(path) ?? .text("There is no view “\(path)” here.\n", status: 404)
    } catch {
      return .text("\(words(error))\n", status: 400)
    }
  }
}
