import CProfiler

/// A stack that was taken where something happened, in the table that all who count in hooks share.
struct TakenStack {
  /// Its addresses, leaf first, all of them return addresses.
  let addresses: [UInt64]
  /// The labels in force there.
  let labels: [String: [String]]

  /// The stack of that number; without addresses if the number stands for no stack.
  init(_ number: UInt32) {
    var set: UInt64 = 0
    addresses = withUnsafeTemporaryAllocation(of: UInt.self, capacity: Int(LAB_STACK_FRAMES)) { buffer in
      let count = lab_stack_read(number, buffer.baseAddress, buffer.count, &set)
      return buffer.prefix(count).map { UInt64($0) }
    }
    labels = LabelSets.shared.labels(of: UInt32(truncatingIfNeeded: set))
  }
}

extension ProfileBuilder {
  /// Adds values of the stack of that number. Those of a number that stands for no stack go under a name of their own.
  mutating func add(stack number: UInt32, values: [Int64]) {
    let stack = TakenStack(number)
    guard stack.addresses.isEmpty else {
      return add(stack.addresses, leaf: .returnAddress, values: values, labels: stack.labels)
    }
    add(named: number == UInt32(LAB_STACK_OVERFLOW) ? "[stacks beyond the bound]" : "[stack not known]", values: values)
  }
}
