import CProfiler
import Leaks

/// What a scan could not tell, in sentences.
enum LeakNotes {
  static func sentences(_ facts: lab_leaks_result, _ graph: LeakGraph) -> [String] {
    let (doubted, young) = (graph.doubted, graph.young)
    var notes: [String] = []
    if !lab_heap_is_libcs() {
      notes.append(
        "The program's allocator is not the C library's; addresses that it keeps for itself may hide leaks")
    }
    if doubted > 0 {
      notes.append(
        "\(doubted == 1 ? "The address of 1 object lies" : "Addresses of \(doubted) objects lie") on a stack or in memory "
          + "without a type, which own nothing: all strong references are the leaked blocks' own")
    }
    if graph.untold > 0 {
      notes.append(
        "\(graph.untold) object\(graph.untold == 1 ? "" : "s") may be leaked or not, with what hangs on them: a word on a "
          + "stack or in memory without a type leads there, and some fields are of unknown types")
    }
    if young > 0 {
      notes.append("\(young) leaked block\(young == 1 ? " was" : "s were") left out, younger than was asked for")
    }
    if facts.unread_bytes > 0 {
      notes.append(
        "\(facts.unread_bytes >> 10) KiB of files that are shared were not looked at; what only they refer to is reported "
          + "though it is not leaked")
    }
    if facts.unreadable_threads > 0 {
      notes.append(
        "\(facts.unreadable_threads) sleeping thread\(facts.unreadable_threads == 1 ? " blocks" : "s block") SIGPROF; "
          + "what only their registers refer to is reported though it is not leaked")
    }
    if facts.woken_threads > 0 {
      notes.append(
        "\(facts.woken_threads) thread\(facts.woken_threads == 1 ? " that blocks" : "s that block") SIGPROF woke while "
          + "memory was looked at, in each of \(facts.attempts) attempts; what they moved meanwhile may be reported though it "
          + "is not leaked")
    }
    if graph.lostTasks > 0 {
      notes.append(
        "\(graph.lostTasks == 1 ? "A lost task is a suspended task" : "Lost tasks are suspended tasks") that nothing which "
          + "the program can still reach will resume; whether \(graph.lostTasks == 1 ? "it was" : "they were") meant to end "
          + "cannot be told")
    }
    return notes
  }
}
