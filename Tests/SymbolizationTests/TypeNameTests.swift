import Testing

@testable import Symbolization

@Suite struct TypeNameTests {
  final class Node {}
  private struct Hidden {}

  @Test(arguments: [
    ("SaySiG", "[Int]"), ("$sSaySiG", "[Int]"), ("SDySSSiG", "[String : Int]"), ("SiSg", "Int?"),
    ("4main6HeaderV", "Header"), ("4main5OuterV5InnerC", "Outer.Inner"), ("4main5CacheCySSG", "Cache<String>"),
    ("s23_ContiguousArrayStorageCy4main6HeaderVG", "Array storage of Header"),
    ("s18_DictionaryStorageCySS4main6HeaderVG", "Dictionary storage of String, Header"),
    ("s11_SetStorageCySaySiGG", "Set storage of [Int]"), ("s15__StringStorageC", "String storage"),
    ("", ""), ("no type at all", "no type at all"),
  ])
  func readsMangledTypes(mangled: String, name: String) {
    #expect(TypeName.spoken(TypeName.demangled(mangled)) == name)
  }

  @Test(arguments: [
    ("Swift.Int", "Int"), ("main.Outer.Inner", "Outer.Inner"), ("main.Cache<Swift.String>", "Cache<String>"),
    ("main.(unknown context at $55d0c1).Local", "Local"),
    ("Swift._DictionaryStorage<Swift.String, Swift.Array<main.Node>>", "Dictionary storage of String, [Node]"),
    ("Swift._ContiguousArrayStorage<(Swift.Int) -> Swift.Bool>", "Array storage of (Int) -> Bool"),
    ("Plain", "Plain"), ("", ""),
  ])
  func readsQualifiedTypes(qualified: String, name: String) {
    #expect(TypeName.spoken(TypeName.short(qualified)) == name)
  }

  /// What this process' own runtime says of types that exist.
  @Test func readsLiveTypes() throws {
    #expect(TypeName.short(String(reflecting: Node.self)) == "TypeNameTests.Node")
    #expect(TypeName.short(String(reflecting: Hidden.self)) == "TypeNameTests.Hidden")
    #expect(TypeName.short(String(reflecting: [Node].self)) == "[TypeNameTests.Node]")
    let mangled = try #require(_mangledTypeName(Node.self))
    #expect(TypeName.demangled(mangled) == "TypeNameTests.Node")
  }
}
