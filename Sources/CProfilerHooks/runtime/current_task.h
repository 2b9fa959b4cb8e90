// The task that runs on the calling thread.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// From the thread pointer to the variable that holds the running task; 0 until it is learnt.
extern _Atomic intptr_t lab_task_offset;

/// The running task's address, 0 if there is none or where it is kept is not known. Async-signal-safe. A task that has
/// been suspended may be freed elsewhere before its former thread forgets it: in a handler, reads there are to be
/// probed.
static inline uintptr_t lab_current_task(void) {
  intptr_t offset = LAB_ACQUIRE(&lab_task_offset);
  return offset == 0 ? 0 : *(const volatile uintptr_t *)(lab_thread_pointer() + (uintptr_t)offset);
}

/// Learns where a thread keeps its current task. To be called in a task. False, and nothing is learnt, if that cannot
/// be told for sure. Not async-signal-safe; one at a time.
bool lab_current_task_learn(void);

/// From the thread pointer to the storage that Swift's concurrency library has of each thread; 0 if there is none, or
/// if it lies elsewhere in each. Not async-signal-safe.
intptr_t lab_concurrency_storage(void);

#pragma GCC visibility pop
