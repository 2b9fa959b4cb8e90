// Calls that let a thread wait: whoever sees them tells whoever else wants to know.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include "lab_waits.h"
#pragma GCC visibility push(hidden)

/// Told on the thread that has waited, in lab_enter: what for, since when by lab_now, and where its stack begins.
/// Async-signal-safe, and soon done.
typedef void (*lab_blocked_call)(lab_wait_on on, uint64_t began, const struct lab_registers *from);

/// Null: nobody. Who stores one has the hooks before such calls in force.
extern _Atomic(lab_blocked_call) lab_blocked_calls;

#pragma GCC visibility pop
