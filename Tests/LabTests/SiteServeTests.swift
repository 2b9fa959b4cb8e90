import Foundation
import LocalServer
import TestSupport
import Testing

@testable import lab

/// The files of a served site, and nothing else.
struct ServedFilesTests {
  @Test("Pages have what is added to them, and a policy; other files their type")
  func files() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("a"), withIntermediateDirectories: true)
    for (name, text) in [
      ("index.html", "<head><title>One</title></head>"), ("a/index.html", "<head></head>"), ("a/b c.svg", "<svg/>"),
      ("x.bin", "x"),
    ] { try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8) }
    let files = ServedFiles(folder: folder.path, addition: "<!--added-->", policy: "default-src 'none'")
    let page = try #require(files.response(to: "/"))
    #expect(page.text == "<head><title>One</title><!--added--></head>")
    #expect(page.value("Content-Security-Policy") == "default-src 'none'")
    #expect(files.response(to: "/a/")?.text == "<head><!--added--></head>")
    let picture = try #require(files.response(to: "/a/b c.svg"))
    #expect(picture.value("Content-Type") == "image/svg+xml")
    #expect(picture.value("Content-Security-Policy")?.contains("default-src 'none'") == true)
    #expect(files.response(to: "/x.bin")?.value("Content-Type") == "application/octet-stream")
  }

  @Test(
    "No path leads out of the folder, nor to what is hidden",
    arguments: [
      "/../secret", "/a/../../secret", "/./index.html", "//index.html", "/a//index.html", "/.hidden", "/a/.hidden",
      "/link", "/linked/secret", "/index.html\0.txt", "/a", "/none", "", "/..", "/index.html/", "secret",
    ])
  func outside(path: String) throws {
    let outer = try TemporaryFolder()
    let folder = outer.file("site")
    try FileManager.default.createDirectory(atPath: folder + "/a", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: outer.file("other"), withIntermediateDirectories: true)
    for file in ["secret", "other/secret", "site/index.html", "site/.hidden", "site/a/.hidden"] {
      try "x".write(toFile: outer.file(file), atomically: true, encoding: .utf8)
    }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "../secret")
    try FileManager.default.createSymbolicLink(atPath: folder + "/linked", withDestinationPath: "../other")
    #expect(ServedFiles(folder: folder, addition: "", policy: "").response(to: path) == nil)
  }
}

extension Response {
  fileprivate var text: String? {
    if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { nil }
  }
  fileprivate func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// `lab serve` as a program, asked by a client and in a browser.
@Suite(.serialized, .enabled(if: Browser.isThere, Comment(rawValue: Browser.need)))
struct SiteServeTests {
  private func serving(_ script: String) throws -> [String: Any] {
    try ServedScript.run(
      script,
      page: """
        # One

        ![Cycles](<figure:retain-cycles/faulty/leaks?view=cycle> "Figure 1")

        """)
  }

  /// All that is answered beside the site's files, as a list in Python.
  private static let routes =
    "["
    + ServedSite.Route.allCases.map { "('\($0.isPosted ? "POST" : "GET")', '/-/\($0.rawValue)')" }
    .joined(separator: ", ") + "]"

  @Test("No route answers without the token, another host's name or another site's page; what is wrong is said")
  func access() throws {
    let found = try serving(
      """
      routes = [('GET', '/'), ('GET', '/one.html'), ('GET', '/theme/site.js'), ('GET', '/none')] + \(Self.routes)
      strangers = [dict(), dict(Cookie='lab=1'), dict(Cookie=cookie[:-1]), dict(Cookie=cookie, Host='evil.example'),
          dict(Cookie=cookie, Host='evil.example:' + str(parts.port))]
      answers = [ask(m, p, {} if m == 'POST' else None, **h) for m, p in routes for h in strangers]
      refused = [a.status for a in answers]
      told = [t for t in [a.read().decode() + str(a.headers) for a in answers] if token in t]
      origins = ['null', 'http://evil.example', 'http://192.0.2.1:' + str(parts.port), root + '.evil.example',
          'https://localhost:' + str(parts.port)]
      foreign = [ask(m, p, {} if m == 'POST' else None, Cookie=cookie, Origin=o).status for m, p in routes for o in origins]
      # Where browsers look for more of what they have: none of it is there, and none leads out.
      targets = ['/one.html%23x', '/one.html%3Fx', '/theme/site.js.map', '/theme/style.css.map', '/one.html.map', '/./one.html',
          '/theme/../one.html', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '/%252e%252e/%252e%252e/etc/passwd',
          '/..\\\\..\\\\etc/passwd', '/..%5c..%5cetc/passwd', '/one.html%00.svg', '/one.html/..;/x', '/.hidden', '/%2Ehidden',
          '//etc/passwd', '/-/../one.html', '/-/', '/-/serve.js/', '/-/%2e%2e/one.html', '/-/..%2fone.html', '/favicon.ico']
      found = {t: ask('GET', t, Cookie=cookie).status for t in targets}
      same = [ask('GET', t, Cookie=cookie).status for t in ['/one.html?x=../..', '/one.html?#x']]
      def entered(target):
          answer = ask('GET', target + '?token=' + token, Accept='text/html')
          return answer.status, answer.headers['Location']
      ways = [entered(t) for t in ['//evil.example/', '/\\\\evil.example/', '/%0d%0aLocation:x', '/%2F%2Fevil.example']]
      import os
      written = [os.path.join(d, f) for d, _, fs in os.walk(os.path.dirname(os.path.dirname(content))) for f in fs]
      leaks = [f for f in written if token.encode() in open(f, 'rb').read()]
      known = dict(Cookie=cookie, Origin=root)
      said = dict(
          page=ask('GET', '/one.html', Cookie=cookie).status,
          missing=ask('GET', '/none', Cookie=cookie).status,
          way=ask('GET', '/-/run', Cookie=cookie).status,
          posted=ask('POST', '/one.html', {}, **known).status,
          figure=ask('POST', '/-/run', {'figure': 'x'}, **known).read().decode(),
          bound=ask('POST', '/-/run', {'figure': 'retain-cycles/faulty/leaks?view=cycle', 'set.sessions': '0'},
              **known).read().decode(),
          number=ask('POST', '/-/run', {'figure': 'retain-cycles/faulty/leaks?view=cycle', 'set.sessions': 'x'},
              **known).read().decode())
      headers = ask('GET', '/one.html', Cookie=cookie).headers
      print(json.dumps(dict(said, told=told, targets=found, same=same, ways=ways, leaks=leaks, refused=refused, foreign=foreign, cors='Access-Control-Allow-Origin' in headers,
          policy=headers['Content-Security-Policy'], sniff=headers['X-Content-Type-Options'],
          shared=headers['Cross-Origin-Resource-Policy'], leaked=token in ask('GET', '/one.html', Cookie=cookie)
              .read().decode())))
      """)
    let refused = try #require(found["refused"] as? [Int])
    #expect(
      refused.count == (4 + ServedSite.Route.allCases.count) * 5 && refused.allSatisfy { [403, 421].contains($0) },
      "\(refused)")
    let foreign = try #require(found["foreign"] as? [Int])
    #expect(foreign.count == refused.count && foreign.allSatisfy { $0 == 403 }, "\(foreign)")
    #expect(found["told"] as? [String] == [] && found["leaks"] as? [String] == [])
    let targets = try #require(found["targets"] as? [String: Int])
    #expect(targets.count == 23 && targets.values.allSatisfy { [400, 404].contains($0) }, "\(targets)")
    #expect(found["same"] as? [Int] == [200, 200])
    for way in try #require(found["ways"] as? [[Any]]) {
      #expect(way.first as? Int == 303)
      let place = way.last as? String ?? ""
      #expect(place.hasPrefix("/") && !place.hasPrefix("//") && !place.contains("\\"), "\(place)")
    }
    #expect(found["page"] as? Int == 200 && found["missing"] as? Int == 404)
    #expect(found["way"] as? Int == 405 && found["posted"] as? Int == 405)
    #expect(found["figure"] as? String == "'x' is no capture of a scenario\n")
    #expect((found["bound"] as? String)?.contains("sessions=0 is out of bounds") == true)
    #expect(found["number"] as? String == "sessions: 'x' is no whole number\n")
    #expect(found["cors"] as? Bool == false && found["leaked"] as? Bool == false)
    #expect(found["sniff"] as? String == "nosniff" && found["shared"] as? String == "same-origin")
    let policy = try #require(found["policy"] as? String)
    #expect(
      policy.hasPrefix("default-src 'none'; script-src 'self' 'sha256-") && !policy.contains("script-src 'unsafe"))
  }

  @Test("One run at a time; one that is cancelled or that nobody waits for ends, and the next may begin")
  func runs() throws {
    let found = try serving(
      """
      known = dict(Cookie=cookie, Origin=root)
      slow = {'figure': 'merge-sort/faulty/trace?view=timeline', 'set.elements': '1000000'}
      quick = {'figure': 'retain-cycles/faulty/leaks?view=cycle'}
      first = ask('POST', '/-/run', slow, **known)
      begun = json.loads(first.readline())
      second = ask('POST', '/-/run', quick, **known).status
      cancelled = ask('POST', '/-/cancel', {}, **known).status
      lines = first.read().decode().strip().splitlines()
      third = ask('POST', '/-/run', quick, **known)
      done = json.loads(third.read().decode().strip().split('\\n')[-1])
      left = ask('POST', '/-/run', slow, **known)
      left.readline()
      left.close()
      # As soon as it is seen that nobody listens.
      import time
      for _ in range(600):
          answer = ask('POST', '/-/run', quick, **known)
          if answer.status == 200: break
          time.sleep(0.1)
      again = json.loads(answer.read().decode().strip().split('\\n')[-1])
      print(json.dumps(dict(begun=begun['step']['run'], second=second, cancelled=cancelled,
          end=json.loads(lines[-1])['failed'], verdict=done['done']['verdict'], figure=done['done']['figure'][:200],
          claims=len(done['done']['claims']), again='done' in again)))
      """)
    #expect(found["begun"] as? String == "merge-sort/faulty/trace")
    #expect(found["second"] as? Int == 409 && found["cancelled"] as? Int == 200)
    #expect(found["end"] as? String == "cancelled")
    #expect((found["verdict"] as? String)?.hasPrefix("Same shape: all ") == true)
    #expect((found["claims"] as? Int ?? 0) > 2)
    #expect((found["figure"] as? String)?.contains("<") == true)
    #expect(found["again"] as? Bool == true)
  }

  @Test("In a browser: a figure is run with another value, what is out of bounds is said, an edit loads the page anew")
  func browser() throws {
    let found = try serving(
      """
      with sync_playwright() as p:
          page = launch(p).new_page()
          page.set_default_timeout(300_000)
          errors = []
          page.on('pageerror', lambda e: errors.append(str(e)))
          page.on('console', lambda m: errors.append(m.text) if m.type == 'error' and 'status of 400' not in m.text else None)
          page.goto(url)
          page.goto(root + '/one.html')
          page.click('.run-fold summary')
          field = page.locator('input[name="set.sessions"]')
          field.wait_for()
          standard = field.input_value()
          field.fill('20')
          page.click('.run button[type=submit]')
          page.wait_for_selector('.run-verdict')
          verdict = page.inner_text('.run-verdict')
          drawn = page.locator('.run-result .figure-body svg, .run-result .figure-body [class]').count()
          differs = page.locator('.run-result .is-differs').count()
          field.evaluate("field => { field.removeAttribute('max'); field.value = '99999999' }")
          page.click('.run button[type=submit]')
          page.wait_for_function("() => document.querySelector('.run-status').textContent.includes('out of bounds')")
          wrong = page.inner_text('.run-status')
          with open(content, 'a') as file: file.write('\\nA word that was added.\\n')
          page.wait_for_function("() => document.body.textContent.includes('A word that was added.')")
          print(json.dumps(dict(standard=standard, verdict=verdict, drawn=drawn, differs=differs, wrong=wrong,
              errors=errors)))
      """)
    #expect(found["errors"] as? [String] == [])
    // A tenth of the sessions have a tenth of the cycles: the claims that count them say so.
    #expect((found["verdict"] as? String)?.hasPrefix("With sessions = 20: Not the same shape: ") == true)
    #expect((found["drawn"] as? Int ?? 0) > 0 && (found["differs"] as? Int ?? 0) > 0)
    #expect((found["wrong"] as? String)?.hasSuffix("The published figure stands as it was.") == true)
    #expect(Int(found["standard"] as? String ?? "") ?? 0 > 20)
  }

  @Test("A thousand clients that hold their connections, and bodies that are too large, keep nobody out")
  func crowd() throws {
    let found = try serving(
      """
      import resource, socket
      resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
      crowd = []
      for number in range(1000):
          client = socket.create_connection((parts.hostname, parts.port), timeout=60)
          if number % 2:
              client.sendall(f'GET /-/changes HTTP/1.1\\r\\nHost: {parts.netloc}\\r\\nCookie: {cookie}\\r\\n\\r\\n'.encode())
          crowd.append(client)
      known = dict(Cookie=cookie, Origin=root)
      page = ask('GET', '/one.html', Cookie=cookie).status
      large = [ask('POST', p, {'text': 'x' * 70_000}, **known).status for p in ['/-/run', '/-/colours', '/-/cancel']]
      run = ask('POST', '/-/run', {'figure': 'retain-cycles/faulty/leaks?view=cycle'}, **known).read().decode()
      print(json.dumps(dict(page=page, large=large, run='"done"' in run)))
      """)
    #expect(found["page"] as? Int == 200 && found["large"] as? [Int] == [413, 413, 413])
    #expect(found["run"] as? Bool == true)
  }
}
