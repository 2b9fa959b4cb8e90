import TestSupport
import Testing

@testable import Profiling

/// Names that are handed to the runtime, and those that must never be.
@Suite struct TypeLookupTests {
  private let reader = MetadataReader(memory: ReadableMemory(UnsafeBufferPointer(start: nil, count: 0)), types: .shared)

  private func word(_ type: Any.Type) -> UInt { unsafeBitCast(type, to: UInt.self) }

  /// Looks the name up, which is the bytes. Of a reference that is cut off at its end the rest is what follows.
  private func find(_ bytes: [UInt8], in context: NameContext = .none) -> String? {
    (bytes + Array(repeating: 0, count: 9)).withUnsafeBufferPointer { bytes in
      // Looked up afresh, for the next name may lie at the same place.
      let reader = MetadataReader(memory: reader.memory, types: .shared)
      let name = bytes.baseAddress.flatMap { MangledTypeName(at: UInt(bitPattern: $0), in: reader.memory) }
      return name.flatMap { reader.type($0, in: context) }.map(reader.names.qualified)
    }
  }

  private func find(_ name: String, in context: NameContext = .none) -> String? { find(Array(name.utf8), in: context) }

  @Test(
    "A name without parameters leads to its type",
    arguments: [
      ("Si", "Swift.Int"), ("SaySSG", "Swift.Array<Swift.String>"), ("Si_SSt", "(Swift.Int, Swift.String)"),
      ("SiSSc", "(Swift.String) -> Swift.Int"), ("s5Int16V", "Swift.Int16"), ("ypXp", "Any.Type"), ("yyc", "() -> ()"),
      ("SDySSSaySiSgGG", "Swift.Dictionary<Swift.String, Swift.Array<Swift.Optional<Swift.Int>>>"),
      ("s11InlineArrayVy$1_SiG", "Swift.InlineArray<2, Swift.Int>"), ("Bi64_", "Builtin.Int64"),
      ("yXl", "Swift.AnyObject"),
    ])
  func closedNames(_ name: String, _ type: String) { #expect(find(name) == type) }

  @Test(
    "A name with parameters that nobody has bound is not handed over",
    arguments: [
      "x", "xSg", "Sayq_G", "7ElementSTQz", "7ElementSTQzSg", "7ElementSTQy_", "xxQp_t", "q_xQp_t", "xxQp_QP", "xm",
      "s11InlineArrayVyxSiG", "qd__", "qd_0_", "x_q_t", "xq_c", "7Element_8IteratorSTQZ", "xIegr_",
      "x_px7ElementSTRts_XP",
    ])
  func unboundNames(_ name: String) {
    #expect(find(name) == nil)
    #expect(find(name, in: .closure(GenericBindings())) == nil)
    // Not in a type that has no parameters either, nor in one whose arguments cannot be read.
    let type = TypeMetadata(address: word(Leaf.self))
    guard let description = reader.description(of: type) else {
      Issue.record("no description")
      return
    }
    #expect(find(name, in: .type(description: description, arguments: type.address + 16)) == nil)
    #expect(find(name, in: .type(description: description, arguments: 0)) == nil)
  }

  @Test("Parameters stand for what a closure has captured")
  func boundNames() {
    var bindings = GenericBindings()
    bindings.bind(GenericParameter(depth: 0, index: 0), to: word([String].self), reader)
    bindings.bind(GenericParameter(depth: 1, index: 0), to: word(Int.self), reader)
    bindings.bind(GenericParameter(depth: 0, index: 2), toNumber: 3)
    let context = NameContext.closure(bindings)
    #expect(find("x", in: context) == "Swift.Array<Swift.String>")
    #expect(find("7ElementSTQzSg", in: context) == "Swift.Optional<Swift.String>")
    #expect(find("SDy7ElementSTQzqd__G", in: context) == "Swift.Dictionary<Swift.String, Swift.Int>")
    #expect(find("s11InlineArrayVyq0_qd__G", in: context) == "Swift.InlineArray<3, Swift.Int>")
    #expect(find("qd__m", in: context) == "Swift.Int.Type")
    // That one is not bound; a type is no pack.
    #expect(find("q_", in: context) == nil)
    #expect(find("x_q_t", in: context) == nil)
    #expect(find("xxQp_t", in: context) == nil)
    // Int has no elements.
    bindings.bind(GenericParameter(depth: 0, index: 0), to: word(Int.self), reader)
    #expect(find("7ElementSTQzSg", in: .closure(bindings)) == nil)
  }

  @Test("What is no type binds nothing")
  func nonsenseBindings() {
    var bindings = GenericBindings()
    for (index, word) in [0, 1, 8, 4097, 1 << 46, UInt.max, UInt.max - 7].enumerated() {
      bindings.bind(GenericParameter(depth: 0, index: index), to: word, reader)
    }
    #expect(bindings.words.isEmpty)
  }

  @Test("The parameters of a type's fields stand for its arguments")
  func fields() {
    let type = TypeMetadata(address: word(Branch<[Int], String, Bool>.self))
    let fields = reader.storedFields(of: type)
    let names = fields.map { field in field.name + ": " + (field.type.map(reader.names.qualified) ?? "?") }
    #expect(
      names == [
        "first: Swift.Optional<Swift.Int>", "rest: (Swift.String, Swift.Bool)",
        "list: Swift.Array<Swift.Array<Swift.Int>>",
      ])
  }

  @Test("References out of range, of unknown kinds or cut off lead nowhere")
  func brokenReferences() {
    for kind: UInt8 in 1...0x1f {
      for distance: [UInt8] in [
        [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0, 0, 0, 0], [4, 0, 0, 0], [1, 2, 3, 4],
      ] {
        #expect(find([kind] + distance) == nil)
        #expect(find([kind] + distance + Array("_px".utf8)) == nil)
        #expect(find(Array("Say".utf8) + [kind] + distance + Array("G".utf8)) == nil)
      }
      #expect(find([kind]) == nil)
    }
  }

  @Test("Letters without sense lead nowhere, and nothing faults")
  func nonsense() {
    var random = SeededGenerator(seed: 7)
    let words = [
      "x", "q_", "qd__", "Si", "SS", "Say", "SDy", "G", "Sg", "_", "t", "y", "c", "m", "Xp", "Qp", "QP", "7Element",
      "ST", "Qz",
      "Qy_", "s", "V", "C", "A", "Aa", "AA", "B", "s11InlineArrayVy$3_", "Bi64_", "p", "_p", "Xl", "z", "K", "Ya", "YK",
      "5Mixed", "0",
      "Sc",
      "s11InlineArrayV", "n", "h", "Qo_", "XP", "Xx", "I", "R", "l", "u", "g0_", "HC", "BV", "S", "Q", "X", "SH_",
      "Xc",
    ]
    var bindings = GenericBindings()
    bindings.bind(GenericParameter(depth: 0, index: 0), to: word([Int].self), reader)
    bindings.bind(GenericParameter(depth: 0, index: 1), to: word(String.self), reader)
    var found = 0
    for round in 0..<2_000 {
      let count = Int.random(in: 1...7, using: &random)
      let name = (0..<count).compactMap { _ in words.randomElement(using: &random) }.joined()
      if find(name, in: round % 2 == 0 ? .none : .closure(bindings)) != nil { found += 1 }
    }
    #expect(found > 10)
  }
}

final class Leaf {}
final class Branch<First: Sequence, each Rest> {
  var first: First.Element?
  var rest: (repeat each Rest)
  var list: [First] = []
  init(rest: (repeat each Rest)) { self.rest = rest }
}
