import Pprof

extension Profile {
  /// Whether the functions of all mapped locations are known.
  public var hasFunctions: Bool {
    locations.allSatisfy { $0.mapping.map { mappings[$0].hasFunctions } ?? true }
  }

  /// Whether the files and lines of all mapped locations are known.
  public var hasFileLines: Bool {
    locations.allSatisfy { location in
      location.mapping.map { mappings[$0].hasFilenames && mappings[$0].hasLineNumbers } ?? true
    }
  }
}

extension Mapping {
  /// Whether there can be no symbols for it: it is not a file but, say, `[vdso]`.
  ///
  /// Source: google/pprof, `profile.go`, `Unsymbolizable`.
  public var isUnsymbolizable: Bool {
    let name = file.split(separator: "/").last ?? ""
    return name.hasPrefix("[") || name.hasPrefix("linux-vdso") || file.hasPrefix("/dev/dri/") || file == "//anon"
      || file.isEmpty || file.hasPrefix("/memfd:")
  }

  /// The symbol a kernel mapping's start was computed from: what follows `[kernel.kallsyms]` in its file.
  public var kernelRelocationSymbol: String {
    let prefix = "[kernel.kallsyms]"
    return file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : ""
  }
}
