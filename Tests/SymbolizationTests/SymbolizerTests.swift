import Platform
import TestSupport
import Testing

@testable import Symbolization

/// Symbols of the process that runs the tests.
@Suite struct SymbolizerTests {
  @Test func listsTheProgramFirst() {
    let images = LoadedImage.all()
    #expect(images.first?.isMainProgram == true)
    #expect(images.first?.path.hasPrefix("/") == true)
    #expect(images.dropFirst().allSatisfy { !$0.isMainProgram })
    #expect(images.contains { $0.path.hasSuffix("libswiftCore.so") && $0.buildID.count == 40 })
  }

  @Test func leavesUnknownAddressesUnresolved() {
    var symbolizer = Symbolizer()
    #expect(symbolizer.symbolize([0, 1, .max]).map(\.count) == [0, 0, 0])
    #expect(symbolizer.symbolize([]).isEmpty)
    #expect(symbolizer.image(at: 0) == nil)
  }

  /// The stack of this very call, from inside an inlined function or not.
  @Test func namesItsOwnStack() throws {
    let stack = Recorder(depth: 2).record(from: "here")
    var symbolizer = Symbolizer()
    let frames = symbolizer.symbolize(stack.map { $0 - 1 }).flatMap { $0 }
    let record = try #require(frames.first { $0.name == "Recorder.record(from:)" })
    #expect(record.file == #filePath)
    #expect(record.startLine == Recorder.recordLine)
    #expect(record.line == Recorder.recordLine + 2)
    #expect(record.origin == .app)
    #expect(symbolizer.images[record.image].isMainProgram)
    #expect(frames.contains { $0.name == "SymbolizerTests.namesItsOwnStack()" })
    #expect(symbolizer.problems.isEmpty)
  }

  @Test(arguments: [
    ("qsort", "libc.so.6", CodeOrigin.system), ("swift_retain", "libswiftCore.so", .swiftRuntime),
    ("dispatch_async", "libdispatch.so", .system),
  ])
  func namesLibraryFunctions(function: String, library: String, origin: CodeOrigin) throws {
    let address = UInt64(UInt(bitPattern: try #require(dlsym(nil, function), "\(function)")))
    var symbolizer = Symbolizer()
    // Asked twice in one list and once more: the same answer.
    let found = symbolizer.symbolize([address, address + 1, address]) + symbolizer.symbolize([address])
    let frame = try #require(found[0].last)
    #expect(symbolizer.images[frame.image].path.hasSuffix(library))
    #expect(frame.name == function || frame.systemName.contains(function))
    #expect(frame.origin == origin)
    #expect(found[2] == found[0] && found[3] == found[0] && found[1].last?.name == frame.name)
  }

  /// The kernel's own image has no file.
  @Test func namesFunctionsOfTheKernelsImage() throws {
    var symbolizer = Symbolizer()
    let image = try #require(symbolizer.images.first { $0.path.hasPrefix("linux-vdso") })
    let frames = symbolizer.symbolize(Array(stride(from: image.start, to: image.end, by: 16))).flatMap { $0 }
    #expect(frames.contains { ["clock_gettime", "__vdso_clock_gettime", "__kernel_clock_gettime"].contains($0.name) })
    #expect(frames.allSatisfy { $0.origin == .system })
  }

  /// Where it lay there something else lies here, or nothing. The other's program is no more this one than its kernel is.
  @Test func readsNothingOfThisProcessForAnother() throws {
    let kernel = LoadedImage(path: "linux-vdso.so.1", buildID: "", base: 0x1000, start: 0x1000, end: 0x3000)
    let own = try #require(LoadedImage.all().first)
    let program = LoadedImage(
      path: "/nowhere/program", buildID: own.buildID, base: own.base, start: own.start, end: own.end,
      isMainProgram: true)
    var symbolizer = Symbolizer(images: [kernel, program])
    #expect(symbolizer.symbolize([0x1800, own.start + 16]) == [[], []])
    #expect(symbolizer.problems.map(\.path) == ["linux-vdso.so.1", "/nowhere/program"])
  }

  @Test func saysWhichFilesItCannotRead() {
    let text = LoadedImage(path: #filePath, buildID: "", base: 0, start: 0x1000, end: 0x2000)
    let missing = LoadedImage(path: "/nowhere/libnone.so", buildID: "", base: 0, start: 0x3000, end: 0x4000)
    var symbolizer = Symbolizer(images: [text, missing])
    #expect(symbolizer.symbolize([0x1800, 0x3800, 0x1801]) == [[], [], []])
    #expect(
      symbolizer.problems == [
        SymbolizationError(path: #filePath, reason: .malformed("is not a 64-bit little-endian ELF file")),
        SymbolizationError(path: "/nowhere/libnone.so", reason: .unreadable(code: ENOENT)),
      ])
    #expect(symbolizer.problems.allSatisfy { problem in problem.description.hasPrefix(problem.path) })
  }
}

/// Takes its own stack, a few calls deep.
private struct Recorder {
  var depth: Int

  static let recordLine = #line + 2
  @inline(never)
  func record(from label: String) -> [UInt64] {
    var stack = depth == 0 ? [] : Recorder(depth: depth - 1).record(from: label)
    if depth == 0 { stack = Self.returnAddresses() }
    return label.isEmpty ? [] : stack
  }

  @inline(never)
  static func returnAddresses() -> [UInt64] {
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 64) { frames in
      frames.initialize(repeating: nil)
      // glibc's function, which its Swift module does not show.
      typealias Backtrace = @convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32
      guard let start = frames.baseAddress, let function = dlsym(nil, "backtrace") else { return [] }
      let count = Int(unsafeBitCast(function, to: Backtrace.self)(start, 64))
      return frames.prefix(count).compactMap { $0.map { UInt64(UInt(bitPattern: $0)) } }
    }
  }
}
