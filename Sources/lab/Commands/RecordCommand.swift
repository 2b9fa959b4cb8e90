import ArgumentParser
import Foundation
import Platform
import Profiling

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Profiles a program that was not built for it.",
    discussion: """
      The program is run in place of this command, with the profiler preloaded: it keeps the terminal, its signals and \
      its exit code.

      The profile is written when the program ends: when it returns from main, calls exit, _exit or quick_exit, or is \
      ended by a signal such as Ctrl-C or SIGTERM; then it ends as it would have. A second signal ends it at once. After \
      a crash there is one of the kinds that need nothing of the program's memory but counts; the others say so. What \
      is killed by SIGKILL leaves nothing, and never half a file; but an execution trace is there up to that moment.

      A program that goes on, such as a server, is profiled for a time with --duration, or looked at whenever it gets a \
      signal with --snapshot-signal. What it had in memory when most was in use, rather than at its end, is shown by \
      --heap-at peak.

      The programs that it starts are not profiled, nor what it becomes by exec or daemon, unless with --children: then \
      each writes a file of its own.

      With --control it answers 'lab capture' as long as it runs, by a socket that this user alone can reach.

      With --http the program serves its profiles as long as it runs, at the addresses that Go's programs have: \
      go tool pprof, lab pprof, Pyroscope, Parca and Prometheus read them. Its heap, tasks and threads are recorded for that \
      from the start on, CPU time and traces while they are asked for; what else is to be recorded --rates says. Only this \
      machine can ask, unless another address is given; then a token is needed, that of the variable LAB_HTTP_TOKEN or one \
      that is told at the start. Without --profile nothing else is written.

      The profiler has a thread, so that a program without threads has two: C libraries lock for it what they leave \
      unlocked for one. What does little else then takes longer: allocating up to 1.2 times, copying C++'s shared \
      pointers 1.7 times, writing single characters with putc 1.8 times. Programs with threads lose nothing by it.
      """)

  @Option(name: .customLong("profile"), help: "What to record. (default: \(ProfileKind.all[0].name))")
  var asked: ProfileKind?
  @Option(help: ArgumentHelp(ProfileKind.ratesInWords)) var rate: Int?
  @Option(help: ArgumentHelp(ProfileKind.agesInWords)) var olderThan: String?
  @Option(
    name: [.customShort("o"), .long],
    help: "Where to write the profile; %p becomes the process id, %n the number of the snapshot.")
  var output: String?
  @Option(help: "Write after this time, such as 30s, 500ms or 2m; the program runs on.") var duration: String?
  @Option(help: "Write a file with the next number whenever this signal comes, such as SIGUSR1; the program runs on.")
  var snapshotSignal: String?
  @Option(help: ArgumentHelp(ProfileKind.settingInWords("last"), valueName: "window")) var last: String?
  @Option(name: .customLong("when"), help: ArgumentHelp(ProfileKind.settingInWords("when"), valueName: "triggers"))
  var triggers: String?
  @Option(name: .customLong("with"), help: ArgumentHelp(ProfileKind.settingInWords("with"), valueName: "extras"))
  var extras: String?
  @Option(help: "Show what was in use at the end, or at the peak, when most was.") var heapAt = HeapMoment.end
  @Option(help: ArgumentHelp(ProfileKind.viewsInWords, valueName: "view")) var by: String?
  @Flag(help: "Write a paragraph of words for each, where the kind has that: the same as --by dump.") var dump = false
  @Flag(help: "Leave the program's labels out of a dump.") var withoutLabels = false
  @Flag(help: "Of a dump, write who waits for whom alone, as JSON.") var json = false
  @Flag(help: "Profile what the program starts and becomes, too; a file each.") var children = false
  @Flag(help: "Answer lab capture as long as the program runs.") var control = false
  @OptionGroup(title: "To serve profiles meanwhile") var serving: ServingOptions
  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.") var command: [String] = []

  var profile: ProfileKind { asked ?? ProfileKind.all[0] }
  /// Where what is kept of a recording is shown while the program runs; nil: nowhere. A window is kept of kinds that were
  /// asked for and can be cut anywhere; with all others profiles are served at the address.
  var viewAddress: String? { asked?.settings.contains { $0.name == "last" } == true ? serving.http : nil }
  /// Whether a profile is written at all.
  private var writes: Bool { asked != nil || output != nil || (serving.http == nil && !control) }

  /// The moment that a profile of what is in use is of.
  enum HeapMoment: String, ExpressibleByArgument, CaseIterable {
    case end, peak
  }

  func run() throws {
    try LabError.checkPlatform()
    guard let name = command.first else { throw LabError.usage("say which program to run: lab record -- PROGRAM ARGS") }
    if let rate, profile.rate?.accepted.contains(rate) != true { throw LabError.usage(profile.refusal(of: rate)) }
    if let age = olderThan, profile.age?.accepts(age) != true { throw LabError.usage(profile.refusal(ofAge: age)) }
    let plan = try RecordPlan(self)
    let variables = try plan.view == nil ? serving.variables : serving.none
    let program = try ProgramFile(named: name)
    let notes = program.notes(on: writes ? profile : nil)
    for line in notes.lines { complain("lab: \(line)") }
    if notes.canBeProfiled {
      // Before the environment asks for a profile: the view is not to be recorded.
      try plan.view?.start()
      try prepareEnvironment(program, plan, variables)
    }
    try exec(program.path)
  }

  private func prepareEnvironment(
    _ program: ProgramFile, _ plan: RecordPlan, _ serving: [(String, String)]
  ) throws {
    let library = try PreloadLibrary.path()
    if writes { setenv(profile.variable, try removeEarlier(plan.file), 1) }
    for (name, value) in plan.variables + serving { setenv(name, value, 1) }
    if let olderThan, let age = profile.age { setenv(age.variable, olderThan, 1) }
    setenv("LAB_RECORD", library, 1)
    guard program.elf?.hasProfiler != true else { return }
    let others = ProcessInfo.processInfo.environment["LD_PRELOAD"].map { $0.isEmpty ? "" : ":" + $0 } ?? ""
    setenv("LD_PRELOAD", library + others, 1)
  }

  /// What an earlier run left must not be taken for this one's. A device or a pipe is nobody's leaving. Returns the file
  /// that takes its place: the one that a link leads to.
  private func removeEarlier(_ file: String) throws -> String {
    var status = stat()
    guard stat(file, &status) == 0 else { return file }
    func failure(_ code: Int32) -> LabError { .failed("\(file): \(String(cString: strerror(code)))") }
    if status.st_mode & S_IFMT == S_IFDIR { throw failure(EISDIR) }
    guard status.st_mode & S_IFMT == S_IFREG else { return file }
    guard let found = realpath(file, nil) else { throw failure(errno) }
    defer { free(found) }
    guard unlink(found) == 0 else { throw failure(errno) }
    return String(cString: found)
  }

  private func exec(_ path: String) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    arguments.append(nil)
    execv(path, &arguments)
    throw LabError.failed("\(path): \(String(cString: strerror(errno)))")
  }
}
