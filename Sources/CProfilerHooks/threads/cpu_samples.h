// Samples of the CPU time: whoever takes them tells whoever else wants to know.
#pragma once
#include "base/atomics.h"
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Told in the signal's handler, on the thread that was interrupted, perhaps in lab_enter: its stack, the leaf exact and the
/// others return addresses, and for how many nanoseconds it stands. Async-signal-safe.
typedef void (*lab_cpu_sampled)(const uintptr_t *pcs, size_t depth, uint64_t nanoseconds);

/// Null: nobody.
extern _Atomic(lab_cpu_sampled) lab_cpu_samples;

#pragma GCC visibility pop
