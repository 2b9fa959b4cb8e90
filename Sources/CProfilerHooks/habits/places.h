// Places of the code, by their stacks, that wait or resume where they should not.
#pragma once
#include "lab_habits.h"
#pragma GCC visibility push(hidden)

/// For a new session.
void lab_places_begin(void);
/// Counts what happened at a stack of the hooks' table; times in nanoseconds. Async-signal-safe.
void lab_place_add(enum lab_place_kind kind, uint32_t stack, lab_wait_on on, uint64_t count, uint64_t sum,
                   uint64_t longest);

#pragma GCC visibility pop
