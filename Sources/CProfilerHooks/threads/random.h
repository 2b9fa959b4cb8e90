// Numbers drawn by lot, for whoever samples in a hook: xorshift64 (G. Marsaglia, "Xorshift RNGs", 2003), a state a thread,
// seeded by SplitMix64's finalizer (G. L. Steele et al., "Fast splittable pseudorandom number generators", 2014).
#pragma once
#include "base/clock.h"
#include "threads/thread.h"

/// Uniform, in (0, 1].
static inline double lab_random(struct lab_self *self) {
  uint64_t x = self->random;
  if (LAB_UNLIKELY(x == 0)) {
    x = lab_now() + (uintptr_t)self;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    x = (x ^ x >> 31) | 1;
  }
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  self->random = x;
  return ((double)(x >> 11) + 1) * 0x1p-53;
}
