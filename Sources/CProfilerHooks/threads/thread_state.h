// What each thread keeps for the hooks.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

struct lab_thread;

/// Of the thread-local kind that a signal handler may touch: no lazy allocation.
struct lab_thread_state {
  /// The thread's own stack, if known: wherever sp lies in it, everything from there to the top is mapped.
  uintptr_t stack_lo, stack_hi;
  /// Its entry in the list of threads, if `pthread_create` went through us.
  struct lab_thread *entry;
  /// The label set of synchronous code outside any task; 0: none.
  uint32_t labels;
  /// Whether the program believes that SIGPROF is blocked here, while in the kernel's mask it is not.
  bool blocks;
  /// Whether the thread is the profiler's.
  bool is_own;
};
extern __thread struct lab_thread_state lab_thread_state __attribute__((tls_model("initial-exec")));

/// Learns the calling thread's stack. Not async-signal-safe: pthread_getattr_np allocates.
void lab_learn_stack(void);

#pragma GCC visibility pop
