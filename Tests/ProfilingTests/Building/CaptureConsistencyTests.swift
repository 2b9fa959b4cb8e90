import Platform
import Symbolization
import Testing

@testable import Profiling

/// What a profile says of a place is the same whatever else is in the profile, or two captures could not be subtracted.
@Suite struct CaptureConsistencyTests {
  @Test("A function's entry does not hang on which of its parts were met")
  func functions() {
    let whole = SymbolizedFrame(name: "f()", systemName: "$s1mAAyyF", file: "m.swift", line: 5, startLine: 2)
    let closure = SymbolizedFrame(
      name: "f()", systemName: "$s1mAAyyFyycfU_", file: "m.swift", line: 7, startLine: 7, role: .closure)
    let specialized = SymbolizedFrame(name: "f()", systemName: "$s1mAAyyFTg5", file: "m.swift", line: 5, startLine: 2)
    func entries(_ frames: [SymbolizedFrame]) -> [String: [String]] {
      var tables = ProfileTables(images: [])
      var entries: [String: [String]] = [:]
      let places = frames.map { tables.location(address: UInt64($0.line) << 4, levels: [$0]) }
      for (frame, place) in zip(frames, places) {
        let function = tables.functions[tables.locations[place].lines[0].function]
        entries[frame.systemName] = [function.name, function.systemName, function.filename, "\(function.startLine)"]
      }
      return entries
    }
    let all = entries([closure, whole, specialized])
    for frames in [[closure], [whole], [specialized], [specialized, whole, closure], [closure, closure, whole]] {
      for (name, entry) in entries(frames) { #expect(entry == all[name]) }
    }
  }

  @Test("Where the program's part of a stack begins does not hang on which other stacks there are")
  func allocators() throws {
    let names = [
      "swift_retain", "swift_release", "swift_allocObject", "swift_deallocObject", "swift_slowAlloc",
      "swift_slowDealloc", "swift_bridgeObjectRetain", "swift_bridgeObjectRelease", "swift_dynamicCast",
      "swift_conformsToProtocol",
    ]
    let program = try #require(dlopen(nil, RTLD_NOW))
    defer { dlclose(program) }
    let runtime = names.map { UInt64(UInt(bitPattern: dlsym(program, $0))) + 1 }
    #expect(!runtime.contains(1))
    let function: @convention(c) () -> Int32 = consistentFunction
    let own = UInt64(UInt(bitPattern: unsafeBitCast(function, to: Int.self))) + 1
    let deep = runtime + [own], shallow = [runtime[0], own, runtime[1]], none = [own]
    var symbolizer = Symbolizer.ofProcess()
    func trimmed(_ stack: [UInt64], among stacks: [[UInt64]]) -> [UInt64] {
      Array(AllocationFrames(stacks: stacks, symbolizer: &symbolizer).trimmed(stack))
    }
    for (stack, expected) in [(deep, [own]), (shallow, [own, runtime[1]]), (none, [own]), (runtime, runtime)] {
      for others in [[], [deep], [Array(deep.suffix(3))], [shallow, none], [runtime]] {
        #expect(trimmed(stack, among: others + [stack]) == expected)
      }
    }
  }
}

/// What stands for the program's own code.
@_cdecl("consistentFunction") @inline(never)
public func consistentFunction() -> Int32 { Int32(CommandLine.arguments.count) }
