import CProfiler
import Pprof
import Symbolization

/// Makes a pprof profile of stacks of addresses: mappings, locations, functions, names and lines.
///
///     var builder = ProfileBuilder(sampleTypes: [ValueType(type: "samples", unit: "count")])
///     builder.add(addresses, leaf: .exact, values: [1])
///     let profile = builder.finish()
struct ProfileBuilder {
  /// What the first address of a stack is. The others are always return addresses.
  enum Leaf {
    /// The interrupted instruction.
    case exact
    /// A return address, like the others.
    case returnAddress
  }

  /// An address as the stack holds it, with what it says: return addresses name the instruction before.
  private struct Code: Hashable {
    var address: UInt64
    var isExact: Bool
    var lookup: UInt64 { isExact ? address : address &- 1 }

    /// Whether it stands for frames in the middle of a stack that was too deep.
    var isLeftOut: Bool { address < UInt64(LAB_LEFT_OUT) && address > 0 }
    var leftOut: String {
      let atLeast = address & UInt64(LAB_LEFT_OUT_AT_LEAST)
      return "[\(atLeast > 0 ? "more than " : "")\(address - atLeast) frames left out]"
    }
  }

  private struct Stack: Hashable {
    var codes: [Int]
    var labels: [String: [String]]
    var numericLabels: [String: [NumericLabel]]
  }

  private let sampleTypes: [ValueType]
  private var codes: [Code] = []
  private var codeNumbers: [Code: Int] = [:]
  private var stacks: [Stack] = []
  private var stackNumbers: [Stack: Int] = [:]
  private var values: [[Int64]] = []
  /// What belongs to no code, in the order it was first added.
  private var named: [(key: Named, values: [Int64])] = []
  private var namedNumbers: [Named: Int] = [:]

  private struct Named: Hashable {
    var name: String
    var labels: [String: [String]]
    var numericLabels: [String: [NumericLabel]]
  }

  /// Functions that are left out of all stacks, as far as others remain: not what a reader looks for.
  var leavesOut: @Sendable (SymbolizedFrame) -> Bool = { _ in false }

  init(sampleTypes: [ValueType]) { self.sampleTypes = sampleTypes }

  /// Adds a stack, leaf first. Values of equal stacks with equal labels are summed.
  mutating func add(
    _ addresses: [UInt64], leaf: Leaf, values: [Int64], labels: [String: [String]] = [:],
    numericLabels: [String: [NumericLabel]] = [:]
  ) {
    let stack = Stack(
      codes: addresses.enumerated().map { position, address in
        number(of: Code(address: address, isExact: position == 0 && leaf == .exact))
      }, labels: labels, numericLabels: numericLabels)
    if let known = stackNumbers[stack] {
      for i in self.values[known].indices { self.values[known][i] += values[i] }
    } else {
      stackNumbers[stack] = stacks.count
      stacks.append(stack)
      self.values.append(values)
    }
  }

  /// Adds values that belong to no code, under a name of their own such as `[lost samples]`.
  /// Values of equal names with equal labels are summed.
  mutating func add(
    named name: String, values: [Int64], labels: [String: [String]] = [:], numericLabels: [String: [NumericLabel]] = [:]
  ) {
    let key = Named(name: name, labels: labels, numericLabels: numericLabels)
    if let known = namedNumbers[key] {
      for i in values.indices { named[known].values[i] += values[i] }
    } else {
      namedNumbers[key] = named.count
      named.append((key, values))
    }
  }

  private mutating func number(of code: Code) -> Int {
    if let known = codeNumbers[code] { return known }
    codeNumbers[code] = codes.count
    codes.append(code)
    return codes.count - 1
  }

  /// Symbolizes all addresses and assembles the profile.
  ///
  /// Complexity: linear in the stacks' frames, plus one lookup for each distinct address.
  func finish() -> Profile {
    var symbolizer = Symbolizer.ofProcess()
    return finish(symbolizer: &symbolizer)
  }

  /// The same with a symbolizer that has been asked before.
  func finish(symbolizer: inout Symbolizer) -> Profile {
    var frames = symbolizer.symbolize(codes.map(\.lookup))
    for (index, code) in codes.enumerated() where frames[index].isEmpty {
      if code.isLeftOut {
        frames[index] = [SymbolizedFrame(name: code.leftOut, origin: .system)]
      } else if code.address == lab_threads_caller(), let image = symbolizer.image(at: code.lookup) {
        frames[index] = [
          SymbolizedFrame(name: "start_thread", systemName: "start_thread", origin: .system, image: image)
        ]
      } else if let module = departedModule(code.address) {
        frames[index] = [SymbolizedFrame(name: "[\(module)]", role: .foreign)]
      }
    }
    var tables = ProfileTables(images: symbolizer.images)
    let folding = Folding(frames: frames, leavingOut: leavesOut)
    var profile = Profile(sampleTypes: sampleTypes)
    var locations: [Int: Int] = [:]
    for (stack, values) in zip(stacks, values) {
      let kept = folding.fold(stack.codes)
      let positions = kept.map { code in
        if let known = locations[code] { return known }
        let address = codes[code].isLeftOut ? 0 : codes[code].address
        let location = tables.location(address: address, levels: folding.levels(of: code))
        locations[code] = location
        return location
      }
      profile.samples.append(
        Sample(locations: positions, values: values, labels: stack.labels, numericLabels: stack.numericLabels))
    }
    var locationsOfNames: [String: Int] = [:]
    for (key, values) in named {
      let location =
        locationsOfNames[key.name]
        ?? tables.location(
          address: 0, levels: [SymbolizedFrame(name: key.name, origin: .system)])
      locationsOfNames[key.name] = location
      profile.samples.append(
        Sample(locations: [location], values: values, labels: key.labels, numericLabels: key.numericLabels))
    }
    profile.mappings = tables.mappings
    profile.locations = tables.locations
    profile.functions = tables.functions
    return profile
  }
}

/// The file name of the module that had this address and has been unloaded.
private func departedModule(_ address: UInt64) -> String? {
  lab_unwind_departed(UInt(address)).map { String(cString: $0) }
}
