// What is done before the process ends without `exit`.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Has what is recorded written by the writer's thread, and waits for it. Does nothing in a child by fork or vfork.
/// Async-signal-safe.
void lab_before_leaving(void);

/// The same, for as long as is said.
void lab_leave_within(uint64_t patience);

/// Whether the writer's thread alone can do what is needed to write: the program's threads have another root, a filter
/// of system calls, or no descriptor left.
bool lab_is_confined(void);

#pragma GCC visibility pop
