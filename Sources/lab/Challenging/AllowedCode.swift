import ChildProcesses
import Foundation

/// What a reader's file may use: what a program that mends a fault needs, and nothing by which it could reach its judge.
///
/// It is compiled where the profiler's modules cannot be found, so what it uses of the system shows in the names that its
/// object file leaves open. The attributes by which Swift code names a symbol that no module declares are refused.
enum AllowedCode {
  private static let modules: Set = [
    "Swift", "Given", "Foundation", "Dispatch", "Synchronization", "Glibc", "RegexBuilder", "_Concurrency",
  ]

  /// What is refused in the text: nil if nothing is. It is looked for in comments and strings as well: what is one and what is
  /// not the compiler alone knows for certain.
  static func fault(inSource text: String) -> String? {
    if let match = text.firstMatch(of: /@\s*(_\w+|testable|unsafe\w*)/) {
      return "the attribute @\(match.1): a challenge is mended without it"
    }
    // References that are not counted: what is forgotten by them is neither leaked nor safe.
    if let match = text.firstMatch(of: /unowned\s*\(\s*unsafe\s*\)|Unmanaged/) {
      return "\(match.0): a challenge is mended without it"
    }
    // Where a `Mutex` is inlined it stays open in the object file, so that this does not tell.
    if text.contains("syscall") { return "syscall: a challenge is mended without it" }
    let given = modules.subtracting(["Swift", "_Concurrency"]).sorted().joined(separator: ", ")
    let pattern = /import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?`?([A-Za-z_]\w*)/
    for match in text.matches(of: pattern) where isImport(match.range.lowerBound, in: text) {
      guard !modules.contains(String(match.1)) else { continue }
      return "the module \(match.1): the program is given \(given)"
    }
    return nil
  }

  /// Whether nothing but attributes and words like `public` stands before a place in its line, or a semicolon.
  private static func isImport(_ place: String.Index, in text: String) -> Bool {
    let line = text[..<place].split(separator: /[\n\r;]/, omittingEmptySubsequences: false).last ?? ""
    return line.wholeMatch(of: /(\s|@\w+|public|internal|private|fileprivate|package|\/\*.*\*\/)*/) != nil
  }

  /// What is refused of what an object file leaves for others to define: nil if nothing is.
  static func fault(inObject path: String) throws -> String? {
    let names = try ChildProcess.output(of: [nm, "-uj", path])
    for name in names.split(separator: "\n").map(String.init) where !isAllowed(name) {
      let words =
        name.hasPrefix("$")
        ? try ChildProcess.output(of: ["swift", "demangle", "--compact", name])
          .trimmingCharacters(in: .whitespacesAndNewlines) : name
      return "\(words.isEmpty ? name : words): a challenge is mended without it"
    }
    return nil
  }

  /// The compiler's own, or the system's.
  private static let nm: String = {
    let compiler =
      (try? ChildProcess.output(of: ["sh", "-c", "command -v swiftc"]))?
      .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    let folder = URL(fileURLWithPath: compiler).resolvingSymlinksInPath().deletingLastPathComponent().path
    let own = "\(folder)/llvm-nm"
    return FileManager.default.isExecutableFile(atPath: own) ? own : "nm"
  }()

  static func isAllowed(_ name: String) -> Bool {
    if name.hasPrefix("$s") || name.hasPrefix("$S") {
      return !isRefusedPart(of: name) && isOfKnownModule(name)
    }
    if name.hasPrefix("swift_") || name.hasPrefix("_swift_") || name.hasPrefix("__swift_") {
      return !["tsan", "hook", "_debug_", "reflection"].contains { name.contains($0) }
    }
    if name.hasPrefix("_swiftEmpty") || name.hasPrefix("block_") || name.hasPrefix("_NSConcrete") { return true }
    if name.hasPrefix("dispatch_") || name.hasPrefix("_dispatch_") { return true }
    return functions.contains(name)
  }

  private static func isRefusedPart(of name: String) -> Bool {
    if refusedWords.contains(where: { name.contains($0) }) { return true }
    // The standard library has harmless functions of the same names: `append(contentsOf:)`, `write(to:)`.
    guard name.contains("Foundation") || name.contains("8Dispatch") else { return false }
    if name.contains("11ProcessInfo"), processors.contains(where: { name.hasSuffix($0) }) { return false }
    let rest = name.replacing("6append10contentsOf", with: "").replacing("6insert10contentsOf", with: "")
    return refusedWordsOfLibraries.contains { rest.contains($0) }
  }

  /// Parts of mangled names: arguments, addresses made of numbers, what a value is made of.
  private static let refusedWords = [
    "CommandLine", "UnsafeRawPointer10bitPattern", "7bitPattern", "10bitPattern", "_readLine", "8readLine", "Mirror",
  ]

  /// Parts of mangled names of Foundation and Dispatch: files, processes, networks, the environment, loaded code.
  private static let refusedWordsOfLibraries = [
    "FileManager", "FileHandle", "contentsOf", "5write", "7Process", "ProcessInfo", "6Bundle", "UserDefaults",
    "URLSession", "11InputStream", "12OutputStream", "NotificationCenter", "4Port", "DispatchIO", "DispatchSource",
  ]

  /// All that may be asked of `ProcessInfo`: how many processors there are, for who makes as many tasks.
  private static let processors = [
    "07processD0ACvau", "07processD0ACvgZ", "20activeProcessorCountSivg", "14processorCountSivg",
  ]

  /// Whether the first module in a mangled name is one that is given. Of the standard library's types names are short.
  private static func isOfKnownModule(_ name: String) -> Bool {
    var rest = name.dropFirst(2)
    // What generic code names of a protocol, e.g. `Collection.Index`: the associated type stands before the module.
    if name.hasSuffix("Tl"), let length = Int(rest.prefix { $0.isNumber }) {
      rest = rest.drop { $0.isNumber }.dropFirst(length)
    }
    guard let first = rest.first, first.isNumber else { return true }
    let digits = rest.prefix { $0.isNumber }
    guard let length = Int(digits) else { return true }
    let module = rest.dropFirst(digits.count).prefix(length)
    return [
      "Given", "Attempt", "Foundation", "FoundationEssentials", "FoundationInternationalization", "Dispatch",
      "Synchronization", "SwiftGlibc", "Glibc", "RegexBuilder", "_StringProcessing", "_RegexParser",
    ]
    .contains(String(module))
  }

  private static let functions: Set = [
    "__tls_get_addr", "_Block_copy", "_Block_release", "_Block_object_assign", "_Block_object_dispose",
    "syscall", "__errno_location", "memcpy", "memmove", "memset", "memcmp", "strlen", "malloc", "free", "calloc",
    "realloc", "posix_memalign",
    "malloc_usable_size", "__stack_chk_fail", "abort", "bzero", "bcmp", "strcmp", "strncmp", "memchr",
    "usleep", "nanosleep", "clock_gettime", "clock_nanosleep", "time", "gettimeofday", "sched_yield",
    "pthread_mutex_init", "pthread_mutex_lock", "pthread_mutex_unlock", "pthread_mutex_trylock",
    "pthread_mutex_destroy",
    "pthread_rwlock_init", "pthread_rwlock_rdlock", "pthread_rwlock_wrlock", "pthread_rwlock_unlock",
    "pthread_rwlock_destroy", "pthread_cond_init", "pthread_cond_wait", "pthread_cond_timedwait", "pthread_cond_signal",
    "pthread_cond_broadcast", "pthread_cond_destroy", "pthread_self",
    "pthread_once", "pthread_mutexattr_init", "pthread_mutexattr_settype", "pthread_mutexattr_destroy",
    "pthread_rwlock_tryrdlock", "pthread_rwlock_trywrlock", "pthread_key_create", "pthread_getspecific",
    "pthread_setspecific", "sem_init", "sem_wait", "sem_trywait", "sem_timedwait", "sem_post", "sem_destroy",
    "aligned_alloc", "qsort", "memmem", "memrchr", "strchr", "strstr",
    "__divti3", "__modti3", "__udivti3", "__umodti3", "__multi3", "__muloti4",
    "sin", "cos", "tan", "atan", "atan2", "exp", "exp2", "log", "log2", "log10", "pow", "sqrt", "floor", "ceil",
    "round",
    "log1p", "expm1", "asin", "acos", "sinh", "cosh", "tanh", "fabs", "fmin", "fmax", "ldexp", "frexp", "remainder",
    "copysign", "nextafter", "modf", "erf", "tgamma", "lgamma", "roundf",
    "sysconf", "rand", "random", "drand48", "arc4random", "arc4random_uniform", "strtol", "strtod", "atoi", "tolower",
    "trunc", "fmod", "fma", "hypot", "cbrt", "rint", "nearbyint", "lround", "sinf", "cosf", "tanf", "expf", "logf",
    "powf", "sqrtf", "floorf", "ceilf", "truncf", "fmodf", "fmaf", "putchar", "puts",
  ]
}
