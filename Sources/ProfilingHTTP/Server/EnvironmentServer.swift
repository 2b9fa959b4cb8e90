import CProfiler
import Profiling

/// Serves on the word of the environment: `LAB_HTTP` and its like, which the C half has read and which has begun to record
/// what can be asked for.
///
/// Public for the symbol alone: a preloaded C half finds it by its name.
@_cdecl("lab_http_serve")
public func serveForEnvironment(_ request: UnsafeRawPointer) {
  let request = request.load(as: lab_http_request.self)
  lab_engine_reach(request.engine)
  guard let text = request.address.map({ String(cString: $0) }) else { return }
  func words(_ list: UnsafePointer<CChar>?) -> [String] {
    list.map { String(cString: $0) }?.split(separator: ",").map(String.init) ?? []
  }
  var options = DebugServer.Options()
  options.allowedHosts = Set(words(request.allowed))
  options.token = request.token.map { String(cString: $0) }
  for word in words(request.hidden) {
    switch word {
    case "cmdline": options.handler.tellsCommandLine = false
    case "labels": options.handler.tellsLabels = false
    default: complain("LAB_HTTP_HIDE: '\(word)' cannot be hidden; cmdline and labels can")
    }
  }
  do {
    let server = try DebugServer(ListenAddress(text), options, hasArmed: false)
    let isGiven = options.token != nil
    let needed = server.token.map { isGiven ? ", with the token that was given" : ", with the token \($0)" } ?? ""
    complain("lab: profiles are served at \(server.url)\(needed)")
  } catch {
    complain("LAB_HTTP: \(error); nothing is served")
  }
}
