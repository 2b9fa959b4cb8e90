// C11's atomics, with short names for what stands in nearly every line of the hooks.
#pragma once
#include <stdatomic.h>
#include <stdint.h>

#define LAB_LIKELY(x) __builtin_expect(!!(x), 1)
#define LAB_UNLIKELY(x) __builtin_expect(!!(x), 0)

/// Relaxed: one word, seen whole, in no order with others.
#define LAB_LOAD(p) atomic_load_explicit((p), memory_order_relaxed)
#define LAB_STORE(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)

/// What was written before the value was stored is seen by whoever loads it so.
#define LAB_ACQUIRE(p) atomic_load_explicit((p), memory_order_acquire)
#define LAB_RELEASE(p, v) atomic_store_explicit((p), (v), memory_order_release)

/// Adds to a figure that others add to.
static inline void lab_count(_Atomic uint64_t *counter, uint64_t n) {
  atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}
