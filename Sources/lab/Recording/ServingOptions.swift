import ArgumentParser
import Profiling

/// What `lab record --http` serves, where, and to whom.
struct ServingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Serve profiles at this address, such as 127.0.0.1:6060; with --profile trace, show what is kept of it in the browser.",
      valueName: "host:port"))
  var http: String?
  @Option(
    help: ArgumentHelp(
      "What else to record, or how: heap=BYTES, block=NANOSECONDS, mutex=ONE-OF, leaks, taskleak, and task, threadcreate or "
        + "heap with =off; several with commas.", valueName: "rates"))
  var rates: String?
  @Option(
    help: ArgumentHelp(
      "A name by which the server may be called beside its own, such as a service's in a container.", valueName: "name")
  )
  var allowHost: [String] = []
  @Option(help: ArgumentHelp("What is not told: cmdline, labels, or both with a comma.", valueName: "what"))
  var hide: String?

  /// Names and values of the environment; checked before the program runs, for afterwards nobody may be there to read a
  /// complaint.
  var variables: [(String, String)] {
    get throws {
      guard let http else {
        guard rates == nil, allowHost.isEmpty, hide == nil else {
          throw LabError.usage("--rates, --allow-host and --hide say how profiles are served: add --http HOST:PORT")
        }
        return []
      }
      var variables = [("LAB_HTTP", http)]
      if let rates {
        for rate in rates.split(separator: ",", omittingEmptySubsequences: false) { try check(rate) }
        variables.append(("LAB_HTTP_RATES", rates))
      }
      if !allowHost.isEmpty { variables.append(("LAB_HTTP_ALLOW", allowHost.joined(separator: ","))) }
      if let hide {
        guard hide.split(separator: ",").allSatisfy({ $0 == "cmdline" || $0 == "labels" }) else {
          throw LabError.usage("'\(hide)' cannot be hidden; cmdline, labels or cmdline,labels can")
        }
        variables.append(("LAB_HTTP_HIDE", hide))
      }
      return variables
    }
  }

  /// None, for nothing is served; what is asked of a server is then wrong.
  var none: [(String, String)] {
    get throws {
      guard rates == nil, allowHost.isEmpty, hide == nil else {
        throw LabError.usage("with --profile trace, --http shows the trace: no profiles are served")
      }
      return []
    }
  }

  /// Kinds that are recorded from the start on.
  private static let names = ["heap", "task", "threadcreate", "block", "mutex", "leaks", "taskleak"]

  private func check(_ rate: Substring) throws {
    let parts = rate.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard Self.names.contains(name), let kind = ProfileKind.named(name) else {
      throw LabError.usage("'\(name)' has no rate here; these have: \(Self.names.joined(separator: ", "))")
    }
    guard parts.count == 2, parts[1] != "off" else { return }
    guard let accepted = kind.rate?.accepted else {
      throw LabError.usage("\(name) has no rate: say \(name), or \(name)=off")
    }
    guard let number = Int(parts[1]), accepted.contains(number) else {
      throw LabError.usage("'\(parts[1])' is no rate of \(name): \(kind.rate?.inWords ?? "")")
    }
  }
}
