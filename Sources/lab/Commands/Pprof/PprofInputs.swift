import Analysis
import Findings
import Platform
import Pprof
import PprofOperations
import Profiling

extension PprofRequest {
  /// The profile that the report is about: the sources merged, less the base if there is one.
  ///
  /// What cannot be read is left out with a notice, as long as there is another.
  /// - Throws: if nothing can be read, or profiles cannot be combined.
  func profile(notice: (String) -> Void) throws -> Profile {
    var (profile, base) = try profiles(notice: notice)
    if let base {
      if ProfileKind.named(profile.sampleTypes.first?.type ?? "")?.countsWhatLives == true {
        FamilyGrowth(from: base, to: profile).lines(atMost: 3).forEach(notice)
      }
      profile = try profile.difference(from: base, isLabelled: !diffBase.isEmpty, isNormalized: normalize)
    }
    prepare(&profile, notice: notice)
    return profile
  }

  /// The sources merged and the base, each by itself and made ready for a report.
  func sides(notice: (String) -> Void) throws -> (profile: Profile, base: Profile?) {
    var (profile, base) = try profiles(notice: notice)
    if let base, normalize { try profile.normalize(to: base) }
    prepare(&profile, notice: notice)
    if var former = base {
      prepare(&former, notice: notice)
      base = former
    }
    return (profile, base)
  }

  private func profiles(notice: (String) -> Void) throws -> (profile: Profile, base: Profile?) {
    var sources = sources
    var binary = ""
    if sources.count > 1, isBinary(sources[0]) { binary = sources.removeFirst() }
    let bases = [base, diffBase].filter { !$0.isEmpty }
    // All at once, so that what is compared was measured at one time.
    var found = fetch(sources + bases, notice: notice)[...]
    let base = Array(found.suffix(bases.count))
    found = found.dropLast(bases.count)
    let profile = try merged(sources, Array(found), "source", binary: binary, notice: notice)
    return (profile, bases.isEmpty ? nil : try merged(bases, base, "base", binary: binary, notice: notice))
  }

  /// Gives a profile what the flags ask for beside the report.
  private func prepare(_ profile: inout Profile, notice: (String) -> Void) {
    if allFrames {
      profile.dropFrames = ""
      profile.keepFrames = ""
    }
    if !kind.showsComments { Finding.all(in: profile.comments).forEach { notice("finding: \($0)") } }
    nameFunctions(of: &profile, notice: notice)
    // An expression that cannot be understood drops nothing.
    try? profile.removeUninteresting()
    if !comment.isEmpty { profile.comments.append(comment) }
  }

  private func merged(
    _ paths: [String], _ found: [Result<Profile, PprofInputError>], _ role: String, binary: String,
    notice: (String) -> Void
  ) throws -> Profile {
    var profiles: [Profile] = []
    var failures: [String] = []
    for result in found {
      switch result {
      case .success(var profile):
        profile.nameMainBinary(binary, buildID: buildID)
        profiles.append(profile)
      case .failure(let error): failures.append(error.message)
      }
    }
    if profiles.isEmpty { throw PprofInputError(message: failures.joined(separator: "\n")) }
    failures.forEach(notice)
    if !failures.isEmpty { notice("Fetched \(profiles.count) \(role) profiles out of \(paths.count)") }
    do {
      return try Profile.combine(profiles)
    } catch {
      throw PprofInputError(message: "\(paths.joined(separator: ", ")): \(error)")
    }
  }

  /// Names functions as `-symbolize` asks for: profiles are taken as they are symbolized, but C++ and Rust names are
  /// demangled and shortened.
  private func nameFunctions(of profile: inout Profile, notice: (String) -> Void) {
    var detail = NameDetail.short
    var isForced = false
    for part in symbolize.lowercased().split(separator: ":") {
      switch part {
      case "none", "no": return
      case "force": isForced = true
      case "demangle=none", "demangle=full", "full": (detail, isForced) = (.full, true)
      case "demangle=templates", "templates": (detail, isForced) = (.typeArguments, true)
      case "demangle=default", "default", "local", "fastlocal", "remote": break
      default: notice("ignoring unrecognized symbolization option: \(symbolize)")
      }
    }
    profile.demangleNames(to: detail, isForced: isForced)
  }

  private func isBinary(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return false }
    defer { fclose(file) }
    var magic = [UInt8](repeating: 0, count: 4)
    return fread(&magic, 1, 4, file) == 4 && magic == [0x7f] + Array("ELF".utf8)
  }
}

/// Why there is no profile to report on.
struct PprofInputError: Error, CustomStringConvertible {
  var message: String
  var description: String { message }
}

extension Profile {
  /// Gives the profile a main binary if it has none, and the names asked for.
  ///
  /// A build id that is known stays.
  fileprivate mutating func nameMainBinary(_ file: String, buildID: String) {
    if mappings.isEmpty {
      mappings = [Mapping(id: 1)]
      for location in locations.indices { locations[location].mapping = 0 }
    }
    if !file.isEmpty { mappings[0].file = file }
    if mappings[0].buildID.isEmpty { mappings[0].buildID = buildID }
  }
}
