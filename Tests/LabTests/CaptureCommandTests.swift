import ExecutionTrace
import Foundation
import Leaks
import Platform
import Pprof
import TestSupport
import Testing

/// Programs that run, and are captured from outside.
@Suite(.serialized) final class CaptureCommandTests {
  /// Where the sockets lie: the path of one has room for a hundred letters.
  private let runtime: String

  init() throws {
    var name = Array("/tmp/lab-XXXXXX\0".utf8CString)
    runtime = String(cString: try #require(mkdtemp(&name)))
  }

  deinit { try? FileManager.default.removeItem(atPath: runtime) }

  /// Runs a program with a control socket of its own folder; `body` is given its id when it is ready, then it is ended.
  @discardableResult
  private func withRunning(
    _ program: TestedProgram, _ options: [String] = [], _ arguments: [String] = [], by other: [String] = [],
    end: Int32 = SIGTERM, _ body: (pid_t) throws -> Void
  ) throws -> TestedProgram.Run {
    let record = [LabCommand.path, "record", "--control"] + options + ["--"]
    return try program.run(
      arguments: arguments, by: other + record, environment: ["XDG_RUNTIME_DIR": runtime]
    ) { id in
      defer { kill(id, end) }
      try program.wait(for: "ready")
      try body(id)
    }
  }

  private static func capture(_ id: pid_t, _ kind: String, _ options: String...) throws -> LabCommand.Result {
    try LabCommand.start(["capture", String(id), "--profile", kind] + options).finish()
  }

  private var folderOfSockets: String { runtime + "/swift-diagnostics-lab" }
  private var sockets: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folderOfSockets)) ?? []).filter { !$0.hasPrefix(".") }
  }
  /// The only one.
  private func pathOfSocket() throws -> String { "\(folderOfSockets)/\(try #require(sockets.first))" }

  private static func share(of function: String, in profile: Profile) -> Double {
    func value(_ sample: Sample) -> Double { sample.values.last.map { Double($0) } ?? 0 }
    let some = profile.samples.filter { sample in
      sample.locations.contains { location in
        profile.locations[location].lines.contains { profile.functions[$0.function].name.hasPrefix(function) }
      }
    }
    return some.reduce(0) { $0 + value($1) } / profile.samples.reduce(0) { $0 + value($1) }
  }

  @Test("Every kind is captured of a program that was not rebuilt, and says what is true of it")
  func everyKind() throws {
    let text = try String(contentsOfFile: TestedProgram.swiftSource(of: "controlled"), encoding: .utf8)
    let program = try TestedProgram(swift: text, flags: ["-parse-as-library"])
    let folder = program.folder
    let run = try withRunning(program, ["--profile", "leaks", "-o", folder.file("end.txt")]) { id in
      func capture(_ kind: String, _ options: String...) throws -> String {
        let file = folder.file("\(kind).out")
        let result = try LabCommand.start(["capture", "\(id)", "--profile", kind, "-o", file] + options).finish()
        #expect(result.status == 0 && result.errors.contains("lab: wrote \(file) ("), "\(kind): \(result.errors)")
        return file
      }
      let cpu = try Profile(contentsOf: try capture("cpu", "--duration", "1500ms"))
      try cpu.checkValid()
      let often = Self.share(of: "often(", in: cpu)
      #expect((0.6...0.9).contains(often), "\(often)")
      let heap = try Profile(contentsOf: try capture("heap"))
      #expect(heap.defaultSampleType == "" && Self.share(of: "hold()", in: heap) > 0.5)
      #expect(try Profile(contentsOf: try capture("allocs")).defaultSampleType == "alloc_space")
      let leaks = try String(contentsOfFile: try capture("leaks"), encoding: .utf8)
      #expect(leaks.hasPrefix("25 retain cycles of 1 shape"), "\(leaks.prefix(200))")
      let tasks = try Profile(contentsOf: try capture("task"))
      // The two that wait, and main.
      #expect(tasks.samples.reduce(0) { $0 + $1.values[0] } >= 3)
      let lost = try Profile(contentsOf: try capture("taskleak"))
      #expect(lost.samples.reduce(0) { $0 + $1.values[0] } == 2)
      #expect(try String(contentsOfFile: try capture("waitfor"), encoding: .utf8).isEmpty == false)
      let mutex = try Profile(contentsOf: try capture("mutex", "--duration", "300ms"))
      #expect(Self.share(of: "fight()", in: mutex) > 0.9 || mutex.samples.contains { $0.values[1] > 0 })
      #expect(try Profile(contentsOf: try capture("block", "--duration", "300ms")).samples.count > 0)
      let threads = try Profile(contentsOf: try capture("threadcreate"))
      #expect(threads.samples.reduce(0) { $0 + $1.values[0] } >= 3)
      #expect(try Trace(contentsOf: try capture("trace", "--duration", "300ms")).events().first { _ in true } != nil)
      let dump = try String(contentsOfFile: try capture("task", "--by", "dump"), encoding: .utf8)
      #expect(dump.contains("waitForNobody"))
      let custom = try Self.capture(id, "custom")
      #expect(custom.status == 1 && custom.errors.contains("has made no custom profile"), "\(custom.errors)")
      let moment = try Self.capture(id, "heap", "--duration", "1s")
      #expect(moment.status == 1 && moment.errors.contains("is of a moment"), "\(moment.errors)")
    }
    #expect(run.end == -SIGTERM, "\(run.errors)")
    #expect(sockets.isEmpty)
    #expect(FileManager.default.fileExists(atPath: folder.file("end.txt")))
  }

  @Test("A program whose pool has no thread left answers, and its end is not waited for by whoever captures it")
  func blockedPool() throws {
    let text = try String(contentsOfFile: TestedProgram.swiftSource(of: "controlled"), encoding: .utf8)
    let program = try TestedProgram(swift: text, flags: ["-parse-as-library"])
    let folder = program.folder
    var late: LabCommand.Running?
    let run = try withRunning(program, [], ["blocked"]) { id in
      let file = folder.file("dump")
      #expect(try Self.capture(id, "task", "--dump", "-o", file).status == 0)
      #expect(try String(contentsOfFile: file, encoding: .utf8).contains("blockThread"))
      let unarmed = try Self.capture(id, "leaks")
      #expect(unarmed.status == 1 && unarmed.errors.contains("--control --profile leaks"), "\(unarmed.errors)")
      // Of a program that ends meanwhile there is what was recorded until then.
      late = try LabCommand.start(["capture", "\(id)", "--duration", "10m", "-o", folder.file("late.pb.gz")])
      let threads = "/proc/\(id)/task"
      let before = try FileManager.default.contentsOfDirectory(atPath: threads).count
      let deadline = Date(timeIntervalSinceNow: 20)
      // The capture's own thread, and the sampler's.
      while Date() < deadline, try FileManager.default.contentsOfDirectory(atPath: threads).count < before + 2 {
        usleep(10_000)
      }
    }
    let end = try #require(late).finish()
    #expect(end.status == 0 && end.errors.contains("for the program ended after"), "\(end.errors)")
    try Profile(contentsOf: folder.file("late.pb.gz")).checkValid()
    #expect(run.end == -SIGTERM && run.errors == "", "\(run.errors)")
  }

  @Test(
    "A program in C has no Swift in it until it is asked; what it leaves when it is killed the next one clears away")
  func programInC() throws {
    let program = try TestedProgram("controlled spin")
    let folder = program.folder
    try withRunning(program, end: SIGKILL) { id in
      func hasSwift() throws -> Bool {
        try String(contentsOfFile: "/proc/\(id)/maps", encoding: .utf8).contains("libswiftCore")
      }
      #expect(try !hasSwift())
      let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").sorted()
      let file = folder.file("cpu")
      #expect(try Self.capture(id, "cpu", "--duration", "500ms", "-o", file).status == 0)
      #expect(try hasSwift() && Self.share(of: "spin", in: Profile(contentsOf: file)) > 0.9)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").sorted() == before)
    }
    #expect(sockets.count == 1)
    try withRunning(program) { id in
      // It clears away after it has begun to listen.
      let deadline = Date(timeIntervalSinceNow: 10)
      while sockets.count > 1, Date() < deadline { usleep(5_000) }
      #expect(sockets.count == 1 && sockets.first?.hasPrefix("\(id)-") == true)
    }
    #expect(sockets.isEmpty)
  }

  @Test("The child of a fork has no socket and nothing open of its parent's")
  func fork() throws {
    let program = try TestedProgram("controlled fork")
    try withRunning(program) { id in
      let said = try String(contentsOfFile: program.folder.file("output"), encoding: .utf8)
      let child = try #require(said.split(separator: " ").dropFirst().first.flatMap { pid_t($0) })
      defer { kill(child, SIGKILL) }
      func sockets(_ process: String) throws -> Set<String> {
        let folder = "/proc/\(process)/fd"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        let targets = files.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        return Set(targets.filter { $0.hasPrefix("socket:") })
      }
      let program = try sockets("\(id)")
      let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")
      let ours = try threads.reduce(into: Set<String>()) { try $0.formUnion(sockets("\(id)/task/\($1)")) }
      let childs = try sockets("\(child)")
      #expect(!ours.isSubset(of: program) && ours.intersection(childs).isSubset(of: program))
      let refused = try Self.capture(child, "cpu")
      #expect(
        refused.status == 1 && refused.errors.contains("has no control socket: start it with 'lab record --control"))
      #expect(try Self.capture(id, "threadcreate", "-o", "/dev/null").status == 0)
    }
  }

  @Test("The program ends as it would have: with its last thread, and with its status")
  func lastThread() throws {
    let program = try TestedProgram("controlled threads")
    let run = try program.run(
      by: [LabCommand.path, "record", "--control", "--"], environment: ["XDG_RUNTIME_DIR": runtime])
    #expect(run.end == 0 && run.errors == "" && sockets.isEmpty, "\(run)")
  }

  @Test("Words that make no sense, too many of them, and who says nothing are refused; the program runs on")
  func hostile() throws {
    let program = try TestedProgram("controlled spin")
    try withRunning(program) { id in
      let path = try pathOfSocket()
      for line in [
        "\n", "profile=cpu\0\n", "profile=nothing\n", "GET /debug/pprof/ HTTP/1.1\r\n", "profile=cpu profile=cpu\n",
        "profile=cpu duration=-1\n", "profile=cpu duration=99999999999999999999\n", "profile=cpu rate=0\n", "=\n",
        "profile=task view=../../etc\n", "profile=heap duration=1\n", "profile=heap \u{1F980}=1\n",
        String(repeating: "x", count: 5000),
      ] {
        let answer = try #require(Self.say(line, at: path))
        #expect(answer.hasPrefix("error\n"), "\(line.debugDescription): \(answer)")
      }
      // As many as say nothing, more than there is room for, and some that ask and do not listen.
      let silent = (0..<24).map { _ in Self.connect(path) }
      #expect(silent.filter { $0 >= 0 }.count >= 16)
      for socket in silent.prefix(4) { Self.send("profile=threadcreate\n", on: socket) }
      silent.forEach { close($0) }
      let deadline = Date(timeIntervalSinceNow: 20)
      var result = try Self.capture(id, "threadcreate", "-o", program.folder.file("t"))
      while result.status != 0, Date() < deadline {
        result = try Self.capture(id, "threadcreate", "-o", program.folder.file("t"))
      }
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  /// How many threads a process has, descriptors of its own, and descriptors of the thread that has most.
  private static func inventory(_ id: pid_t) throws -> [Int] {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")
    // Threads may end meanwhile.
    let tables = threads.map {
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task/\($0)/fd").count) ?? 0
    }
    return [
      threads.count, try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count, tables.max() ?? 0,
    ]
  }

  @Test("A hundred that talk nonsense, say half of what they want or never listen leave the program as it was")
  func hundred() throws {
    let program = try TestedProgram("controlled spin")
    let run = try withRunning(program) { id in
      let path = try pathOfSocket()
      // What is loaded for the first capture stays.
      #expect(Self.say("profile=threadcreate\n", at: path)?.hasPrefix("ok\n") == true)
      let deadline = Date(timeIntervalSinceNow: 40)
      // The thread that did that ends after it has answered.
      var before = try Self.inventory(id), again: [Int] = []
      while before != again, Date() < deadline {
        again = before
        usleep(50_000)
        before = try Self.inventory(id)
      }
      var generator = SeededGenerator(seed: 6)
      var clients: [Int32] = []
      for number in 0..<100 {
        let client = Self.connect(path)
        clients.append(client)
        switch number % 3 {
        case 0:
          let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
          _ = Platform.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        case 1: Self.send("profile=threadcreate\n", on: client)
        default: Self.send("profile=cpu dura", on: client)
        }
      }
      #expect(clients.allSatisfy { $0 >= 0 })
      // None of them hangs up, and yet there is room for others in the end.
      var answer = Self.say("profile=threadcreate\n", at: path)
      while answer?.hasPrefix("ok\n") != true, Date() < deadline {
        answer = Self.say("profile=threadcreate\n", at: path)
      }
      #expect(answer?.hasPrefix("ok\n") == true, "\(answer ?? "")")
      clients.forEach { close($0) }
      var after = try Self.inventory(id)
      while after != before, Date() < deadline { after = try Self.inventory(id) }
      #expect(after == before)
    }
    #expect(run.end == -SIGTERM && run.errors == "", "\(run)")
  }

  @Test("Several at once share one sampler; there is a bound to how many, and what nobody waits for any more ends")
  func several() throws {
    let program = try TestedProgram("controlled spin")
    let folder = program.folder
    try withRunning(program) { id in
      let running = try (0..<6).map {
        try LabCommand.start(["capture", "\(id)", "--duration", "3s", "-o", folder.file("cpu\($0)")])
      }
      for (number, one) in running.enumerated() {
        let result = try one.finish()
        #expect(result.status == 0, "\(result.errors)")
        let profile = try Profile(contentsOf: folder.file("cpu\(number)"))
        #expect(Self.share(of: "spin", in: profile) > 0.9)
      }
      let path = try pathOfSocket()
      let waiting = (0..<6).map { _ in Self.connect(path) }
      for socket in waiting { Self.send("profile=cpu duration=600000000000\n", on: socket) }
      let deadline = Date(timeIntervalSinceNow: 20)
      var answer = ""
      while !answer.contains("6 captures are under way"), Date() < deadline {
        answer = Self.say("profile=threadcreate\n", at: path) ?? ""
      }
      #expect(answer.contains("6 captures are under way"), "\(answer)")
      waiting.forEach { close($0) }
      while !answer.hasPrefix("ok"), Date() < deadline { answer = Self.say("profile=threadcreate\n", at: path) ?? "" }
      #expect(answer.hasPrefix("ok"))
    }
  }

  @Test("A program that links the profiler answers with LAB_CONTROL=1 alone")
  func linked() throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(LabCommand.folder)/CountingProgram")
    process.arguments = ["custom-wait"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LAB_CONTROL": "1", "XDG_RUNTIME_DIR": runtime]
    ) { $1 }
    let input = Pipe(), output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    #expect(output.fileHandleForReading.availableData.count > 0)
    let file = folder.file("custom")
    let result = try Self.capture(process.processIdentifier, "custom", "-o", file)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Profile(contentsOf: file).samples.reduce(0) { $0 + $1.values[0] } == 3)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && sockets.isEmpty)
  }

  @Test(
    "A process of a container is known by its id here, and another user's is refused in words",
    .enabled(if: mayMakeNamespaces, "only root may make namespaces and become somebody else, and not everywhere"))
  func container() throws {
    let unshare = try #require(Tool("unshare")), setpriv = try #require(Tool("setpriv"))
    let program = try TestedProgram("controlled spin")
    // The whole of it ends with its first process.
    let words = [unshare.path, "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
    try withRunning(program, by: words, end: SIGKILL) { outer in
      let children = try String(contentsOfFile: "/proc/\(outer)/task/\(outer)/children", encoding: .utf8)
      let id = try #require(children.split(separator: " ").first.flatMap { pid_t($0) })
      #expect(sockets.first?.hasPrefix("1-") == true)
      let file = program.folder.file("cpu")
      let result = try Self.capture(id, "cpu", "--duration", "300ms", "-o", file)
      #expect(result.status == 0, "\(result.errors)")
      #expect(Self.share(of: "spin", in: try Profile(contentsOf: file)) > 0.9)
      let other = Process(), errors = Pipe()
      other.executableURL = URL(fileURLWithPath: setpriv.path)
      other.arguments = ["--reuid", "65534", "--clear-groups", LabCommand.path, "capture", "\(id)", "-o", "/dev/null"]
      other.standardError = errors
      try other.run()
      let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      other.waitUntilExit()
      #expect(other.terminationStatus == 1 && said.contains("another user's"), "\(said)")
    }
  }

  @Test("What is not there, or was not started for it, is told, and how to ask")
  func refusals() throws {
    let nobody = try Self.capture(99_999_999, "cpu")
    #expect(nobody.status == 1 && nobody.errors.contains("there is no process 99999999"))
    let unready = try Self.capture(getpid(), "cpu")
    #expect(
      unready.status == 1 && unready.errors.contains("lab record --control") && unready.errors.contains("LAB_CONTROL=1")
    )
    let both = try LabCommand.run("record", "--control", "--duration", "1s", "--", "/bin/true")
    #expect(both.status == 2 && both.errors.contains("say the --duration to lab capture"))
  }

  // MARK: - Without the command

  private static func connect(_ path: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Platform.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return status == 0 ? descriptor : -1
  }

  private static func send(_ text: String, on descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = Platform.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Sends a text and reads to the end of the answer.
  private static func say(_ text: String, at path: String) -> String? {
    let descriptor = connect(path)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    send(text, on: descriptor)
    var answer: [UInt8] = [], piece = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(descriptor, &piece, piece.count, 0), count > 0 { answer += piece[..<count] }
    return String(decoding: answer, as: UTF8.self)
  }
}

/// Whether this process may: root of a container may not.
private let mayMakeNamespaces: Bool = {
  guard getuid() == 0, let unshare = Tool("unshare", isRequired: false) else { return false }
  return (try? unshare.run(["--pid", "--mount", "--fork", "--mount-proc", "true"])) != nil
}()
