import Analysis
import Findings
import Platform
import Pprof
import PprofOperations
import Profiling

extension PprofRequest {
  /// The profile that the report is about: the sources merged, less the base if there is one.
  ///
  /// Files that cannot be read are left out with a notice, as long as there is another.
  /// - Throws: if no file can be read, or profiles cannot be combined.
  func profile(notice: (String) -> Void) throws -> Profile {
    var sources = sources
    var binary = ""
    if sources.count > 1, isBinary(sources[0]) { binary = sources.removeFirst() }
    var profile = try merged(sources, "source", binary: binary, notice: notice)
    let base = base.isEmpty ? diffBase : base
    if !base.isEmpty {
      let former = try merged([base], "base", binary: binary, notice: notice)
      if ProfileKind.named(profile.sampleTypes.first?.type ?? "")?.countsWhatLives == true {
        FamilyGrowth(from: former, to: profile).lines(atMost: 3).forEach(notice)
      }
      profile = try profile.difference(from: former, isLabelled: !diffBase.isEmpty, isNormalized: normalize)
    }
    if allFrames {
      profile.dropFrames = ""
      profile.keepFrames = ""
    }
    if !kind.showsComments { Finding.all(in: profile.comments).forEach { notice("finding: \($0)") } }
    nameFunctions(of: &profile, notice: notice)
    // An expression that cannot be understood drops nothing.
    try? profile.removeUninteresting()
    if !comment.isEmpty { profile.comments.append(comment) }
    return profile
  }

  private func merged(
    _ paths: [String], _ role: String, binary: String, notice: (String) -> Void
  ) throws -> Profile {
    var profiles: [Profile] = []
    var failures: [String] = []
    for path in paths {
      if path.contains("://") {
        failures.append("\(path): only files are read; fetch it first: curl -o profile.pb.gz '\(path)'")
        continue
      }
      do throws(ProfileError) {
        var profile = try Profile(contentsOf: path)
        profile.nameMainBinary(binary, buildID: buildID)
        profiles.append(profile)
      } catch {
        failures.append(error.message(for: path))
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

extension ProfileError {
  fileprivate func message(for path: String) -> String {
    if case .file = self { return "\(self)" }
    return "\(path): \(self)"
  }
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
