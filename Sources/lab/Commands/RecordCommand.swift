import ArgumentParser
import Foundation
import Platform
import Profiling

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Profiles a program that was not built for it.",
    discussion: """
      The program is run in place of this command, with the profiler preloaded: it keeps the terminal, its signals and \
      its exit code. The profile is written when it returns from main or calls exit; if it is killed or leaves by _exit, \
      there is none. Neither its children are profiled nor a program that it becomes by exec.
      """)

  @Option(help: "What to record.") var profile = ProfileKind.all[0]
  @Option(help: ArgumentHelp(ProfileKind.ratesInWords)) var rate: Int?
  @Option(help: ArgumentHelp(ProfileKind.agesInWords)) var olderThan: String?
  @Option(name: [.customShort("o"), .long], help: "Where to write the profile; %p becomes the process id.")
  var output: String?
  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.") var command: [String] = []

  func run() throws {
    try LabError.checkPlatform()
    guard let name = command.first else { throw LabError.usage("say which program to run: lab record -- PROGRAM ARGS") }
    if let rate, profile.rate?.accepted.contains(rate) != true { throw LabError.usage(profile.refusal(of: rate)) }
    if let age = olderThan, profile.age?.accepts(age) != true { throw LabError.usage(profile.refusal(ofAge: age)) }
    let program = try ProgramFile(named: name)
    let file = output ?? profile.file
    let notes = program.notes(on: profile)
    for line in notes.lines { complain("lab: \(line)") }
    if notes.canBeProfiled { try prepareEnvironment(program, writingTo: file) }
    try exec(program.path)
  }

  private func prepareEnvironment(_ program: ProgramFile, writingTo file: String) throws {
    try removeEarlier(file)
    let library = try PreloadLibrary.path()
    setenv(profile.variable, file, 1)
    if let rate { setenv(profile.variable + "_RATE", String(rate), 1) }
    if let olderThan, let age = profile.age { setenv(age.variable, olderThan, 1) }
    setenv("LAB_RECORD", library, 1)
    guard program.elf?.hasProfiler != true else { return }
    let others = ProcessInfo.processInfo.environment["LD_PRELOAD"].map { $0.isEmpty ? "" : ":" + $0 } ?? ""
    setenv("LD_PRELOAD", library + others, 1)
  }

  /// What an earlier run left must not be taken for this one's. A device or a pipe is nobody's leaving.
  private func removeEarlier(_ file: String) throws {
    var status = stat()
    guard lstat(file, &status) == 0 else { return }
    let failed =
      switch status.st_mode & S_IFMT {
      case S_IFREG: unlink(file) != 0
      case S_IFLNK: stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && truncate(file, 0) != 0
      case S_IFDIR: true
      default: false
      }
    guard failed else { return }
    let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : errno
    throw LabError.failed("\(file): \(String(cString: strerror(code)))")
  }

  private func exec(_ path: String) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    arguments.append(nil)
    execv(path, &arguments)
    throw LabError.failed("\(path): \(String(cString: strerror(errno)))")
  }
}
