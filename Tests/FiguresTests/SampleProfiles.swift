import Pprof
import TestSupport

extension Profile {
  /// A small server in seconds of processor time, with code of every origin.
  static var kafka: Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    let consumer = "main@main.swift:3;Consumer.poll(timeout:)@Consumer.swift:44"
    let decode = consumer + ";FetchResponse.decode(from:)@FetchResponse.swift:81"
    let batch = decode + ";RecordBatch.decode(from:)@RecordBatch.swift:33"
    builder.add(batch, 11, 110_000_000)
    builder.add(batch + ";Dictionary<String, Header>.init(_:)@Header.swift:7;swift_allocObject;malloc", 7, 70_000_000)
    builder.add(batch + ";swift_release;free", 3, 30_000_000)
    builder.add(decode + ";RecordBatch.decode(from:)@RecordBatch.swift:35", 5, 50_000_000)
    builder.add(consumer + ";read", 4, 40_000_000)
    builder.add(consumer + ";Consumer.dispatch(_:)@Consumer.swift:60", 2, 20_000_000)
    var profile = builder.profile
    profile.periodType = ValueType(type: "cpu", unit: "nanoseconds")
    profile.period = 10_000_000
    profile.durationNanoseconds = 1_000_000_000
    for index in profile.functions.indices where profile.functions[index].name == "Consumer.poll(timeout:)" {
      profile.functions[index].systemName = "$s5kafka8ConsumerC4poll7timeoutySi_tYaKFTY0_"
    }
    return profile
  }

  /// The same after allocations were mended and a table was added.
  static var kafkaFixed: Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    let consumer = "main@main.swift:3;Consumer.poll(timeout:)@Consumer.swift:44"
    let batch =
      consumer + ";FetchResponse.decode(from:)@FetchResponse.swift:81;RecordBatch.decode(from:)@RecordBatch.swift:33"
    builder.add(batch, 11, 110_000_000)
    builder.add(batch + ";HeaderTable.lookup(_:)@Header.swift:21", 2, 20_000_000)
    builder.add(batch + ";swift_release;free", 1, 10_000_000)
    builder.add(consumer + ";read", 5, 50_000_000)
    builder.profile.periodType = ValueType(type: "cpu", unit: "nanoseconds")
    builder.profile.period = 10_000_000
    return builder.profile
  }

  /// Names that try to break out of markup, of their box or of the line.
  static var hostile: Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    let names = [
      "<script>alert(\"1\")</script>", "a\"onload='x'&amp;", "عربي\u{202E}evil", "👩‍👩‍👧‍👦.run(🧨:)",
      "Cache<Key<A, B>, Array<Optional<C>>>.subscript.getter", "]]>--><!--", "\u{0}\u{1}\u{8}\u{FFFE}",
      String(repeating: "Very", count: 500) + ".long()", "tab\tand\nline", " ", "${HOME} %s \\N \\\" {rank=same}",
    ]
    for (index, name) in names.enumerated() {
      let frames = ["main", name, names[(index + 1) % names.count]].map { [ProfileBuilder.Frame($0, file: name)] }
      builder.add(frames, values: [Int64(index) + 1, Int64(index + 1) * 10_000_000])
    }
    return builder.profile
  }

  /// A tree of about so many frames, from a fixed seed.
  static func tree(frames: Int, width: Int = 4) -> Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    var stacks = [["main"]]
    var seed: UInt64 = 42
    var made = 0
    var index = 0
    while made < frames, index < stacks.count {
      let stack = stacks[index]
      index += 1
      for child in 0..<width where made < frames {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let next = stack + ["Module\(seed >> 60).function\(child)(from:into:)"]
        builder.add(next.map { [ProfileBuilder.Frame($0)] }, values: [1, Int64(seed >> 40)])
        stacks.append(next)
        made += 1
      }
    }
    return builder.profile
  }

  /// One stack so deep.
  static func recursion(depth: Int) -> Profile {
    var builder = ProfileBuilder("samples/count", "cpu/nanoseconds")
    let frames = (0..<depth).map { [ProfileBuilder.Frame("Node.visit\($0 % 3)(_:)", file: "Node.swift", line: 5)] }
    builder.add(frames, values: [1, 10_000_000])
    return builder.profile
  }
}
