// Every thread that is made, counted by the stack that makes it.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Why counting did not begin.
enum lab_creation_status {
  LAB_CREATION_OK = 0,
  LAB_CREATION_ALREADY_RUNNING, ///< somebody has begun it
  LAB_CREATION_SANITIZER,       ///< beside a sanitizer threads are not met at their making
  LAB_CREATION_NO_MEMORY,
  LAB_CREATION_UNSUPPORTED, ///< there is no C half on this platform
};

/// Begins to count. Threads that are there already stay unknown. Not async-signal-safe.
enum lab_creation_status lab_creation_start(void);
/// Counts no more; what was counted stays readable.
void lab_creation_stop(void);
/// The number of the run that goes on; 0: none. Async-signal-safe.
uint32_t lab_creation_run(void);

/// Stacks are numbered from 0 to this, exclusive. Async-signal-safe, as all that follows.
uint32_t lab_creation_stack_count(void);
/// How many threads a stack has made while somebody counted. It never falls but for a thread that the system refuses, which
/// counts while it is asked for: whoever wants a part takes the difference of two moments.
uint64_t lab_creation_made(uint32_t stack);
/// What that was when this process began by a fork, 0 if it did not: these threads are its parent's.
uint64_t lab_creation_inherited(uint32_t stack);
/// How many threads the system refused to make while somebody counted.
uint64_t lab_creation_refused(void);

#pragma GCC visibility pop
