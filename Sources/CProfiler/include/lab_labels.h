// Labels as a signal handler can read them: a small number, which Swift maps to names and values.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// The label set in force on the calling thread; 0: none. Async-signal-safe.
uint32_t lab_labels_current(void);

/// The same for code that is not a handler: it trusts the running task's memory, which costs no system call.
uint32_t lab_labels_here(void);

/// The label set that a task has, 0 if none. The task may not run elsewhere, nor end.
uint32_t lab_labels_of_task(uintptr_t task);

/// Sets the label set of synchronous code outside any task, and returns the former one.
uint32_t lab_labels_exchange(uint32_t labels);

/// Learns where a thread keeps its current task, and proves that the label set can be read from it.
/// Call it in a task whose task-local `key` is bound to `value`, a UInt32. Labels are on or off afterwards.
void lab_labels_learn(const void *key, uint32_t value);

enum lab_labels_state { LAB_LABELS_UNUSED = 0, LAB_LABELS_ON = 1, LAB_LABELS_OFF = -1 };
/// Whether labels of tasks can be read. Off: this Swift runtime lays out its tasks in an unknown way.
enum lab_labels_state lab_labels_state(void);

#pragma GCC visibility pop
