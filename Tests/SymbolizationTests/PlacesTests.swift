import Testing
import TestSupport

@testable import Symbolization

/// Addresses of a program whose functions, files and lines are known.
@Suite(.enabled(if: FixtureProgram.isPossible, "needs swiftc, clang and strip in PATH"))
struct PlacesTests {
  private struct Place: Hashable {
    var name: String
    var file: String
    var line: Int
    var startLine: Int
    var role = FunctionRole.function

    init(_ name: String, _ file: String, _ line: Int, from startLine: Int, _ role: FunctionRole = .function) {
      self.name = name
      self.file = "/fixture/\(file).swift"
      self.line = line
      self.startLine = startLine
      self.role = role
    }

    init(_ frame: SymbolizedFrame) {
      name = frame.name
      file = frame.file
      line = frame.line
      startLine = frame.startLine
      role = frame.role
    }
  }

  /// Where each label of the program stands.
  private static let truth: [String: Place] = [
    "static": Place("Store.make(from:)", "Store", 122, from: 122),
    "init": Place("Store.init(_:)", "Store", 113, from: 111),
    "inlined": Place("inner(_:)", "Inner", 11, from: 10),
    "closure": Place("Store.run(count:)", "Store", 108, from: 107, .closure),
    "getter": Place("Store.size.getter", "Store", 116, from: 116),
    "setter": Place("Store.size.setter", "Store", 117, from: 117),
    "subscript": Place("Store.subscript.getter", "Store", 120, from: 120),
    "operator": Place("Store.<(_:_:)", "Store", 123, from: 123),
    "first of two": Place("closure #1 in Store.pair()", "Store", 125, from: 125, .closure),
    "second of two": Place("closure #2 in Store.pair()", "Store", 126, from: 126, .closure),
    "nested": Place("Node.Header.parse(_:at:)", "Node", 202, from: 202),
    "private": Place("Node.secret(value:)", "Node", 204, from: 204),
    "deinit": Place("Node.deinit", "Node", 206, from: 206),
    "witness": Place("Square.area(scale:)", "Node", 210, from: 210),
    "extension": Place("Array.total(of:)", "Node", 214, from: 214),
    "local": Place("local(depth:) in outer()", "Node", 217, from: 217),
    "async entry": Place("Loader.fetch(_:)", "Loader", 302, from: 301, .asyncFunclet),
    "async resumed": Place("Loader.fetch(_:)", "Loader", 304, from: 301, .asyncFunclet),
    "main": Place("Main.main()", "Main", 414, from: 401, .asyncFunclet),
  ]

  @Test(arguments: FixtureProgram.Build.allCases)
  func findsEveryPlace(build: FixtureProgram.Build) throws {
    let program = try FixtureProgram(build)
    #expect(Set(program.addresses.keys) == Set(Self.truth.keys).union(["c inlined"]))
    let labels = program.addresses.keys.sorted()
    let found = FixtureProgram.symbolize(labels.map { program.addresses[$0] ?? 0 }, in: program.path)
    for (label, frames) in zip(labels, found) {
      let innermost = try #require(frames.first, "\(label)")
      if label == "c inlined" { continue }
      #expect(Place(innermost) == Self.truth[label], "\(label)")
      #expect(innermost.isInlined == (frames.count > 1), "\(label)")
      #expect(frames.last?.isInlined == false, "\(label)")
      #expect(innermost.origin == .app, "\(label)")
    }
  }

  /// Each level of an inlined call stands on the line of its call.
  @Test(arguments: [FixtureProgram.Build.release, .staticRelease])
  func findsInlinedCalls(build: FixtureProgram.Build) throws {
    let program = try FixtureProgram(build)
    let address = try #require(program.addresses["inlined"])
    let frames = FixtureProgram.symbolize([address], in: program.path)[0]
    #expect(
      frames.map(Place.init) == [
        Place("inner(_:)", "Inner", 11, from: 10), Place("middle(_:)", "Inner", 14, from: 13),
        Place("Store.load(from:)", "Store", 103, from: 102),
      ])
    #expect(frames.map(\.isInlined) == [true, true, false])
  }

  /// C has DWARF 5, with its own tables of files, strings, addresses and ranges.
  @Test func readsDwarf5() throws {
    let program = try FixtureProgram(.debug)
    let address = try #require(program.addresses["c inlined"])
    let frames = FixtureProgram.symbolize([address], in: program.path)[0]
    #expect(frames.map(\.name) == ["fixture_inner", "fixture_outer"])
    #expect(frames.map(\.file) == ["/fixture/here.c", "/fixture/here.c"])
    #expect(frames.map(\.line) == [502, 507])
    #expect(frames.map(\.startLine) == [500, 505])
    #expect(frames.map(\.role) == [.foreign, .foreign])
  }

  /// The deallocating part of a deinitializer is a wrapping of the rest, inlined into it or not.
  @Test func foldsDeinitializers() throws {
    let program = try FixtureProgram(.release)
    let address = try #require(program.addresses["deinit"])
    let frames = FixtureProgram.symbolize([address], in: program.path)[0]
    #expect(frames.filter { $0.name == "Node.deinit" && $0.role != .thunk }.count == 1)
  }

  /// In a static build the name says that a function is the standard library's.
  @Test func tellsOriginsInStaticBuilds() throws {
    let program = try FixtureProgram(.staticRelease)
    let elf = try ElfFile(MappedFile(path: program.path))
    let table = try #require(SymbolTable(elf, full: true))
    let origins: [(String, CodeOrigin)] = [
      ("swift_retain", .swiftRuntime), ("$sSS6appendyySSF", .swiftRuntime), ("$s6Places5outeryyF", .app),
    ]
    let addresses = try origins.map { try #require(table.value(of: $0.0), "\($0.0)") }
    var symbolizer = Symbolizer(images: [
      LoadedImage(path: program.path, buildID: "", base: 0, start: 0, end: .max, isMainProgram: false)
    ])
    for (frames, (name, origin)) in zip(symbolizer.symbolize(addresses), origins) {
      #expect(frames.last?.systemName == name)
      #expect(frames.last?.origin == origin, "\(name)")
    }
  }

  /// The stub that calls a function of another file is named for that function.
  @Test func namesStubs() throws {
    let program = try FixtureProgram(.debug)
    let elf = try ElfFile(MappedFile(path: program.path))
    let stubs = try #require(elf.sections.first { $0.name == ".plt" })
    let addresses = stride(from: stubs.address, to: stubs.address + UInt64(stubs.bytes.count), by: 16).map { $0 + 6 }
    let found = FixtureProgram.symbolize(addresses, in: program.path)
    // The first entry is the common part of all others.
    #expect(found.first?.isEmpty == true)
    #expect(found.dropFirst().allSatisfy { $0.count == 1 && $0[0].role == .thunk })
    #expect(found.contains { $0.first?.name == "printf" && $0.first?.systemName == "printf@plt" })
  }

  /// Symbols of a file that was built anew since it was loaded would be wrong.
  @Test func refusesReplacedFiles() throws {
    let program = try FixtureProgram(.debug)
    let address = try #require(program.addresses["main"])
    var image = LoadedImage.unloaded(program.path)
    let elf = try ElfFile(MappedFile(path: program.path))
    image.buildID = try #require(elf.buildID)
    var same = Symbolizer(images: [image])
    #expect(same.symbolize([address])[0].isEmpty == false)
    image.buildID = String(image.buildID.reversed())
    var other = Symbolizer(images: [image])
    #expect(other.symbolize([address]) == [[]])
    #expect(other.problems == [SymbolizationError(path: program.path, reason: .replaced)])
  }

  /// A stripped program has poorer names, or none, but no wrong ones.
  @Test(arguments: [FixtureProgram.Build.debug, .staticRelease])
  func namesNothingWrongWhenStripped(build: FixtureProgram.Build) throws {
    let program = try FixtureProgram(build)
    let elf = try ElfFile(MappedFile(path: program.path))
    let text = try #require(elf.sections.first { $0.name == ".text" })
    let step = UInt64(max(text.bytes.count / 5000, 16))
    let addresses = Array(stride(from: text.address, to: text.address + UInt64(text.bytes.count), by: Int(step)))
    let full = FixtureProgram.symbolize(addresses, in: program.path)
    let poor = FixtureProgram.symbolize(addresses, in: try program.stripped())
    #expect(full.filter { !$0.isEmpty }.count > addresses.count / 2)
    for (full, poor) in zip(full, poor) where !poor.isEmpty {
      #expect(poor.count == 1)
      #expect(poor[0].line == 0 && poor[0].file.isEmpty)
      // An exported alias of the same function is no wrong name.
      #expect(full.last?.name == poor[0].name || full.isEmpty == false && Self.areAliases(full, poor, elf))
    }
  }

  private static func areAliases(_ full: [SymbolizedFrame], _ poor: [SymbolizedFrame], _ elf: ElfFile) -> Bool {
    guard let table = SymbolTable(elf, full: true), let mine = full.last, let other = poor.last else { return false }
    return table.value(of: mine.systemName) == table.value(of: other.systemName)
  }
}
