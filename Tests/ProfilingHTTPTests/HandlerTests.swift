import HTTPMessages
import Pprof
import Profiling
import TestSupport
import Testing

@testable import ProfilingHTTP

/// The handler without a server, where nothing is recorded: nothing here begins a session that other tests would meet.
@Suite struct HandlerTests {
  private static func answer(
    _ target: String, _ options: ProfilingHandler.Options = ProfilingHandler.Options(),
    method: ProfilingRequest.Method = .get, body: String = ""
  ) throws -> (delay: Duration, response: ProfilingResponse) {
    var request = try #require(ProfilingRequest(method: method, target: target))
    request.body = Array(body.utf8)
    let reply = ProfilingHandler(options: options).begin(request)
    return (reply.delay, reply.delay > .zero ? .error(0, "is captured") : reply.make())
  }

  private static func header(_ name: String, _ response: ProfilingResponse) -> String? {
    response.headers.last { $0.name == name }?.value
  }

  @Test(arguments: [
    ("/debug/pprof/nothing", 404, "Unknown profile\n"), ("/other", 404, "404 page not found\n"),
    ("/debug/pprof/heap?seconds=x", 400, "invalid value for \"seconds\" - must be a positive integer\n"),
    ("/debug/pprof/heap?seconds=0", 400, "invalid value for \"seconds\" - must be a positive integer\n"),
    ("/debug/pprof/heap?seconds=1&debug=1", 400, "seconds and debug params are incompatible\n"),
    ("/debug/pprof/taskleak?seconds=1", 400, "\"seconds\" parameter is not supported for this profile type\n"),
    ("/debug/pprof/profile?seconds=999999", 400, "profile duration exceeds what this server allows, 3600 s\n"),
    ("/debug/pprof/profile?rate=x", 400, "rate is to be a number of samples a second\n"),
    ("/debug/pprof/trace?seconds=1e9", 400, "profile duration exceeds what this server allows, 3600 s\n"),
  ])
  func errors(_ target: String, _ status: Int, _ words: String) throws {
    let (_, response) = try Self.answer(target)
    #expect(response.status == status && String(decoding: response.bytes, as: UTF8.self) == words)
    #expect(Self.header("X-Go-Pprof", response) == "1" && Self.header("Content-Disposition", response) == nil)
    #expect(Self.header("X-Content-Type-Options", response) == "nosniff")
    #expect(Self.header("Content-Type", response) == "text/plain; charset=utf-8")
  }

  @Test("What is not recorded is a valid, empty profile that says how it would be", arguments: ["block", "mutex"])
  func empty(_ name: String) throws {
    for target in ["/debug/pprof/\(name)", "/debug/pprof/delta_\(name)"] {
      let (_, response) = try Self.answer(target)
      #expect(response.status == 200 && Self.header("Content-Type", response) == "application/octet-stream")
      let profile = try Profile(decoding: response.bytes)
      try profile.checkValid()
      #expect(profile.samples.isEmpty && profile.sampleTypes.prefix(2).map(\.type) == ["contentions", "delay"])
      #expect(profile.comments.contains { $0.contains("--rates \(name)=") })
    }
    let (_, text) = try Self.answer("/debug/pprof/\(name)?debug=1")
    #expect(String(decoding: text.bytes, as: UTF8.self).hasPrefix("--- "))
  }

  @Test("Whatever is asked is answered, in the form that tools expect")
  func fuzz() throws {
    var generator = SeededGenerator(seed: 18)
    let handler = ProfilingHandler()
    // Not those that begin a session at once.
    let names = [
      "heap", "allocs", "block", "mutex", "delta_mutex", "goroutine", "threadcreate", "taskleak", "leaks", "cmdline",
      "symbol", "", "nothing",
    ]
    let words = [
      "seconds=", "debug=", "rate=", "&", "=", "%", "+", "0", "1", "-", "9223372036854775807", "0x", "nan", "%00",
      "\u{661}",
    ]
    for _ in 0..<1500 {
      let query = (0..<Int.random(in: 0...4, using: &generator)).map { _ in words.randomElement(using: &generator) ?? ""
      }
      let name = names.randomElement(using: &generator) ?? ""
      let target = "/debug/pprof/\(name)?\(query.joined())"
      let method: ProfilingRequest.Method = Bool.random(using: &generator) ? .get : .post
      var request = try #require(ProfilingRequest(method: method, target: target))
      request.body = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let reply = handler.begin(request)
      // Those that take a second are given up.
      guard reply.delay == .zero else { continue }
      let response = reply.make()
      let isFile = Self.header("Content-Type", response) == "application/octet-stream"
      #expect([200, 400, 404, 405, 500].contains(response.status), "\(target)")
      #expect((Self.header("X-Go-Pprof", response) == "1") == (response.status != 200), "\(target)")
      #expect((Self.header("Content-Disposition", response) != nil) == isFile, "\(target)")
      #expect(response.headers.allSatisfy(\.isOneLine) && (!isFile || response.bytes.starts(with: [0x1f, 0x8b])))
    }
  }

  @Test func index() throws {
    let (_, response) = try Self.answer("/debug/pprof/")
    let page = String(decoding: response.bytes, as: UTF8.self)
    for name in ["allocs", "block", "goroutine", "heap", "mutex", "task", "threadcreate"] {
      #expect(page.contains("<a href=\"\(name)?debug=1\">\(name)</a>"), "\(name)")
    }
    #expect(Self.header("Content-Type", response) == "text/html; charset=utf-8")
    #expect(try Self.answer("/debug/pprof").response.status == 301)
  }

  @Test("Functions are named by their addresses, asked by GET and POST")
  func symbols() throws {
    let function: @convention(c) () -> Int32 = getpidOfC
    let address = "0x" + String(UInt(bitPattern: unsafeBitCast(function, to: Int.self)) + 1, radix: 16)
    for (method, target, body) in [
      (ProfilingRequest.Method.get, "/debug/pprof/symbol?\(address)+0x1", ""),
      (.post, "/debug/pprof/symbol", "\(address)+0x1"),
    ] {
      let text = String(decoding: try Self.answer(target, method: method, body: body).response.bytes, as: UTF8.self)
      let lines = text.split(separator: "\n")
      #expect(lines.first == "num_symbols: 1" && lines.count == 2, "\(text)")
      #expect(lines.last?.hasPrefix(address + " ") == true && text.contains("getpidOfC"), "\(text)")
    }
    #expect(try Self.answer("/debug/pprof/symbol").response.bytes == Array("num_symbols: 1\n".utf8))
    #expect(try Self.answer("/debug/pprof/heap", method: .post).response.status == 405)
  }

  @Test("What is not to be told is not")
  func secrets() throws {
    var options = ProfilingHandler.Options()
    let told = try Self.answer("/debug/pprof/cmdline").response
    #expect(!told.bytes.isEmpty && told.status == 200)
    options.tellsCommandLine = false
    options.tellsLabels = false
    #expect(try Self.answer("/debug/pprof/cmdline", options).response.status == 403)
    #expect(try Self.answer("/debug/pprof/trace", options).response.status == 403)
    // Those that nobody uses elsewhere.
    withLabels(["password": "x", "state": "secret"]) {}
    let own = Sample(locations: [], values: [1], labels: ["password": ["x"], "state": ["x"], "call": ["read"]])
    let profile = Profile(sampleTypes: [ValueType(type: "a", unit: "count")], samples: [own])
    #expect(ProfilingHandler(options: options).told(profile).samples[0].labels == ["call": ["read"]])
    #expect(ProfilingHandler().told(profile) == profile)
  }

  @Test("Only what has grown is told of what grows, all of what is in use")
  func deltas() throws {
    func profile(_ values: [Int64], at time: Int64) -> Profile {
      Profile(
        sampleTypes: ["alloc_space", "inuse_space"].map { ValueType(type: $0, unit: "bytes") },
        samples: [Sample(locations: [0], values: values)],
        locations: [Location(id: 1, address: 16, lines: [Line(function: 0, line: 1, column: 0)])],
        functions: [Function(id: 1, name: "f", systemName: "f")], timeNanoseconds: time)
    }
    let deltas = DeltaProfiles()
    #expect(deltas.change(of: "a") { profile([10, 5], at: 100) }.samples.map(\.values) == [[10, 5]])
    let second = deltas.change(of: "a") { profile([17, 4], at: 160) }
    #expect(second.samples.map(\.values) == [[7, 4]])
    #expect(second.timeNanoseconds == 160 && second.durationNanoseconds == 60)
    #expect(deltas.change(of: "a") { profile([17, 0], at: 200) }.samples.isEmpty)
    #expect(deltas.change(of: "b") { profile([1, 1], at: 200) }.samples.map(\.values) == [[1, 1]])
  }

  @Test("Metrics are in Prometheus' text: each has its help and type, and no line twice")
  func metrics() throws {
    let (_, response) = try Self.answer("/metrics")
    #expect(Self.header("Content-Type", response) == "text/plain; version=0.0.4; charset=utf-8")
    let lines = String(decoding: response.bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("swift_threads ") })
    var helped: Set<Substring> = []
    for line in lines {
      if line.hasPrefix("# HELP ") { helped.insert(line.split(separator: " ")[2]) }
      guard !line.hasPrefix("#") else { continue }
      let name = line.prefix { $0 != "{" && $0 != " " }
      #expect(helped.contains(name), "\(line)")
      #expect(Double(line.split(separator: " ").last ?? "") != nil, "\(line)")
    }
    #expect(Set(lines).count == lines.count)
  }
}

/// What stands for a function with a known address.
@_cdecl("getpidOfC") @inline(never)
public func getpidOfC() -> Int32 { Int32(CommandLine.arguments.count) }
