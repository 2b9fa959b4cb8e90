// Has threads tell where they are, without stopping them for longer than it takes.
#pragma once
#include "lab_tasks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

struct lab_look {
  _Atomic uint32_t state; ///< enum lab_look_state
  int tid;
  uint32_t labels;
  uint64_t task;          ///< the id of the innermost task that runs on it, 0 if none
  enum lab_thread_activity activity;
  int call;               ///< as in lab_thread_copy
  uint64_t ticks;         ///< for which it was kept from its work
  uintptr_t refused;      ///< as in lab_thread_copy
  int depth;
  uintptr_t pcs[LAB_TASK_MOST_FRAMES]; ///< leaf first; the leaf exact, the others return addresses
};

/// Has each of the threads walk its stack, some at a time, and calls `visit` for each, with its place in `tids`; `depth`
/// is 0 of one that did not answer: it blocks SIGPROF, has ended, or the program has taken the signal. The calling
/// thread may be among them. One at a time; not async-signal-safe.
void lab_look_at_threads(const int *tids, size_t count,
                         void (*visit)(const struct lab_look *look, size_t place, void *context), void *context);

#pragma GCC visibility pop
