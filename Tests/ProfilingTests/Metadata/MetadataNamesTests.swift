import CProfiler
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Profiling

/// The names of types are read from their records. The runtime's are the measure, where it has one.
@Suite struct MetadataNamesTests {
  private let reader = MetadataReader(memory: ReadableMemory(UnsafeBufferPointer(start: nil, count: 0)), types: .shared)

  private func record(of type: Any.Type) -> TypeMetadata {
    TypeMetadata(address: unsafeBitCast(type, to: UInt.self))
  }

  private static let types: [Any.Type] = [
    Int.self, Tree.self, Tree.Leaf.self, Nested<Int>.Inner<String>.self, Nested<Int>.Inner<[String]>.Plain.self,
    Variadic<Int, String>.self, Sized<3>.self, Choice.self, [Int?].self,
    [String: [Tree]].self, (Int, String).self, (a: Int, b: String).self, (a: Int, String).self, Void.self,
    (() -> Void).self, ((Int, inout String) throws -> Int).self, ((Int) async throws(Choice) -> Int).self,
    (@Sendable (Int) -> Void).self, (@MainActor (Int) -> Void).self, (@convention(c) (Int) -> Void).self,
    (((Int, Int)) -> Void).self, (() -> Void)?.self, Int.Type.self, (any Plain.Type).self,
    (any Plain).Type.self, Any.self, Any.Type.self, AnyObject.self, (any Plain).self, (any Plain & Bound).self,
    (any Tree & Plain).self, (any Bound).self, (any Bound)?.self, (any Error).self, (any Plain & AnyObject).self,
    (any Sendable).self, InlineArray<3, Int>.self, Unmanaged<Tree>.self, timespec.self, UnsafeMutablePointer<Int8>.self,
    AnyKeyPath.self, WritableKeyPath<Tree, Int>.self, Result<Int, any Error>.self, Slice<[Int]>.self, Data.self,
  ]

  @Test("A type is called what the runtime calls it", arguments: Self.types.indices)
  func agrees(_ index: Int) {
    let type = Self.types[index]
    #expect(reader.names.qualified(record(of: type)) == _typeName(type, qualified: true))
  }

  @Test("Types for which the runtime faults, or has a name nobody writes, have the one that is written")
  func constrainedExistentials() {
    #expect(reader.names.qualified(record(of: (any Holds<Int>).self)) == "any Holds<Swift.Int>")
    #expect(reader.names.qualified(record(of: (any Holds<Int>.Type).self)) == "any Holds<Swift.Int>.Type")
    #expect(reader.names.short(record(of: (any Holds<[String]> & Plain).self)) == "any Holds & Plain<[String]>")
    #expect(reader.names.short(record(of: (any Sequence<Int>).self)) == "any Sequence<Int>")
    #expect(reader.names.short(record(of: [any Holds<Int>.Type].self)) == "[any Holds<Int>.Type]")
  }

  @Test("A type in an extension stands in what is extended, and belongs to the module of the extension")
  func extensions() {
    #expect(reader.names.short(record(of: [Int].Count.self)) == "Array<Int>.Count")
    #expect(reader.names.short(record(of: Nested<Int>.Extra.self)) == "Nested<Int>.Extra")
    #expect(reader.names.module(of: record(of: [Int].Count.self)) == "ProfilingTests")
    #expect(reader.names.module(of: record(of: [Int].self)) == "Swift")
  }

  @Test("A private type has no other name than a public one")
  func privateTypes() { #expect(reader.names.short(record(of: Hidden.self)) == "Hidden") }

  @Test("What is no type has a name, and nothing faults")
  func nonsense() {
    var words: [UInt] = [0, 0x200, 0x201, 0x202, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x400, 7]
    words += Array(repeating: UInt.max, count: 8)
    words.withUnsafeBufferPointer { words in
      for index in words.indices {
        guard let start = words.baseAddress else { continue }
        let type = TypeMetadata(address: UInt(bitPattern: start + index))
        #expect(!reader.names.qualified(type).isEmpty)
        _ = reader.storedFields(of: type)
        _ = reader.layout(of: type)
      }
    }
    for address: UInt in [0, 8, 4096, 1 << 40, 1 << 63, UInt.max - 7] {
      #expect(reader.names.qualified(TypeMetadata(address: address)) == "?")
      #expect(reader.kind(of: TypeMetadata(address: address)) == nil)
    }
  }

  @Test("Records that were cut off or overwritten have some name, and nothing faults")
  func damagedRecords() {
    var random = SeededGenerator(seed: 1)
    for type in Self.types + [(any Holds<Int>).self] {
      let address = unsafeBitCast(type, to: UInt.self)
      var copy = [UInt](repeating: 0, count: 64)
      for word in 0..<8 {
        // The word before is the value witness table.
        for (index, from) in (-2..<16).enumerated() {
          copy[index] = reader.memory.load(UInt.self, at: address &+ UInt(bitPattern: 8 * from)) ?? 0
        }
        copy[word + 2] = word % 2 == 0 ? UInt.random(in: 0..<1 << 48, using: &random) & ~7 : copy[word + 2] ^ 8
        copy.withUnsafeBufferPointer { copy in
          guard let start = copy.baseAddress else { return }
          let fresh = MetadataReader(memory: reader.memory, types: .shared)
          let damaged = TypeMetadata(address: UInt(bitPattern: start + 2))
          #expect(!fresh.names.qualified(damaged).isEmpty)
          _ = fresh.storedFields(of: damaged)
        }
      }
    }
  }
}

private final class Hidden {}
class Tree { final class Leaf {} }
protocol Plain {}
protocol Bound: AnyObject {}
protocol Holds<Item> { associatedtype Item }
struct Nested<T> { struct Inner<U> { struct Plain {} } }
final class Variadic<each T> {}
struct Sized<let count: Int> {}
enum Choice: Error { case one }
extension Array { struct Count {} }
extension Nested where T == Int { struct Extra {} }
