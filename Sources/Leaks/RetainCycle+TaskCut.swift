extension RetainCycle {
  /// Cuts where a task is: one that nothing resumes, or one that has ended and is kept.
  func taskCut(in links: [Link]) -> RetainCut? { suspension(in: links) ?? Self.outcome(in: links) }

  private func suspension(in links: [Link]) -> RetainCut? {
    guard let position = links.lastIndex(where: { $0.owner.isOfLostTask }) else { return nil }
    let field = links[position].reference.field
    let holds = "\(field.isEmpty ? "suspended" : field), it holds \(links[position].target.name)"
    // Whoever waits for a stream goes on when the stream is finished.
    if let ending = LibraryEnding.ofStream(in: self) {
      return RetainCut(position: position, advice: "\(ending), or cancel the task: \(holds), and waits for more")
    }
    return RetainCut(
      position: position, advice: "cancel or finish the task: \(holds), and nothing will resume it")
  }

  /// Cuts where a task that has ended keeps what it came to.
  private static func outcome(in links: [Link]) -> RetainCut? {
    for (position, link) in links.enumerated() where link.owner.kind == .task {
      guard let word = ["result", "error"].first(where: link.reference.field.hasPrefix) else { continue }
      let keeper = links[(position + links.count - 1) % links.count]
      guard keeper.owner.kind == .object, !keeper.reference.field.isEmpty else { continue }
      let field = "\(keeper.owner.name).\(keeper.reference.field)"
      return RetainCut(position: position, advice: "set \(field) to nil once the task has ended: it keeps its \(word)")
    }
    return nil
  }
}
