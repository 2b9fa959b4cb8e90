import ChildProcesses
import Foundation

/// Go's execution tracer on the programs that traces are measured with.
struct GoTracer {
  /// The program that is traced.
  let program: String
  /// Where files may be put.
  let folder: URL
  /// Of Go, e.g. `go1.27.3`.
  let version: String

  /// Builds the program, and removes it afterwards; nil if there is no Go.
  static func with<Result>(_ body: (GoTracer) throws -> Result) throws -> Result? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lab-go-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("traced.go"), program = folder.appendingPathComponent("traced").path
    try Data(source.utf8).write(to: file)
    guard (try? ChildProcess.output(of: ["go", "build", "-o", program, file.path])) != nil,
      FileManager.default.isExecutableFile(atPath: program),
      let version = try? ChildProcess.output(of: ["go", "env", "GOVERSION"])
    else { return nil }
    return try body(
      GoTracer(
        program: program, folder: folder, version: version.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  /// What it costs to record every event: each program against itself untraced, by CPU time.
  func rows() throws -> [Benchmark.Row] {
    func ratio(_ workload: String, _ size: String) throws -> PairedRatio {
      try PairedRatio.measure(
        rounds: 10,
        ["0", "1"].map { traced in
          { try BuiltProgram.numbers(of: [program, workload, size, traced], count: 2).first[0] }
        })[0]
    }
    let pairs = try (0..<5).map { _ in
      try BuiltProgram.numbers(of: [program, "regions", "200000", "1"], count: 2).first[0] / 200_000 * 1e9
    }
    let name = version
    return [
      .init(name: "traces: a goroutine for every half, by \(name)", ratio: try ratio("sort", "100000"), peer: name),
      .init(name: "traces: none below 2,048 numbers, by \(name)", ratio: try ratio("coarse", "1000000"), peer: name),
      .init(
        name: "traces: a user task and two regions, by \(name)", ratio: try ratio("fibonacci", "200000"), peer: name),
      .init(
        name: "traces: a user task with a region, by \(name)", value: pairs.min() ?? 0, unit: "ns", goal: .none,
        peer: name),
    ]
  }

  /// `traced WORKLOAD SIZE 0|1|FILE` prints the CPU time of the work in seconds, and what came of it; the trace is for
  /// nobody, or in a file.
  private static let source = """
    package main

    import (
    \t"context"
    \t"fmt"
    \t"io"
    \t"os"
    \t"runtime/trace"
    \t"strconv"
    \t"sync"
    \t"syscall"
    )

    func cpu() float64 {
    \tvar usage syscall.Rusage
    \tsyscall.Getrusage(syscall.RUSAGE_SELF, &usage)
    \treturn float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
    }

    func merge(values, scratch []int, middle int) {
    \tleft, right := 0, middle
    \tfor i := range values {
    \t\tif right == len(values) || left < middle && values[left] <= values[right] {
    \t\t\tscratch[i] = values[left]
    \t\t\tleft++
    \t\t} else {
    \t\t\tscratch[i] = values[right]
    \t\t\tright++
    \t\t}
    \t}
    \tcopy(values, scratch)
    }

    func alone(values, scratch []int) {
    \tif len(values) < 2 {
    \t\treturn
    \t}
    \tmiddle := len(values) / 2
    \talone(values[:middle], scratch[:middle])
    \talone(values[middle:], scratch[middle:])
    \tmerge(values, scratch, middle)
    }

    func sort(values, scratch []int, threshold int) {
    \tif len(values) <= threshold {
    \t\talone(values, scratch)
    \t\treturn
    \t}
    \tmiddle := len(values) / 2
    \tvar group sync.WaitGroup
    \tgroup.Add(2)
    \tgo func() {
    \t\tsort(values[:middle], scratch[:middle], threshold)
    \t\tgroup.Done()
    \t}()
    \tgo func() {
    \t\tsort(values[middle:], scratch[middle:], threshold)
    \t\tgroup.Done()
    \t}()
    \tgroup.Wait()
    \tmerge(values, scratch, middle)
    }

    func sorted(count, threshold int) int {
    \tvalues, scratch, state := make([]int, count), make([]int, count), uint64(88172645463325252)
    \tfor i := range values {
    \t\tstate ^= state << 13
    \t\tstate ^= state >> 7
    \t\tstate ^= state << 17
    \t\tvalues[i] = int(state >> 20)
    \t}
    \tsort(values, scratch, threshold)
    \treturn values[count/2]
    }

    func fibonacci(number int) int {
    \tif number < 2 {
    \t\treturn number
    \t}
    \treturn fibonacci(number-1) + fibonacci(number-2)
    }

    var store [1024]int

    func stored(count int, marked bool) int {
    \tfor place := 0; place < count; place++ {
    \t\tif !marked {
    \t\t\tstore[place&1023] = fibonacci(13 + place&1)
    \t\t\tcontinue
    \t\t}
    \t\tctx, task := trace.NewTask(context.Background(), "fibonacci")
    \t\tnumber := 0
    \t\ttrace.WithRegion(ctx, "compute", func() { number = fibonacci(13 + place&1) })
    \t\ttrace.WithRegion(ctx, "store", func() { store[place&1023] = number })
    \t\ttask.End()
    \t}
    \treturn store[0]
    }

    func regions(count int) int {
    \tfor i := 0; i < count; i++ {
    \t\tctx, task := trace.NewTask(context.Background(), "task")
    \t\ttrace.WithRegion(ctx, "region", func() {})
    \t\ttask.End()
    \t}
    \treturn count
    }

    func main() {
    \tsize, _ := strconv.Atoi(os.Args[2])
    \ttraced, out := os.Args[3] != "0", io.Discard
    \tif len(os.Args[3]) > 1 {
    \t\tfile, err := os.Create(os.Args[3])
    \t\tif err != nil {
    \t\t\tpanic(err)
    \t\t}
    \t\tout = file
    \t}
    \tif traced {
    \t\ttrace.Start(out)
    \t}
    \tstart, result := cpu(), 0
    \tswitch os.Args[1] {
    \tcase "sort":
    \t\tresult = sorted(size, 1)
    \tcase "coarse":
    \t\tresult = sorted(size, 2048)
    \tcase "fibonacci":
    \t\tresult = stored(size, traced)
    \tcase "regions":
    \t\tresult = regions(size)
    \t}
    \tused := cpu() - start
    \tif traced {
    \t\ttrace.Stop()
    \t}
    \tfmt.Println(used, result)
    }

    """
}
