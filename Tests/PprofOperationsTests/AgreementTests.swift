import Patterns
import Pprof
import PprofOperations
import TestSupport
import Testing

/// Our operations and pprof's, on the same profiles.
@Suite(.enabled(if: Tool("go") != nil, "Go is not installed")) struct AgreementTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What pprof makes of profiles.
  private func pprof(_ flags: [String], _ profile: Profile, base: Profile? = nil, also: Profile? = nil) throws
    -> Profile
  {
    let output = folder.file("out")
    var arguments = ["tool", "pprof", "-proto", "-symbolize=none", "-output=\(output)"] + flags
    if let base {
      try base.write(to: folder.file("base"))
      arguments[arguments.count - 1] += "=" + folder.file("base")
    }
    try profile.write(to: folder.file("in"))
    arguments.append(folder.file("in"))
    if let also {
      try also.write(to: folder.file("also"))
      arguments.append(folder.file("also"))
    }
    try #require(Tool("go")).run(arguments)
    // Whether unused entries are left depends on pprof's version.
    return try Profile(contentsOf: output).compacted()
  }

  /// What becomes of every profile that pprof reads.
  private func cleaned(_ profile: Profile) throws -> Profile {
    var profile = profile
    try profile.removeUninteresting()
    return try profile.compacted()
  }

  @Test(arguments: [0, 2] as [UInt64]) func merging(seed: UInt64) throws {
    let first = try Profile.random(seed: seed)
    for second in [try Profile.random(seed: seed + 1), try Profile.random(seed: seed + 1, unit: "microseconds")] {
      #expect(try pprof([], first, also: second) == cleaned(Profile.combine([first, second])))
    }
  }

  @Test(arguments: [0, 3] as [UInt64]) func differences(seed: UInt64) throws {
    let before = try Profile.random(seed: seed)
    let after = try Profile.random(seed: seed + 2)
    #expect(try pprof(["-base"], after, base: before) == cleaned(after.difference(from: before)))
    #expect(
      try pprof(["-diff_base"], after, base: before) == cleaned(after.difference(from: before, isLabelled: true)))
    #expect(
      try pprof(["-normalize", "-base"], after, base: before)
        == cleaned(after.difference(from: before, isNormalized: true)))
  }

  private typealias Change = @Sendable (inout Profile) throws -> Void

  private static let changes: [([String], Change)] = [
    (
      ["-focus=work|parse", "-ignore=f\\("],
      { $0.filterSamplesByName(focus: try Pattern("work|parse"), ignore: try Pattern("f\\(")) }
    ),
    (["-hide=ma.*", "-show=."], { $0.filterSamplesByName(hide: try Pattern("ma.*"), show: try Pattern(".")) }),
    (["-show=y.swift|libx"], { $0.filterSamplesByName(show: try Pattern("y.swift|libx")) }),
    (["-show_from=work"], { $0.showFrom(try Pattern("work")) }),
    (["-prune_from=parse|f$"], { $0.pruneFrom(try Pattern("parse|f$")) }),
    (["-tagfocus=1kb:4kb"], { $0.filterSamplesByTag(focus: try TagFilter("1kb:4kb", units: ["bytes": "bytes"])) }),
    (
      ["-tagfocus=client=a", "-tagignore=:16b"],
      {
        let small = try TagFilter(":16b", units: ["bytes": "bytes"])
        $0.filterSamplesByTag(focus: try TagFilter("client=a"), ignore: small)
      }
    ),
    (["-taghide=cli"], { $0.filterTagsByName(hide: try Pattern("cli")) }),
    (["-tagroot=client", "-tagleaf=bytes"], { $0.addLabelFrames(root: ["client"], leaf: ["bytes"]) }),
  ]

  @Test(arguments: changes.indices) func filters(index: Int) throws {
    let (flags, change) = Self.changes[index]
    let profile = try Profile.random(seed: 4)
    var expected = try cleaned(profile)
    try change(&expected)
    expected = try expected.compacted()
    #expect(!expected.samples.isEmpty && expected != profile)
    #expect(try pprof(flags, profile) == expected)
  }
}
