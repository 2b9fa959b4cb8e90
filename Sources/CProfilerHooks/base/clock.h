// Time. From the C library: it reads the clock without the kernel, where that can be.
#pragma once
#include <stdint.h>
#include <time.h>

/// Nanoseconds by a clock. Async-signal-safe.
static inline uint64_t lab_nanoseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/// Nanoseconds by the clock that nobody sets.
static inline uint64_t lab_now(void) { return lab_nanoseconds(CLOCK_MONOTONIC); }
