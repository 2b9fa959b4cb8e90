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

/// Whether the program has, or may have, another root than it began with: files that are named and loaded are found by
/// the writer's thread alone, which has kept it.
bool lab_root_has_changed(void);

#pragma GCC visibility pop
