import CProfiler
import Pprof

extension ProfileRecording {
  /// A profile of CPU time that came as a file, with the counts that its samples and comments tell.
  package init(ofCPUTime profile: Profile) {
    func count(at name: String) -> Int {
      let functions = profile.functions.indices.filter { profile.functions[$0].name == name }
      let isThere = profile.locations.map { $0.lines.contains { functions.contains($0.function) } }
      return Int(profile.samples.lazy.filter { $0.locations.contains { isThere[$0] } }.reduce(0) { $0 + $1.values[0] })
    }
    let losses = Losses(comments: profile.comments, of: "cpu")
    let all = Int(profile.samples.reduce(0) { $0 + $1.values[0] }), lost = count(at: "[lost samples]")
    self.init(
      profile, samples: all - lost, lost: lost, truncated: Int(losses[LAB_LOSS_cpu_truncated]),
      unresolved: Int(losses[LAB_LOSS_cpu_unresolved]))
  }
}
