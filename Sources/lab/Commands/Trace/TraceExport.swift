import Analysis
import ArgumentParser
import ExecutionTrace
import Figures
import Foundation
import LocalServer
import Platform
import Pprof

extension TraceCommand {
  /// Writes the trace, or a window of it, for other tools.
  func export() throws {
    guard !json, !summary else { throw LabError.usage("--json and --summary print; ask for a file or for these") }
    let (trace, window) = try traceAndWindow()
    if let perfetto {
      let bytes = PerfettoTrace(trace, in: window).bytes
      do throws(ProfileError) { try writeFile(perfetto, bytes) } catch { throw LabError.failed("\(error)") }
      complain("wrote \(perfetto) for ui.perfetto.dev")
    }
    if let pprof {
      let profile = pprof.profile(of: trace, in: window)
      let path = outputFile ?? "\(pprof.rawValue).pb.gz"
      do throws(ProfileError) { try profile.write(to: path) } catch { throw LabError.failed("\(error)") }
      complain("wrote \(path): \(pprof.title), \(profile.samples.count) samples")
    }
    if let save {
      let views = TraceViews(
        source: try TraceViews.Source(trace), name: URL(fileURLWithPath: file).lastPathComponent)
      let query = URLQuery(
        [("start", TraceTime.exact(window.start)), ("length", TraceTime.exact(window.length))]
          + (label.map { [("label", $0)] } ?? []))
      let page = try views.savedPage(.timeline, query, try TraceWebQuery(query, trace))
      do throws(ProfileError) { try writeFile(save, Array(page.utf8)) } catch { throw LabError.failed("\(error)") }
      complain("wrote \(save)")
    }
  }
}

extension TraceProfile: ExpressibleByArgument {}
