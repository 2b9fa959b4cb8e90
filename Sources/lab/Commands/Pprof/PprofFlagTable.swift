import Analysis
import Pprof

extension PprofFlag {
  /// The flags that choose a value by an old name, and the type each means.
  static let sampleTypes = [
    ("total_delay", "delay"), ("mean_delay", "delay"), ("contentions", "contentions"),
    ("inuse_space", "inuse_space"), ("inuse_objects", "inuse_objects"), ("alloc_space", "alloc_space"),
    ("alloc_objects", "alloc_objects"),
  ]

  /// pprof's flags for what is not made here: reports that another program shows.
  static let absent: Set = ["web", "gv", "eog", "evince", "kcachegrind"]

  /// The name of the one report that pprof has no flag for.
  static let flame = "flame"

  /// Which report is made.
  static var reports: [PprofFlag] {
    [
      PprofFlag("text", .choice, "The functions, sorted (the default)"),
      PprofFlag("top", .choice, "The same"),
      PprofFlag("tree", .choice, "Each function with its callers and callees"),
      PprofFlag("peek", .text(\.peek), "The same for functions matching the expression"),
      PprofFlag("list", .text(\.list), "Annotated source of functions matching the expression"),
      PprofFlag("weblist", .text(\.weblist), "The same with the machine code of each line, as a page"),
      PprofFlag("disasm", .text(\.disasm), "Annotated machine code of functions matching the expression or address"),
      PprofFlag("traces", .choice, "Every stack"),
      PprofFlag("tags", .choice, "All labels and what they account for"),
      PprofFlag("dot", .choice, "The call graph in Graphviz' language"),
      PprofFlag("svg", .choice, "The call graph as a picture, drawn by Graphviz; a browser pans and zooms it"),
      PprofFlag("png", .choice, "The same in another format"),
      PprofFlag("gif", .choice, "The same in another format"),
      PprofFlag("pdf", .choice, "The same in another format"),
      PprofFlag("ps", .choice, "The same in another format"),
      PprofFlag("callgrind", .choice, "The call graph for KCachegrind"),
      PprofFlag("raw", .choice, "All that is in the profile, as text"),
      PprofFlag("comments", .choice, "What the profile says about itself"),
      PprofFlag("proto", .choice, "The filtered profile in its own format"),
      PprofFlag("topproto", .choice, "The top functions as a profile"),
      PprofFlag(flame, .choice, "A flame graph in one SVG file, or an HTML page that zooms if -output ends in .html"),
    ]
  }

  /// What becomes one entry, and what entries are sorted by.
  static var choices: [PprofFlag] {
    [
      PprofFlag("functions", .choice, "One entry a function (the default)"),
      PprofFlag("filefunctions", .choice, "One entry a function and file"),
      PprofFlag("files", .choice, "One entry a file"),
      PprofFlag("lines", .choice, "One entry a line"),
      PprofFlag("addresses", .choice, "One entry an instruction"),
      PprofFlag("noinlines", .toggle(\.options.noInlines), "Count inlined calls for their caller"),
      PprofFlag("showcolumns", .toggle(\.options.showColumns), "Tell columns of lines apart"),
      PprofFlag("call_tree", .toggle(\.options.callTree), "One node for each way to reach a place, in graphs"),
      PprofFlag("flat", .choice, "Sort by the value of the place itself (the default)"),
      PprofFlag("cum", .choice, "Sort by the value of the place and all it calls"),
    ]
  }

  /// Which samples, frames and labels are considered.
  static var filters: [PprofFlag] {
    [
      PprofFlag("focus", .text(\.options.filters.focus), "Only samples through a matching frame"),
      PprofFlag("ignore", .text(\.options.filters.ignore), "No samples through a matching frame"),
      PprofFlag("hide", .text(\.options.filters.hide), "No matching frames"),
      PprofFlag("show", .text(\.options.filters.show), "Only matching frames"),
      PprofFlag("show_from", .text(\.options.filters.showFrom), "No frames above the highest matching one"),
      PprofFlag("prune_from", .text(\.options.filters.pruneFrom), "No frames below a matching one"),
      PprofFlag("tagfocus", .text(\.options.filters.tagFocus), "Only samples with a matching label, or in a range"),
      PprofFlag("tagignore", .text(\.options.filters.tagIgnore), "No samples with a matching label, or in a range"),
      PprofFlag("tagshow", .text(\.options.filters.tagShow), "Only labels with a matching key"),
      PprofFlag("taghide", .text(\.options.filters.tagHide), "No labels with a matching key"),
      PprofFlag("tagroot", .text(\.options.filters.tagRoot), "Labels, by key, that become frames at the root"),
      PprofFlag("tagleaf", .text(\.options.filters.tagLeaf), "Labels, by key, that become frames at the leaf"),
    ]
  }

  /// Which values are shown, how, and how many.
  static var values: [PprofFlag] {
    [
      PprofFlag("sample_index", .text(\.options.sampleIndex), "Which value counts: its position or its type")
    ] + sampleTypes.map { PprofFlag($0.0, .choice, "The value of type \($0.1)") } + [
      PprofFlag("mean", .toggle(\.options.mean), "Divide by the first value, the count"),
      PprofFlag("divide_by", .number(\.options.divideBy), "Divide all values by this"),
      PprofFlag("unit", .text(\.options.unit), "The unit shown: ms, MB …, minimum (the default) or auto"),
      PprofFlag("nodecount", .integer(\.options.nodeCount), "At most this many entries; 0 for all"),
      PprofFlag("nodefraction", .number(\.options.nodeFraction), "No entries below this part of the total"),
      PprofFlag("edgefraction", .number(\.options.edgeFraction), "No calls below this part of the total"),
      PprofFlag("trim", .toggle(\.options.trim), "Whether anything is left out at all"),
      PprofFlag("drop_negative", .toggle(\.options.dropNegative), "No entries of negative value"),
      PprofFlag("relative_percentages", .toggle(\.options.relativePercentages), "Percentages of what filters leave"),
      PprofFlag("compact_labels", .toggle(\.options.compactLabels), "No lines that say what the profile is"),
    ]
  }

  /// Where profiles and sources come from, and where the report goes.
  static var files: [PprofFlag] {
    [
      PprofFlag("base", .text(\.base), "Subtract this profile"),
      PprofFlag("diff_base", .text(\.diffBase), "Compare with this profile; percentages are of its total"),
      PprofFlag("normalize", .toggle(\.normalize), "Scale to the base first"),
      PprofFlag("output", .text(\.output), "Write the report to this file"),
      PprofFlag("o", .text(\.output), "The same"),
      PprofFlag(
        "source_path", .text(\.options.sourcePath), "Directories, separated by colons, that alone have the sources"),
      PprofFlag("trim_path", .text(\.options.trimPath), "Prefixes to take off the names of source files"),
      PprofFlag("buildid", .text(\.buildID), "The main binary's build id, if the profile has none"),
      PprofFlag("add_comment", .text(\.comment), "Add this to the profile's comments"),
      PprofFlag("all_frames", .toggle(\.allFrames), "Show frames that the profile wants to drop"),
      PprofFlag("symbolize", .text(\.symbolize), "none leaves C++ names long; also demangle=templates|full, force"),
      PprofFlag("seconds", .integer(\.seconds), "For how long a server is asked to measure"),
      PprofFlag(
        "timeout", .integer(\.timeout), "Seconds to wait for a server (60, or half as long again as it measures)"),
      PprofFlag("tls_cert", .text(\.certificates.certificate), "This client's certificate, for https"),
      PprofFlag("tls_key", .text(\.certificates.key), "Its private key"),
      PprofFlag("tls_ca", .text(\.certificates.authority), "Certificates of those trusted beside the system's"),
      PprofFlag(
        "tools", .text(\.tools), "Where objdump, nm and the like are looked for first: DIRECTORY or TOOL:DIRECTORY, …"),
      PprofFlag("intel_syntax", .toggle(\.intelSyntax), "Write machine code as Intel does"),
    ]
  }

  /// The web view.
  static var server: [PprofFlag] {
    [
      PprofFlag(
        "http", .text(\.http), "Serve a web view on this machine: localhost:PORT, :PORT, or : for any free port"),
      PprofFlag("no_browser", .toggle(\.opensNoBrowser), "Print the web view's address and open no browser"),
    ]
  }

  /// All flags by name.
  static var named: [String: PprofFlag] {
    Dictionary(
      uniqueKeysWithValues: (reports + server + choices + filters + values + files).map { ($0.name, $0) })
  }

  /// What `lab pprof -h` prints.
  static var usage: String {
    let groups = [
      ("Reports (at most one)", reports), ("Web view", server), ("Entries", choices), ("Filters", filters),
      ("Values", values),
      ("Files", files),
    ]
    var text = """
      Prints reports on profiles, as pprof does and with pprof's flags.

      Usage: lab pprof [flags] [binary] SOURCE…

      A source is a file or an address: http://HOST:PORT/debug/pprof/heap. HOST:PORT alone means the CPU profile there.
      Several are merged. Flags take one dash or two, and their value after "=" or as the next argument.

      """
    for (title, flags) in groups {
      text += "\n\(title)\n"
      for flag in flags {
        let name = "-" + flag.name + (flag.isToggle ? "" : "=…")
        text += "  \(name)\(String(repeating: " ", count: max(1, 26 - name.count)))\(flag.help)\n"
      }
    }
    return text
  }
}
