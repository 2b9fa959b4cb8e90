// A table of what happened seldom enough to be looked up by its key: how often, and for how long.
#pragma once
#include "base/atomics.h"
#include <stdint.h>
#pragma GCC visibility push(hidden)

struct lab_counted {
  _Atomic uint64_t key; ///< 0: none
  _Atomic uint64_t count, sum, longest;
};

/// Adds to what a key has; false if there is no room for it. `size`: a power of two. Async-signal-safe.
static inline _Bool lab_counted_add(struct lab_counted *table, uint32_t size, uint64_t key, uint64_t count,
                                    uint64_t sum, uint64_t longest) {
  enum { TRIES = 64 };
  uint64_t place = key * 0x9E3779B97F4A7C15ull >> 32;
  for (int i = 0; i < TRIES; i++) {
    struct lab_counted *at = &table[(place + (uint64_t)i) & (size - 1)];
    uint64_t known = LAB_LOAD(&at->key);
    if (known == 0) atomic_compare_exchange_strong(&at->key, &known, key);
    if (known != 0 && known != key) continue;
    lab_count(&at->count, count);
    lab_count(&at->sum, sum);
    uint64_t former = LAB_LOAD(&at->longest);
    while (former < longest && !atomic_compare_exchange_weak(&at->longest, &former, longest)) {}
    return 1;
  }
  return 0;
}

#pragma GCC visibility pop
