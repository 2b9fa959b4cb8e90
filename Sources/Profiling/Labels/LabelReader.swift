import CProfiler

/// Teaches the signal handler, once, where the running task and its labels are to be found.
enum LabelReader {
  /// Any number that no label set can have.
  private static let probe: UInt32 = 0x5eed_1abe

  private static let learnt: Void = TaskLabels.$number.withValue(probe) {
    // A task that runs here and now, and inherits the value.
    _ = Task(executorPreference: InlineExecutor()) {
      let key = UnsafeRawPointer(Unmanaged.passUnretained(TaskLabels.$number).toOpaque())
      lab_labels_learn(key, probe)
    }
  }

  static func prepare() { _ = learnt }

  /// What to say in a profile if labels of tasks cannot be read.
  static var complaint: String? {
    lab_labels_state() == LAB_LABELS_OFF
      ? "labels of tasks are off: this Swift runtime lays out its tasks in a way the profiler does not know" : nil
  }
}

/// Runs a job where it is enqueued.
final class InlineExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }
}
