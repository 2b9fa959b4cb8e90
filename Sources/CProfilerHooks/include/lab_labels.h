// Labels as a signal handler can read them: a small number, which Swift maps to names and values.
#pragma once
#include <stdint.h>

/// The label set in force on the calling thread; 0: none. Async-signal-safe.
uint32_t lab_labels_current(void);

/// Sets the label set of synchronous code outside any task, and returns the former one.
uint32_t lab_labels_exchange(uint32_t labels);

/// Tells under which key task-local storage holds the label set, and learns where a thread keeps its current task.
/// Call it with a task running and `value` bound; afterwards labels are on or off for good. Returns whether on.
int lab_labels_learn(void *task, const void *key, uint32_t value);

/// 0: not needed so far; 1: on; -1: this runtime's layout is unknown, task labels are off.
int lab_labels_state(void);
