// Counting losses.
#pragma once
#include "base/atomics.h"
#include "lab_losses.h"
#pragma GCC visibility push(hidden)

extern _Atomic uint64_t lab_losses[LAB_LOSSES];

/// Async-signal-safe.
static inline void lab_lose(enum lab_loss loss, uint64_t count) { lab_count(&lab_losses[loss], count); }

/// Begins an engine's counts anew.
void lab_losses_forget(const char *engine);

#pragma GCC visibility pop
