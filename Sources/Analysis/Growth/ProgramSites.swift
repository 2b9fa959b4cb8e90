import Pprof

/// Finds the innermost function of the program itself on a stack.
struct ProgramSites {
  /// What stands for the site of an allocation that no function of the program is on the stack of.
  static let none = "(no function of the program)"

  private let names: [String?]

  init(_ profile: Profile) {
    names = profile.locations.map { location in
      let mapping = location.mapping.map { profile.mappings[$0] }
      return location.lines.lazy.map { profile.functions[$0.function] }
        .first { FrameOrigin(function: $0, mapping: mapping) == .app }?.name
    }
  }

  func site(of sample: Sample) -> String {
    sample.locations.lazy.compactMap { names[$0] }.first ?? Self.none
  }
}
