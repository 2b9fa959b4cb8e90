import ChildProcesses
import Foundation

extension Benchmark {
  /// What it costs to record every wait of tasks that do nothing else, and what actors that hand work on.
  ///
  /// Where there is a `go`, Go's block profile of the same program stands beside.
  static let waits = Benchmark(name: "waits") {
    let bare = try BuiltProgram("BareTaskingProgram").path, hooked = try BuiltProgram("TaskingProgram").path
    func seconds(_ command: String...) throws -> Double {
      let numbers = try BuiltProgram.numbers(of: command, count: 3)
      return numbers.first[0]
    }
    let streams = try PairedRatio.measure(
      rounds: 20,
      [
        { try seconds(bare, "pingPong", "200000") }, { try seconds(hooked, "pingPong", "200000") },
        { try seconds(hooked, "pingPong", "200000", "block") },
      ])
    let actors = try PairedRatio.measure(
      rounds: 20,
      [
        { try seconds(bare, "hops", "100000") }, { try seconds(hooked, "hops", "100000", "block") },
        { try seconds(hooked, "hops", "100000", "mutex") },
      ])
    return [
      Row(name: "waits: ping-pong of streams, hooks linked but off", ratio: streams[0], goal: .atMost(1.01)),
      Row(name: "waits: ping-pong of streams, every wait recorded", ratio: streams[1], goal: .atMost(1.5)),
      Row(name: "waits: actor hops, every wait recorded", ratio: actors[0]),
      Row(name: "waits: actor hops, contention and holds recorded", ratio: actors[1]),
    ] + (try goPingPong())
  }

  /// Nothing if there is no Go.
  private static func goPingPong() throws -> [Row] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-go-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appendingPathComponent("pingpong.go"), program = folder.appendingPathComponent("pingpong").path
    try Data(goSource.utf8).write(to: source)
    guard (try? ChildProcess.output(of: ["go", "build", "-o", program, source.path])) != nil,
      let version = try? ChildProcess.output(of: ["go", "env", "GOVERSION"])
    else { return [] }
    func seconds(_ rate: String) throws -> Double {
      try BuiltProgram.numbers(of: [program, "200000", rate], count: 2).first[0]
    }
    let ratio = try PairedRatio.measure(rounds: 20, [{ try seconds("0") }, { try seconds("1") }])[0]
    let name = version.trimmingCharacters(in: .whitespacesAndNewlines)
    return [Row(name: "waits: ping-pong of channels, every wait recorded by \(name)", ratio: ratio, peer: name)]
  }

  /// Two goroutines that send each other a number and wait for the answer; prints its CPU time in seconds.
  private static let goSource = """
    package main

    import (
    \t"fmt"
    \t"os"
    \t"runtime"
    \t"strconv"
    \t"syscall"
    )

    func cpu() float64 {
    \tvar usage syscall.Rusage
    \tsyscall.Getrusage(syscall.RUSAGE_SELF, &usage)
    \treturn float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
    }

    func main() {
    \tcount, _ := strconv.Atoi(os.Args[1])
    \trate, _ := strconv.Atoi(os.Args[2])
    \truntime.SetBlockProfileRate(rate)
    \tquestions, answers := make(chan int), make(chan int)
    \tgo func() {
    \t\tfor number := range questions {
    \t\t\tanswers <- number + 1
    \t\t}
    \t}()
    \tstart, sum := cpu(), 0
    \tfor i := 0; i < count; i++ {
    \t\tquestions <- i
    \t\tsum += <-answers
    \t}
    \tfmt.Println(cpu()-start, sum)
    }

    """
}
