import Patterns
import Pprof
import TestSupport
import Testing

@testable import Analysis

struct CallGraphTests {
  @Test("a place and a call count once a sample, however often they recur")
  func recursion() throws {
    let graph = try graph(["main;walk;walk;visit;walk": 10, "main;walk": 5])
    #expect(graph.summary == ["walk 15 15", "main 0 15", "visit 0 10"])
    #expect(graph.calls == ["main->walk 15", "visit->walk 10", "walk->visit 10"])
  }

  @Test("calls through places that are left out become residual")
  func residualEdges() throws {
    var options = ReportOptions()
    options.nodeFraction = 0.2
    let graph = try graph(["main;a;rare;leaf": 1, "main;b;leaf": 4, "main;b": 20, "main;a": 20], options: options)
    #expect(graph.shownNodes.map(\.name) == ["a", "b", "main"])
    #expect(graph.calls == ["main->b 24", "main->a 21"])
    options.nodeFraction = 0
    options.nodeCount = 2
    let few = try self.graph(["main;a;hot": 9, "main;a;b;hot": 3], options: options)
    #expect(few.shownNodes.map(\.name) == ["hot", "a"])
    #expect(few.edges.map(\.isResidual) == [true])
    #expect(few.calls == ["a->hot 12"])
  }

  @Test("places alone cost what they cost in the graph of all calls")
  func places() throws {
    let source = try Report(.decoder, kind: .text).graphSource()
    let (places, graph) = (CallGraph(placesOf: source), CallGraph(graphOf: source))
    #expect(places.summary == graph.summary && !places.summary.isEmpty)
    #expect(places.edges.isEmpty)
  }

  @Test("a chain of places that are left out of a tree is one residual call, inlined if all of it was")
  func trimmedChain() throws {
    var builder = ProfileBuilder("task/count")
    builder.add([["main"], ["a", "b", "c", "d"]], values: [3])
    builder.add([["main"], ["a", "b"], ["e"]], values: [2])
    builder.add("gone;f", 1)
    var graph = CallGraph(treeOf: try Report(builder.profile, kind: .dot).graphSource())
    let names = graph.nodes.map(\.name)
    graph.trimTree { ["main", "d", "e", "f"].contains(names[$0]) }
    graph.settleEdges()
    #expect(graph.calls == ["main->d 3", "main->e 2"])
    #expect(graph.edges.map(\.isResidual) == [true, true])
    #expect(graph.edges.map(\.isInline) == [false, false])
    graph = CallGraph(treeOf: try Report(builder.profile, kind: .dot).graphSource())
    graph.trimTree { ["a", "d"].contains(names[$0]) }
    graph.settleEdges()
    #expect(graph.calls == ["a->d 3"])
    #expect(graph.edges.map(\.isInline) == [true])
  }

  @Test("names rank by their bytes; equal ones alike")
  func nameRanks() throws {
    var builder = ProfileBuilder("task/count")
    builder.add("b;a;é;z;B", 1)
    builder.add("a@other.swift:1;b@other.swift:1", 1)
    let graph = CallGraph(graphOf: try Report(builder.profile, kind: .text).graphSource())
    let ranked = Dictionary(grouping: zip(graph.nodes.map(\.name), graph.nameRanks()), by: \.1)
    let names = ranked.sorted { $0.key < $1.key }.map { $0.value[0].0 }
    #expect(names == ["B", "a", "b", "z", "é"])
    #expect(ranked.values.allSatisfy { Set($0.map(\.0)).count == 1 })
  }

  @Test("a leaf that is left out gives its value to nobody")
  func flatOfALeafThatIsLeftOut() throws {
    var options = ReportOptions()
    options.nodeFraction = 0.2
    let graph = try graph(["main;cold": 1, "main": 9], options: options)
    #expect(graph.summary == ["main 9 10"])
  }

  @Test("in a tree each way to a place is a node of its own")
  func tree() throws {
    var options = ReportOptions()
    options.callTree = true
    let graph = try graph(["main;a;leaf": 3, "main;b;leaf": 2], kind: .dot, options: options)
    #expect(graph.summary.sorted() == ["a 0 3", "b 0 2", "leaf 2 2", "leaf 3 3", "main 0 5"])
    #expect(graph.calls == ["a->leaf 3", "main->a 3", "b->leaf 2", "main->b 2"])
  }

  @Test("what is left out of a tree ties its callees to its callers")
  func trimmedTree() throws {
    var builder = ProfileBuilder("task/count")
    builder.add("main;a;b;leaf", 3)
    builder.add("main;c", 5)
    let report = try Report(builder.profile, kind: .dot)
    var graph = CallGraph(treeOf: report.graphSource())
    var names = graph.nodes.map(\.name)
    graph.trimTree { ["main", "leaf", "c"].contains(names[$0]) }
    graph.settleEdges()
    #expect(graph.calls == ["main->c 5", "main->leaf 3"])
    #expect(graph.edges.map(\.isResidual) == [false, true])
    names = graph.nodes.map(\.name)
    graph.trimTree { names[$0] != "main" }
    graph.settleEdges()
    #expect(graph.calls.isEmpty)
  }

  @Test("a drawing drops a residual edge if its ends are connected otherwise")
  func redundantEdges() throws {
    var options = ReportOptions()
    options.nodeFraction = 0.3
    let profile: KeyValuePairs<String, Int64> = ["main;a;leaf": 10, "main;a;rare;leaf": 1, "main;rare;leaf": 1]
    #expect(try graph(profile, kind: .tree, options: options).calls == ["a->leaf 11", "main->a 11", "main->leaf 1"])
    #expect(try graph(profile, kind: .dot, options: options).calls == ["a->leaf 11", "main->a 11"])
  }

  @Test("a drawing prefers nodes that tell more than what they pass on")
  func entropyOrder() throws {
    let graph = try graph(["main;pass;split;a": 10, "main;pass;split;b": 10], kind: .dot)
    #expect(graph.shownNodes.map(\.name) == ["a", "b", "main", "split", "pass"])
  }

  @Test("in a drawing boxes for labels count as nodes")
  func labelsCount() throws {
    var builder = ProfileBuilder("task/count")
    for client in ["a", "b", "c", "d", "e", "f"] { builder.add("main;hot", 10, labels: ["client": [client]]) }
    builder.add("main;cold", 1)
    var options = ReportOptions()
    options.nodeFraction = 0
    options.nodeCount = 6
    let drawing = try Report(builder.profile, kind: .dot, options: options).shownGraph()
    #expect(drawing.nodes.map(\.name) == ["hot", "main"])
    #expect(drawing.nodes[0].nodelets.map(\.label) == ["client:a", "client:b", "client:c", "client:d"])
  }

  @Test("negative nodes go if asked for, but calls to them stay")
  func negativeNodes() throws {
    var options = ReportOptions()
    options.dropNegative = true
    let graph = try graph(["main;less": -3, "main;more": 9], kind: .tree, options: options)
    #expect(graph.summary == ["more 9 9", "main 0 6"])
    #expect(graph.calls == ["main->more 9", "main->less -3"])
    #expect(graph.edges[1].destination >= graph.shownCount)
  }

  @Test("means divide by the first value")
  func means() throws {
    var builder = ProfileBuilder("contentions/count", "delay/nanoseconds")
    builder.add("main;lock", 3, 10)
    builder.add("main;lock", 1, 30)
    builder.add("main;idle", 0, 0)
    var options = ReportOptions()
    options.mean = true
    options.trim = false
    let report = try Report(builder.profile, kind: .text, options: options)
    #expect(report.total == 10)
    #expect(report.sampleType == "mean_delay")
    #expect(report.trimmedGraph().graph.summary == ["lock 10 10", "main 0 10"])
  }

  @Test("sums wrap instead of trapping", arguments: ReportKind.allCases)
  func extremeValues(_ kind: ReportKind) throws {
    var profile = Profile.full
    profile.samples += profile.samples
    for sample in profile.samples.indices where sample % 2 == 0 { profile.samples[sample].values = [-1, .max] }
    profile.locations[0].lines[0].line = .max
    profile.locations[1].lines[0].line = .min
    var options = ReportOptions()
    for isMean in [false, true] {
      options.mean = isMean
      options.divideBy = isMean ? 1 : 1e-9
      let report = try Report(profile, kind: kind, options: options)
      #expect(!report.shownGraph().nodes.isEmpty)
      #expect(!report.topTable().rows.isEmpty)
      #expect(!report.callTable().rows.isEmpty)
      #expect(!report.tagTable().keys.isEmpty)
      #expect(report.costGraph().calleeNames.count >= report.trimmedGraph().graph.shownCount)
      #expect(report.topProfile().samples.count == report.trimmedGraph().graph.shownCount)
      #expect(report.filteredProfile().samples.count == profile.samples.count)
      let listing = report.sourceListing(matching: try Pattern("."), reader: SourceReader(searchPath: "/nonexistent"))
      #expect(!listing.functions.isEmpty)
    }
  }

  private func graph(
    _ stacks: KeyValuePairs<String, Int64>, kind: ReportKind = .text, options: ReportOptions = ReportOptions()
  ) throws -> CallGraph {
    var builder = ProfileBuilder("task/count")
    for (stack, value) in stacks { builder.add(stack, value) }
    return try Report(builder.profile, kind: kind, options: options).trimmedGraph().graph
  }
}

extension CallGraph {
  /// The shown nodes as `name flat cum`.
  fileprivate var summary: [String] { shownNodes.map { "\($0.name) \($0.flat) \($0.cum)" } }

  /// The edges as `caller->callee weight`.
  fileprivate var calls: [String] {
    edges.map { "\(nodes[$0.source].name)->\(nodes[$0.destination].name) \($0.weight)" }
  }
}
