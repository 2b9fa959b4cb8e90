import Foundation
import Platform
import TestSupport
import Testing

@testable import Symbolization

/// What the cache remembers is what a symbolizer without one would say.
@Suite(.serialized) struct SymbolCacheTests {
  private let cache = SymbolCache()
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Builds a library whose function is the `number`th, all of one size.
  private func library(_ number: Int, at name: String = "library.so") throws -> String {
    let compiler = try #require(Tool("clang"), "this test needs clang")
    let source = folder.file("\(number).c")
    try "int number_\(number)(int x) { return x * \(number) + 1; }\n".write(
      toFile: source, atomically: true, encoding: .utf8)
    // Beside it, then in its place: what is mapped stays as it is.
    let new = folder.file("new.so")
    try compiler.run(["-shared", "-fPIC", "-O1", "-Wl,--build-id=none", "-o", new, source])
    #expect(rename(new, folder.file(name)) == 0)
    return folder.file(name)
  }

  private func address(of number: Int, in handle: UnsafeMutableRawPointer) throws -> UInt64 {
    let symbol = try #require(dlsym(handle, "number_\(number)"))
    return UInt64(UInt(bitPattern: symbol))
  }

  private func name(at address: UInt64) -> String? {
    var with = Symbolizer(cache: cache)
    var without = Symbolizer()
    let frames = with.symbolize([address])
    #expect(frames == without.symbolize([address]))
    return frames[0].last?.name
  }

  @Test func whatWasNamedIsNotReadAgain() throws {
    let handle = try #require(dlopen(try library(1), RTLD_NOW))
    let address = try address(of: 1, in: handle)
    #expect(name(at: address) == "number_1")
    let bytes = cache.bytes
    #expect(bytes > 0)
    #expect(name(at: address) == "number_1")
    #expect(cache.bytes == bytes)
    dlclose(handle)
    // The list of files has changed, and this one is not on it.
    #expect(name(at: address) == nil)
    #expect(cache.bytes == 0)
  }

  @Test("Another file at the address of one that is gone has names of its own")
  func anotherFileAtTheSameAddress() throws {
    var places: Set<UInt64> = []
    for number in [1, 2, 3] {
      let handle = try #require(dlopen(try library(number, at: "\(number).so"), RTLD_NOW))
      let address = try address(of: number, in: handle)
      #expect(name(at: address) == "number_\(number)")
      places.insert(address)
      dlclose(handle)
    }
    #expect(places.count < 3, "the loader gave each a place of its own")
  }

  @Test("A file replaced on disk, and loaded again at the same address under the same path, has the new names")
  func aReplacedFile() throws {
    var places: Set<UInt64> = []
    for number in [1, 2, 3] {
      let handle = try #require(dlopen(try library(number), RTLD_NOW))
      let address = try address(of: number, in: handle)
      #expect(name(at: address) == "number_\(number)")
      places.insert(address)
      dlclose(handle)
    }
    #expect(places.count < 3, "the loader gave each a place of its own")
  }

  @Test("A file replaced while it is loaded is told as it is told without a cache")
  func aFileReplacedWhileLoaded() throws {
    let handle = try #require(dlopen(try library(1), RTLD_NOW))
    defer { dlclose(handle) }
    let address = try address(of: 1, in: handle)
    #expect(name(at: address) == "number_1")
    _ = try library(2)
    _ = name(at: address)
  }

  @Test func itsSizeIsBounded() {
    let small = SymbolCache(limit: 20_000)
    let image = CachedImage(LoadedImage(path: "/a", buildID: "", base: 0, start: 0, end: 1 << 40), nil)
    func frames(_ number: Int) -> [SymbolizedFrame] { [SymbolizedFrame(name: "function number \(number) of many")] }
    for address in 0..<10_000 {
      small.add([(UInt64(address), frames(address))], of: image)
      #expect(small.bytes <= 20_000)
    }
    // What came last is there, and so is what is asked for again and again.
    #expect(small.frames(at: [9_999], of: image) == [9_999: frames(9_999)])
    #expect(small.frames(at: [0], of: image).isEmpty)
    for address in 10_000..<20_000 {
      small.add([(UInt64(address), frames(address))], of: image)
      #expect(small.frames(at: [9_999], of: image) == [9_999: frames(9_999)])
    }
    #expect(small.bytes > 5_000)
    // More than it could ever hold is not held.
    small.add([(1 << 30, [SymbolizedFrame(name: String(repeating: "x", count: 30_000))])], of: image)
    #expect(small.bytes <= 20_000)
  }

  @Test func aChildOfForkBeginsWithout() throws {
    let image = CachedImage(LoadedImage(path: "/a", buildID: "", base: 0, start: 0, end: 1 << 40), nil)
    cache.add([(1, [SymbolizedFrame(name: "f")])], of: image)
    typealias Fork = @convention(c) () -> pid_t
    let symbol = try #require(dlsym(nil, "fork"))
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 { _exit(cache.frames(at: [1], of: image).isEmpty && cache.bytes == 0 ? 7 : 8) }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    #expect(status >> 8 & 0xff == 7)
    #expect(!cache.frames(at: [1], of: image).isEmpty)
  }
}
