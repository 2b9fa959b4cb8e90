import Analysis
import Pprof
import TestSupport
import Testing

@testable import Figures

@Suite struct WaitsFigureTests {
  /// As clerks wait for an auditor: by who waited, or by who held the lock.
  private static func profile(_ label: String) -> Profile {
    var builder = ProfileBuilder("contentions/count", "delay/nanoseconds")
    func add(_ stack: String, _ count: Int64, _ delay: Int64, _ reason: String) {
      builder.add(stack, count, delay, labels: [label: [reason]])
    }
    add("audit<T>();Ledger.report(_:)", 12, 1_200_000_000, "Mutex")
    add("Ledger.post(_:)", 1_700, 90_000_000, "Mutex")
    add("Ledger.post(_:)", 1, 10_000_000, "DispatchQueue")
    if label == "waits" { builder.add("[idle]", 3, 7_000_000_000) }
    return builder.profile
  }

  private func draw(_ label: String, _ items: [(name: String, value: String)]) throws -> Figure {
    let options = try FigureOptions([("view", "waits")] + items)
    return try FigureKind.waits.draw(FigureInput(profile: Self.profile(label), options: options))
  }

  @Test func paintsHolders() throws {
    let figure = try draw(
      "lock", [("by", "holder"), ("callout", "Ledger.report"), ("says", "All <wait>."), ("title", "Waits")])
    #expect(xmlError(figure.body) == nil)
    #expect(Golden.difference(figure.body, "waits.html") == nil)
    #expect(figure.functions == ["Ledger.report(_:)", "Ledger.post(_:)"])
    #expect(
      figure.alt.plainSpaces == "1.3 s that others waited, 1.2 s (92 %) for Ledger.report(_:): "
        + "1.2 s waiting on a Mutex; 12 times. Called out: 92 % in Ledger.report.")
    #expect(
      figure.table.rows[1].map(\.plainSpaces) == [
        "Ledger.post(_:)", "100 ms", "7.7 %", "1,701", "90 ms waiting on a Mutex, 10 ms waiting on a DispatchQueue",
      ])
  }

  @Test("By reason the same is divided by who waited, and threads without work are told, not drawn")
  func reasons() throws {
    let figure = try draw("waits", [("by", "reason")])
    #expect(figure.alt.plainSpaces.hasPrefix("1.3 s of waiting, 1.3 s (99"))
    #expect(
      figure.alt.plainSpaces.contains("waiting on a Mutex: 1.2 s in Ledger.report(_:), 90 ms in Ledger.post(_:)"))
    #expect(figure.body.plainSpaces.contains("not drawn: 7 s of threads that had nothing to do"))
    #expect(figure.functions.contains("Ledger.post(_:)"))
  }

  @Test("What is cut off is told, what is not drawn cannot be called out, and who waited holds nothing")
  func refuses() throws {
    #expect(try draw("lock", [("nodecount", "1")]).body.plainSpaces.contains("and 100 ms more in 1 shorter row<"))
    #expect(try draw("lock", [("ignore", "report")]).alt.plainSpaces.hasPrefix("100 ms of waiting, 100 ms (100"))
    #expect(throws: FigureError.calloutNotShown(name: "Ledger.post")) {
      try draw("lock", [("nodecount", "1"), ("callout", "Ledger.post")])
    }
    for (label, by) in [("lock", "x"), ("waits", "holder")] {
      #expect(throws: FigureError.self) { try draw(label, [("by", by)]) }
    }
    let nothing = Profile(sampleTypes: [ValueType(type: "delay", unit: "nanoseconds")])
    #expect(try FigureKind.waits.draw(FigureInput(profile: nothing)).alt == "Nobody waited.")
  }
}

extension String {
  /// With plain spaces before units.
  fileprivate var plainSpaces: String { replacing("\u{A0}", with: " ") }
}
