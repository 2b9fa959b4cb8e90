import ArgumentParser
import Foundation
import Pprof
import Profiling

struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "Profiles a program that runs already and was started for it.",
    discussion: """
      lab record --control -- ./server &
      lab capture $! --profile cpu --duration 15s -o cpu.pb.gz

      The program was started by 'lab record --control', or links Profiling and was started with LAB_CONTROL=1; a \
      process in a container is named by the id that it has here. It runs on. What is recorded there already goes on, and \
      several may be captured at once.

      What happens is recorded for a time: --duration, or thirty seconds, of a trace one. What lives is told at once: \
      the heap, tasks, threads that were made. Where leaks are to be found the program must have been started with \
      --profile leaks or taskleak beside --control, for then every block is tracked.
      """)

  @Argument(help: ArgumentHelp("The process.", valueName: "pid")) var process: Int32
  @Option(help: "What to capture.") var profile = ProfileKind.all[0]
  @Option(help: "For how long to record, such as 15s, 500ms or 2m, where it is not of a moment.") var duration: String?
  @Option(help: ArgumentHelp(ProfileKind.ratesInWords)) var rate: Int?
  @Option(help: ArgumentHelp(ProfileKind.viewsInWords, valueName: "view")) var by: String?
  @Flag(help: "Write a paragraph of words for each, where the kind has that: the same as --by dump.") var dump = false
  @Option(name: [.customShort("o"), .long], help: "Where to write it; to a file named for the kind if not given.")
  var output: String?

  func run() throws {
    try LabError.checkPlatform()
    if let rate, profile.rate?.accepted.contains(rate) != true { throw LabError.usage(profile.refusal(of: rate)) }
    let view = try profile.view(by: by, dump: dump)
    let usual = view?.contents.map { profile.name + $0.suffix } ?? profile.file
    let file = output ?? usual
    var words = ["profile=\(profile.name)"]
    if let view { words.append("view=\(view.name)") }
    if let rate { words.append("rate=\(rate)") }
    if let duration {
      guard let nanoseconds = RecordPlan.nanoseconds(of: duration) else {
        throw LabError.usage("'\(duration)' is no time; say 30s, 500ms, 2m or 1h")
      }
      words.append("duration=\(nanoseconds)")
    }
    // Of the name of a file only its end says anything of its form.
    if let end = file.split(separator: "/").last?.split(separator: ".").suffix(2).joined(separator: "."),
      end.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") })
    {
      words.append("file=.\(end)")
    }
    let answer = try Self.ask(process, words.joined(separator: " "))
    do { try writeFile(file, answer.bytes) } catch { throw LabError.failed("\(error)") }
    for (number, line) in answer.words.enumerated() {
      complain(number == 0 ? "lab: wrote \(file) \(line)" : "lab: \(line)")
    }
  }

  private static func ask(_ process: Int32, _ line: String) throws -> (bytes: [UInt8], words: [Substring]) {
    #if canImport(Glibc)
      return try ControlConnection(ControlSocket(of: process)).ask(line)
    #else
      throw LabError.cannotMeasure("\(ProfilingError.unsupportedPlatform)")
    #endif
  }
}
