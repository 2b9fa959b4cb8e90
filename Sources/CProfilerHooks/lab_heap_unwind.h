// What the heap profiler needs of the unwinder.
#pragma once
#include <stdint.h>

// This thread's return addresses, leaf first; how many.
int lab_unwind_here(uintptr_t *pcs, int max);
// Makes the unwinder ready. Not async-signal-safe.
void lab_unwind_prepare(void);
