import Pprof
import TestSupport
import Testing

@testable import Analysis

@Suite struct FlameTreeTests {
  private func outline(_ tree: FlameTree) -> [String] {
    tree.nodes.map { node in
      let name = node.frame.map { tree.frames[$0].name } ?? (node.hidden > 0 ? "(\(node.hidden) more)" : "root")
      return "\(String(repeating: " ", count: node.depth))\(name) \(node.start)+\(node.width)"
    }
  }

  private func profile(_ stacks: (String, Int64)...) -> Profile {
    var builder = ProfileBuilder("samples/count")
    for (stack, value) in stacks { builder.add(stack, value) }
    return builder.profile
  }

  @Test func mergesStacksHeaviestFirst() {
    let tree = FlameTree(profile(("a;b", 1), ("a;c", 3), ("a;b;d", 1), ("a", 1), ("a;c", 1)), valueIndex: 0)
    #expect(outline(tree) == ["root 0+7", " a 0+7", "  c 0+4", "  b 4+2", "   d 4+1"])
    #expect(tree.nodes[3].own == FlameWeight(value: 1))
    #expect(tree.total == FlameWeight(value: 7))
  }

  @Test("The widest node of a function that is kept stays, with what leads to it")
  func keepsNarrowNodes() {
    let profile = profile(("a;b", 1_000), ("a;c;d", 2), ("a;e;d", 3), ("a;f", 1))
    func tree(_ kept: [Set<String>]) -> [String] {
      outline(FlameTree(profile, valueIndex: 0, smallest: 0.1, kept: kept))
    }
    #expect(tree([]) == ["root 0+1006", " a 0+1006", "  b 0+1000"])
    #expect(tree([["d", "x"]]) == ["root 0+1006", " a 0+1006", "  b 0+1000", "  e 1000+3", "   d 1000+3"])
    #expect(tree([["x"]]) == tree([]))
  }

  @Test func mergesFromTheLeaves() {
    let tree = FlameTree(profile(("a;b;x", 2), ("a;c;x", 1), ("a;b", 4)), valueIndex: 0, inverted: true)
    #expect(outline(tree) == ["root 0+7", " b 0+4", "  a 0+4", " x 4+3", "  b 4+2", "   a 4+2", "  c 6+1", "   a 6+1"])
    #expect(tree.functions.first { tree.frames[$0.frame].name == "x" }?.own.value == 3)
  }

  @Test func countsRecursionOnce() {
    let tree = FlameTree(profile(("a;b;a;b", 5), ("a", 2)), valueIndex: 0)
    let totals = tree.functions.map { "\(tree.frames[$0.frame].name) \($0.own.value) \($0.total.value)" }
    #expect(totals == ["a 2 7", "b 5 5"])
  }

  @Test func gathersWhatIsTooNarrow() {
    let tree = FlameTree(profile(("a;b", 90), ("a;c;x", 4), ("a;d", 6)), valueIndex: 0, smallest: 0.07)
    #expect(outline(tree) == ["root 0+100", " a 0+100", "  b 0+90", "  (3 more) 90+10"])
    #expect(tree.functions.count == 5)
  }

  @Test("Of more nodes than may be the widest stay")
  func limitsTheNodes() {
    let profile = profile(("a;b", 50), ("a;c;x", 30), ("a;c;y", 10), ("a;d", 7), ("a;e", 3))
    func tree(_ most: Int) -> [String] { outline(FlameTree(profile, valueIndex: 0, most: most)) }
    #expect(tree(100) == outline(FlameTree(profile, valueIndex: 0)))
    #expect(tree(4) == ["root 0+100", " a 0+100", "  b 0+50", "  c 50+40", "   (2 more) 50+40"])
    #expect(tree(5) == ["root 0+100", " a 0+100", "  b 0+50", "  c 50+40", "   x 50+30"])
  }

  @Test("Stacks merge in whatever order they come")
  func orderDoesNotMatter() {
    var random = SeededGenerator(seed: 3)
    let names = ["a", "b", "c"]
    var stacks = (0..<200).map { number -> (String, Int64) in
      let depth = Int.random(in: 1...6, using: &random)
      return (
        (0..<depth).map { _ in names.randomElement(using: &random)! }.joined(separator: ";"), Int64(1 + number % 7)
      )
    }
    func tree() -> [String] {
      var builder = ProfileBuilder("samples/count")
      for (stack, value) in stacks { builder.add(stack, value) }
      return outline(FlameTree(builder.profile, valueIndex: 0)).sorted()
    }
    let first = tree()
    for _ in 0..<5 {
      stacks.shuffle(using: &random)
      #expect(tree() == first)
    }
    // Counted by hand: each path with the sum of all stacks that begin with it.
    var sums: [String: Int64] = [:]
    for (stack, value) in stacks {
      let frames = stack.split(separator: ";")
      for depth in 1...frames.count { sums[frames[..<depth].joined(separator: ";"), default: 0] += value }
    }
    #expect(first.count == sums.count + 1)
    let widths = first.map { $0.split(separator: "+").last.flatMap { Int64($0) } ?? 0 }.sorted()
    #expect(widths == (Array(sums.values) + [stacks.reduce(0) { $0 + $1.1 }]).sorted())
  }

  @Test func laysDifferencesOutSoThatChildrenFit() {
    let tree = FlameTree(profile(("a;b", 6), ("a;c", 1)), baseline: profile(("a;b", 2), ("a;d", 5)), valueIndex: 0)
    #expect(tree.isDifference)
    #expect(outline(tree) == ["root 0+12", " a 0+12", "  b 0+6", "  d 6+5", "  c 11+1"])
    #expect(tree.nodes[1].total == FlameWeight(value: 7, base: 7))
    #expect(tree.nodes[3].total.change == -5)
  }

  @Test func readsNegativeValuesAsTheBase() {
    let tree = FlameTree(profile(("a;b", -3), ("a;c", 2), ("a;x", .min)), valueIndex: 0)
    #expect(tree.isDifference)
    #expect(tree.nodes.contains { $0.total == FlameWeight(base: 3) })
    #expect(tree.total.base == .max)
  }

  @Test("The widest frame of a name, the way to it, and all below it")
  func findsFrames() throws {
    let tree = FlameTree(profile(("a;x;b", 1), ("a;c;x;y", 3), ("a;c;x", 1), ("a;d", 2)), valueIndex: 0)
    let x = try #require(tree.widestNode { $0 == "x" })
    #expect(tree.path(to: x).compactMap { tree.nodes[$0].frame.map { tree.frames[$0].name } } == ["a", "c", "x"])
    #expect(tree.below(x).compactMap { tree.nodes[$0].frame.map { tree.frames[$0].name } } == ["y"])
    #expect(tree.below(0) == 1..<tree.nodes.count && tree.widestNode { $0 == "z" } == nil)
  }

  @Test func survivesPositionsThatPointNowhere() {
    var broken = profile(("a;b", 1))
    broken.samples[0].locations.append(99)
    broken.samples.append(Sample(locations: [0], values: []))
    broken.locations[0].mapping = 7
    broken.locations[1].lines[0].function = -1
    let tree = FlameTree(broken, valueIndex: 0)
    #expect(tree.total.value == 1)
  }

  @Test func isEmptyForAnEmptyProfile() {
    let tree = FlameTree(Profile(), valueIndex: 0)
    #expect(outline(tree) == ["root 0+0"])
  }

  @Test func drawsTenThousandDeep() {
    let tree = FlameTree(profile((Array(repeating: "f", count: 10_000).joined(separator: ";"), 1)), valueIndex: 0)
    #expect(tree.depth == 10_000)
    #expect(tree.functions.map(\.total.value) == [1])
  }

  @Test(arguments: [
    ("$s5kafka8ConsumerC4poll7timeoutySi_tYaKFTY0_", true), ("$s4main5fetchyyYaF", true),
    ("$s4main5fetchyyYaKF", true), ("$s4main3runyyFyyYacfU_", true), ("$s4main3runyyF", false),
    ("$s4main3runyyyyYacF", false), ("$s4main5YacFsyyF", false), ("malloc", false), ("", false), ("$s_", false),
  ]) func knowsAsyncFunctions(name: String, isAsync: Bool) {
    #expect(FlameFrame.isAsync(mangledName: name) == isAsync)
  }

  @Test(arguments: [
    ("malloc", "/lib/x86_64-linux-gnu/libc.so.6", FrameOrigin.system), ("f", "/usr/lib/libswiftCore.so", .runtime),
    ("f", "/opt/libFoundationEssentials.so", .foundation), ("f", "/opt/libdispatch.so", .foundation),
    ("f", "/app/libmine.so", .app), ("f", "/app/liberty", .app), ("f", "[kernel.kallsyms]", .kernel),
    ("f", "[vdso]", .system), ("swift_retain", "/app/static", .runtime), ("malloc", "/app/static", .system),
    ("mallocate", "/app/static", .app), ("f", "/lib64/ld-linux-x86-64.so.2", .system),
  ]) func knowsWhoseCodeItIs(name: String, file: String, origin: FrameOrigin) {
    #expect(FrameOrigin(function: Function(id: 1, name: name), mapping: Mapping(id: 1, file: file)) == origin)
  }

  @Test(arguments: [
    ("$sSa6appendyyxnF", FrameOrigin.runtime), ("$ss17_NativeDictionaryV", .runtime),
    ("$s10Foundation4DateV", .foundation),
    ("$s5kafka3runyyF", .app), ("$s15Synchronization5MutexV", .runtime), ("$sSo8NSObjectC4mainE", .app),
  ]) func knowsModulesInAStaticBinary(mangled: String, origin: FrameOrigin) {
    let function = Function(id: 1, name: "f", systemName: mangled)
    #expect(FrameOrigin(function: function, mapping: Mapping(id: 1, file: "/bin/app")) == origin)
  }
}
