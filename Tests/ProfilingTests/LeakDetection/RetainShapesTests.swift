import Leaks
import TestSupport
import Testing

/// Leaks of known shapes beside live objects that look like leaks: all of the ones, none of the others.
@Suite(.heapProfiler) struct RetainShapesTests {
  @Test(
    "Every planted object is reported, with its path, and nothing else",
    .enabled(if: PlantedShapes.compiler != nil, "needs swiftc to build the optimized program"),
    arguments: PlantedShapes.Build.allCases)
  func findsEveryShapeAndNothingElse(_ build: PlantedShapes.Build) throws {
    let (truth, report) = try PlantedShapes(build).run(count: 20)
    let nodes = report.cycles.flatMap(\.nodes) + report.lost.map(\.node)
    let paths = Set(report.cycles.flatMap { cycle in cycle.loops.map(cycle.path(of:)) })
    #expect(truth.shapes.count >= 70)
    for shape in truth.shapes {
      for (type, count) in shape.types {
        let found = nodes.filter { $0.name == type }.reduce(0) { $0 + $1.count }
        #expect(found == count, "\(shape.name): \(type)")
      }
      if let path = shape.path { #expect(paths.contains(path), "\(shape.name): \(path)") }
    }
    // Every cycle and every lost block belongs to a shape; the types of what must not be found begin with "Kept".
    let types = Set(truth.shapes.flatMap(\.types.keys))
    for cycle in report.cycles { #expect(cycle.nodes.contains { types.contains($0.name) }, "\(cycle.path)") }
    for lost in report.lost { #expect(types.contains(lost.node.name), "\(lost.node.name)") }
    #expect(!nodes.contains { $0.name.hasPrefix("Kept") })
  }

  @Test("A cycle through an unowned reference is none: the extra retain is what leaks")
  func unownedIsNoCycle() throws {
    let report = try PlantedShapes(.debug).run(count: 3).report
    #expect(!report.cycles.contains { cycle in cycle.nodes.contains { $0.name == "Master" } })
    let master = try #require(report.lost.first { $0.node.name == "Master" })
    #expect(master.node.count == 3)
    #expect(master.kept == KeptBlocks(blocks: 3, bytes: 72))
  }

  @Test("What a smaller value left behind in an existential is no reference")
  func leftOverWords() throws {
    let report = try PlantedShapes(.debug).run(count: 2).report
    let inn = try #require(report.cycles.first { $0.path.contains("Tenant") })
    #expect(inn.loops.map(inn.path(of:)) == ["Inn.content.tenant → Tenant.inn → Inn"])
  }

  @Test("An object's identity does not keep it")
  func identity() throws {
    let report = try PlantedShapes(.debug).run(count: 2).report
    let registrar = try #require(report.cycles.first { $0.path.contains("Registrar") })
    #expect(registrar.loops.count == 1)
  }

  @Test("What a cycle keeps alive is counted with it")
  func keptBlocks() throws {
    let report = try PlantedShapes(.debug).run(count: 5).report
    let counter = try #require(report.cycles.first { $0.path.hasPrefix("Counter.action") })
    // The other captured variable, an Int in a box of its own.
    #expect(counter.kept == KeptBlocks(blocks: 5, bytes: 120))
    let accounted =
      report.cycles.reduce(0) { $0 + $1.blocks + $1.kept.blocks }
      + report.lost.reduce(0) { $0 + $1.node.count + $1.kept.blocks }
    #expect(accounted == report.scan.leakedBlocks)
  }

  @Test("The report says where objects were made and where to cut")
  func placesAndCuts() throws {
    let report = try PlantedShapes(.debug).run(count: 2).report
    let pipeline = try #require(report.cycles.first { $0.path.hasPrefix("Pipeline.stages") })
    let object = try #require(pipeline.nodes.first { $0.name == "Pipeline" })
    #expect(object.allocation.first?.function == "Pipeline.init()")
    #expect(object.allocation.first?.file.hasSuffix("ClosureShapes.swift") == true)
    let advice = pipeline.loops.compactMap(pipeline.cut(of:)).map(\.advice)
    #expect(
      advice.contains { $0.hasPrefix("write [weak self] in the closure made in Pipeline.build() (ClosureShapes") })
    let poller = try #require(report.cycles.first { $0.path.hasPrefix("Poller.task") })
    #expect(poller.cut(of: poller.loops[0])?.advice.hasPrefix("cancel or finish the task") == true)
    #expect(poller.isOfLostTasks && report.scan.lostTasks >= 2)
    #expect(report.notes.contains { $0.contains("suspended task") })
    let fetcher = try #require(report.cycles.first { $0.path.hasPrefix("Fetcher.fetch") })
    #expect(fetcher.cut(of: fetcher.loops[0])?.advice.contains("in the closure made in Fetcher.prepare()") == true)
    let recursion = try #require(report.cycles.first { $0.path.hasPrefix("variable →") })
    #expect(recursion.cut(of: recursion.loops[0])?.advice.contains("a local function") == true)
    let loader = try #require(report.cycles.first { $0.path.hasPrefix("Loader.task") })
    #expect(loader.path == "Loader.task → finished Task in Loader.load().result → Loader")
    #expect(loader.cut(of: loader.loops[0])?.advice.hasPrefix("set Loader.task to nil") == true)
  }
}
