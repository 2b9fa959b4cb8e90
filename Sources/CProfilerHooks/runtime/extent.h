// Where a function of the runtime begins and ends.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

struct lab_extent {
  uintptr_t start, end;
};

/// A function's extent, by the unwind information: symbols may be stripped. Empty if it is null. Not
/// async-signal-safe.
struct lab_extent lab_extent_of(void *function);

static inline bool lab_lies_in(uintptr_t pc, struct lab_extent f) { return pc - f.start < f.end - f.start; }

#pragma GCC visibility pop
