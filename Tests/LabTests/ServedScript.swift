import Foundation
import TestSupport
import Testing

/// `lab serve` as a program, and a script that asks it, with a client or in a browser.
enum ServedScript {
  /// Serves a page, `/one.html`, while a script in Python runs. The script finds `url`, `root`, `token`, `content` (the page's
  /// file) and `ask(method, path, body, **headers)`, which gives status, headers and body; it prints JSON.
  static func run(_ script: String, page text: String) throws -> [String: Any] {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("content"), withIntermediateDirectories: true)
    let page = folder.file("content/one.md")
    try text.write(toFile: page, atomically: true, encoding: .utf8)
    let running = try LabCommand.start(
      ["serve", "--content", folder.file("content")],
      environment: ["LAB_HASTY": "1", "LAB_DIRECTORY": folder.file("lab")])
    defer {
      kill(running.process.processIdentifier, SIGTERM)
      running.process.waitUntilExit()
    }
    var url: String?
    for _ in 0..<6_000 where url == nil && running.process.isRunning {
      usleep(20_000)
      url = try running.text("output").split(separator: "\n").first { $0.contains("token=") }
        .flatMap { $0.split(separator: " ").last.map(String.init) }
    }
    let prelude = """
      import http.client, urllib.parse
      url, content = sys.stdin.read().split('\\n')
      parts = urllib.parse.urlsplit(url)
      root, token = f'http://{parts.netloc}', parts.query.split('=')[1]
      cookie = f'lab-{parts.port}={token}'
      def ask(method, path, body=None, **headers):
          connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
          sent = {name.replace('_', '-'): value for name, value in headers.items()}
          connection.putrequest(method, path, skip_host='Host' in sent)
          data = urllib.parse.urlencode(body).encode() if body is not None else None
          if data is not None: connection.putheader('Content-Length', str(len(data)))
          for name, value in sent.items(): connection.putheader(name, value)
          connection.endheaders(data)
          answer = connection.getresponse()
          return answer

      """
    let output = try Browser.run(prelude + script, input: "\(try #require(url))\n\(page)")
    return try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
  }
}
