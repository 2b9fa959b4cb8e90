import Pprof
import TestSupport
import Testing

@testable import Analysis

/// Flame trees of which one frame is looked at.
struct FlameZoomTests {
  private func names(_ tree: FlameTree) -> [String] {
    tree.nodes.map { node in
      let name = node.frame.map { tree.frames[$0].name } ?? (node.hidden > 0 ? "(\(node.hidden))" : "root")
      return "\(String(repeating: " ", count: node.depth))\(name)"
    }
  }

  private func profile(_ stacks: [(String, Int64)]) -> Profile {
    var builder = ProfileBuilder("samples/count")
    for (stack, value) in stacks { builder.add(stack, value) }
    return builder.profile
  }

  @Test("what the frame calls is drawn by its own width, all else by the whole's")
  func finer() throws {
    let profile = profile([
      ("a;b", 10_000), ("a;c;x;y", 6), ("a;c;z", 4), ("a;d;x", 5), ("a;b;x", 3), ("e;x", 2_000), ("e;f", 2),
    ])
    func tree(_ zoom: String?) -> FlameTree {
      FlameTree(profile, valueIndex: 0, smallest: 0.1, zoom: zoom.flatMap { FlameFrameKey($0) })
    }
    let whole = tree(nil)
    #expect(names(whole) == ["root", " a", "  b", " e", "  x"])
    #expect(whole.zoomed == 0 && whole.isPruned)
    let zoomed = tree("c")
    #expect(names(zoomed) == ["root", " a", "  b", "  c", "   x", "    y", "   z", " e", "  x"])
    #expect(zoomed.nodes[zoomed.zoomed].width == 10 && zoomed.nodes[zoomed.zoomed].start == 10_003)
    // Of those that have the name the widest is meant; nobody's is nowhere.
    #expect(tree("x").nodes[tree("x").zoomed].width == 2_000)
    #expect(names(tree("nobody")) == names(whole) && tree("nobody").zoomed == 0)
  }

  @Test("as many frames as may be are spent on what the frame calls, a quarter more on all else")
  func limited() throws {
    let stacks = (0..<100).map { ("a;narrow;n\($0)", Int64($0 + 1)) } + (0..<100).map { ("a;w\($0)", 1_000_000) }
    func tree(_ zoom: String?) -> FlameTree {
      FlameTree(profile(stacks), valueIndex: 0, most: 20, zoom: zoom.flatMap { FlameFrameKey($0) })
    }
    func count(_ tree: FlameTree, _ prefix: String) -> Int {
      names(tree).filter { $0.split(separator: " ").last!.hasPrefix(prefix) }.count
    }
    #expect(count(tree(nil), "n") == 0)
    let zoomed = tree("narrow")
    // The frame itself is one of the twenty.
    #expect(count(zoomed, "n") == 20 && names(zoomed).contains("   n99") && !names(zoomed).contains("   n0"))
    #expect(count(zoomed, "w") <= 5)
    #expect(zoomed.isPruned)
  }

  @Test("each frame has a key of its own, which leads to it however much else is left out")
  func keys() throws {
    var random = SeededGenerator(seed: 8)
    let names = ["main", "größe(of:)", "a~deadbeef", "f", "~", "x y"]
    let stacks = (0..<300).map { number -> (String, Int64) in
      let path = (0...Int.random(in: 0...6, using: &random)).map { _ in names.randomElement(using: &random)! }
      return (path.joined(separator: ";"), Int64(1 + number * number))
    }
    let whole = FlameTree(profile(stacks), valueIndex: 0)
    #expect(!whole.isPruned)
    var met: Set<FlameFrameKey> = []
    for position in whole.nodes.indices.dropFirst() {
      let key = try #require(whole.key(of: position))
      #expect(met.insert(key).inserted)
      #expect(FlameFrameKey("\(key)") == key)
      let zoomed = FlameTree(profile(stacks), valueIndex: 0, smallest: 0.4, most: 3, zoom: key)
      let found = zoomed.path(to: zoomed.zoomed).dropFirst().compactMap { zoomed.nodes[$0].frame }
      #expect(
        found.map { zoomed.frames[$0].name }
          == whole.path(to: position).dropFirst().compactMap { whole.nodes[$0].frame }.map { whole.frames[$0].name })
    }
    #expect(whole.key(of: 0) == nil)
  }

  @Test("the hash is that of FNV-1a, names ended by a zero byte")
  func hash() {
    #expect(FlameFrameKey(path: ["main"]).map { "\($0)" } == "main~4a13d298")
    #expect(FlameFrameKey(path: ["main", "größe(of:)"]).map { "\($0)" } == "größe(of:)~b5ce312d")
    #expect(FlameFrameKey("") == nil)
    for text in ["f~4A13D298", "f~4a13d29", "f~4a13d2988", "f~4a13d29 ", "f~"] {
      #expect(FlameFrameKey(text)?.name == text && FlameFrameKey(text)?.way == nil)
    }
  }
}
