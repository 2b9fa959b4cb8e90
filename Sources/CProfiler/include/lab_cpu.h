// The CPU sampler: a timer on every thread's CPU clock, a stack a signal, aggregated as it comes.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

enum { LAB_CPU_MAX_DEPTH = 512 };

enum lab_cpu_error {
  LAB_CPU_OK = 0,
  LAB_CPU_ALREADY_RUNNING, ///< one sampler at a time
  LAB_CPU_SIGNAL_TAKEN,    ///< the program has a SIGPROF handler of its own
  LAB_CPU_NO_MEMORY,
  LAB_CPU_NO_THREAD, ///< the helper thread could not be made
  LAB_CPU_NO_TIMER,  ///< not one timer could be made
  LAB_CPU_NOT_RUNNING,
  LAB_CPU_UNSUPPORTED, ///< there is no C half on this platform
};

/// Starts sampling every thread at `hertz` (1 ... 1000) of its CPU time. Not async-signal-safe.
enum lab_cpu_error lab_cpu_start(int hertz);
/// Stops; what was recorded stays readable until the next start. Not async-signal-safe.
enum lab_cpu_error lab_cpu_stop(void);
/// Disarms and arms again all timers, and nothing else.
void lab_cpu_pause(void);
void lab_cpu_resume(void);
/// The number of the recording that is under way; 0: none. Each has another number.
int lab_cpu_recording(void);
/// Samples a second of CPU time of the last recording that began.
int lab_cpu_rate(void);

/// Takes in what has been sampled so far and holds the table of stacks as it is, until `lab_cpu_release`; sampling goes
/// on. Returns the number of the recording; 0 if none is under way, then nothing is held. Not async-signal-safe.
int lab_cpu_hold(void);
void lab_cpu_release(void);

/// A distinct stack with everything measured on it.
struct lab_cpu_stack {
  const uintptr_t *pcs; ///< leaf first; the leaf exact, the others return addresses; until the next is asked for
  uint32_t depth, labels;
  uint64_t samples; ///< signals handled
  uint64_t weight;  ///< periods of CPU time they stand for
  int flags;        ///< enum lab_cpu_stack_flags
};
enum lab_cpu_stack_flags {
  LAB_CPU_STACK_ROOT = 1,      ///< reaches main, a thread's start or a task's root
  LAB_CPU_STACK_TRUNCATED = 2, ///< deeper than LAB_CPU_MAX_DEPTH: its middle is left out
  LAB_CPU_STACK_ASYNC = 4,     ///< its lower part is a chain of awaiting functions
  LAB_CPU_STACK_EXIT = 8,      ///< charged when the thread ended: only its start function is known
};

/// The stacks recorded so far, while they are held or after `lab_cpu_stop`. `index` from 0; false past the last. Each
/// keeps its index until the next start.
int lab_cpu_stack_at(uint32_t index, struct lab_cpu_stack *stack);

/// How recording ended before its time.
enum lab_cpu_displaced {
  LAB_CPU_NOT_DISPLACED = 0,
  LAB_CPU_DISPLACED_BY_HANDLER,     ///< the program installed a handler
  LAB_CPU_DISPLACED_BY_SYSTEM_CALL, ///< the same, past the C library; noticed up to 100 ms later
  LAB_CPU_DISPLACED_BY_SIGNALS,     ///< SIGPROFs came that were not ours
};

struct lab_cpu_statistics {
  uint64_t samples, weight; ///< taken out of the buffer so far, lost ones not included
  uint64_t owed;            ///< weight of threads that block SIGPROF now, not yet counted as lost
  uint64_t async;           ///< weight with a logical stack
  uint64_t handler_nanoseconds, frames;
  uint64_t handler_median;  ///< nanoseconds that half of the handlers took less than
  uint64_t threads;         ///< timers made
  uint64_t stacks, bytes;   ///< distinct stacks, memory of their table
  int last_error;           ///< errno of the last timer that could not be made
  enum lab_cpu_displaced displaced; ///< how the program took SIGPROF while we recorded
};
struct lab_cpu_statistics lab_cpu_statistics(void);

#pragma GCC visibility pop
