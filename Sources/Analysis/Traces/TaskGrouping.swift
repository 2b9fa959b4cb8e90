import ExecutionTrace

/// What tasks are told apart by: the function that made them, or the value of a label that they have.
struct TaskGrouping {
  /// By label set, the number of its value; nil if the functions count.
  private let numbers: [Int32]?
  private let values: [String]

  /// - Parameter label: The key of the label; nil for the functions.
  init(_ trace: Trace, label: String?) {
    guard let label else {
      (numbers, values) = (nil, [])
      return
    }
    var values = ["no \(label)"]
    var known: [String: Int32] = [:]
    numbers = trace.labelSets.map { labels in
      guard let value = labels.first(where: { $0.key == label })?.value else { return 0 }
      if let number = known[value] { return number }
      known[value] = Int32(values.count)
      values.append("\(label): \(value)")
      return Int32(values.count - 1)
    }
    self.values = values
  }

  /// Whether any label set of the trace has the label, or functions count.
  var isMeaningful: Bool { numbers == nil || values.count > 1 }

  /// The number of a task's family.
  func number(of task: TracedTask) -> Int32 {
    guard let numbers else { return task.site }
    return numbers.indices.contains(Int(task.labels)) ? numbers[Int(task.labels)] : 0
  }

  /// What a family is called, and where in the sources that is.
  func site(_ number: Int32, in sites: CreationSites) -> CreationSites.Site {
    numbers == nil ? sites.sites[Int(number)] : CreationSites.Site(function: values[Int(number)], place: "")
  }
}
