import Profiling

/// The page that names all profiles, with how much each holds and what it shows.
func indexPage() -> String {
  let counts = ProgramCounts.now
  let tasks = counts.tasks.reduce(0) { $0 + $1.count }
  var rows: [IndexRow] = [
    IndexRow("allocs", counts.heapStacks, "What was allocated since the start, sampled."),
    IndexRow("block", counts.waits?.count, "Where threads and tasks waited."),
    IndexRow("goroutine", tasks + (counts.threads ?? 0), "Every task that lives, and every thread; the same as task."),
    IndexRow("heap", counts.heapStacks, "What is in use on the heap, sampled."),
    IndexRow("mutex", counts.contention?.count, "Who held locks and actors that others waited for."),
    IndexRow("task", tasks + (counts.threads ?? 0), "Every task that lives, by who made it, and every thread."),
    IndexRow("threadcreate", counts.threadsMade, "Every thread that was made, by who made it."),
  ]
  for (name, count) in counts.custom { rows.append(IndexRow(name, count, "A profile of the program's own.")) }
  let recorded = [
    ("cmdline", "cmdline", "The program's arguments, with a zero byte between them."),
    ("profile", "profile?seconds=30", "CPU time; seconds says for how long, rate how often to look."),
    ("symbol", "symbol", "The names of functions at addresses."),
    ("trace", "trace?seconds=1", "What happens, event by event; lab trace reads it."),
    ("leaks", "leaks", "Retain cycles and lost memory, where that was armed at the start."),
    ("taskleak", "taskleak?debug=1", "Tasks that nothing can resume, where that was armed at the start."),
    ("full dump", "task?debug=2", "A paragraph for each task and thread."),
    ("metrics", "/metrics", "Counts, as Prometheus reads them."),
  ]
  let style = """
    body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:46rem;padding:0 1rem;color-scheme:light dark}
    td,th{padding:.15rem .75rem .15rem 0;text-align:left;vertical-align:top}
    .n{text-align:right;font-variant-numeric:tabular-nums}
    """
  return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>/debug/pprof/</title>
    <style>
    \(style)
    </style>
    </head>
    <body>
    <h1>/debug/pprof/</h1>
    <p>Links show text (<code>debug=1</code>); without that each is a file for <code>lab pprof</code> or <code>go tool pprof</code>.</p>
    <table>
    <thead><tr><th class="n">Count</th><th>Profile</th><th>What it shows</th></tr></thead>
    <tbody>
    \(rows.map(\.html).joined(separator: "\n"))
    </tbody>
    </table>
    <h2>Recorded while it is asked for, and others</h2>
    <table>
    <tbody>
    \(recorded.map { "<tr><td><a href=\"\($0.1)\">\($0.0)</a></td><td>\($0.2)</td></tr>" }.joined(separator: "\n"))
    </tbody>
    </table>
    </body>
    </html>

    """
}

private struct IndexRow {
  let name: String, count: Int?, summary: String

  init(_ name: String, _ count: Int?, _ summary: String) {
    (self.name, self.count, self.summary) = (name, count, summary)
  }

  /// Names of profiles hold nothing that means something in HTML.
  var html: String {
    let number = count.map(String.init) ?? "off"
    return "<tr><td class=\"n\">\(number)</td><td><a href=\"\(name)?debug=1\">\(name)</a></td><td>\(summary)</td></tr>"
  }
}
